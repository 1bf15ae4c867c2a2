"""`schedule agents`, `explain` and `schema`: what there is to know."""

from __future__ import annotations

from typing import Annotated

import typer
from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import Diagnostic, did_you_mean, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.manifest.scaffold import schema_text
from kaizen_schedule_core.repo.agents import RepositoryAgents, load_agent
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.options import Target, example
from kaizen_schedule_cli.commands.schedule.group import app
from kaizen_schedule_cli.render.explanations import explanation_text
from kaizen_schedule_cli.render.streams import answer
from kaizen_schedule_cli.render.tables import table


@app.command(epilog=example("kaizen-agentic schedule agents"))
def agents(target: Target = ".") -> None:
    """List the agents that can be scheduled here."""
    names = RepositoryAgents(repository_root(target))
    rows = []
    unusable: list[Diagnostic] = []
    for name in names.known:
        try:
            agent = load_agent(names, name)
        except KaizenError as error:
            unusable.extend(error.diagnostics)
        else:
            rows.append((name, agent.origin, agent.description))
    if unusable:
        raise KaizenError(unusable)
    answer(table(("agent", "from", "what it does"), rows))


@app.command(epilog=example("kaizen-agentic schedule explain KZ203"))
def explain(code: Annotated[str, typer.Argument(metavar="CODE", help="A code such as KZ203.")]) -> None:
    """Explain a code, with an example of wrong and right."""
    known = CODES.get(code.upper())
    if known is None:
        near = did_you_mean(code.upper(), CODES) if len(code) == len(min(CODES)) else None
        near = near or f"codes run from {min(CODES)} to {max(CODES)}"
        raise typer.BadParameter(f"unknown code {quoted(code)}: {near}", param_hint="CODE")
    answer(explanation_text(known))


@app.command(epilog=example("kaizen-agentic schedule schema > .kaizen/schedule.schema.json"))
def schema() -> None:
    """Print the JSON Schema of the manifest, for editors."""
    answer(schema_text())
