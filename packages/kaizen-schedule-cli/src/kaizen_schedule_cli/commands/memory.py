"""`kaizen-agentic memory`: what an agent keeps between its sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import kaizen_schedule_core as core
import typer

from kaizen_schedule_cli.commands.options import AgentArgument, Target, example, group
from kaizen_schedule_cli.render.streams import answer, inert_text

app = group("What an agent keeps between its sessions.")


@app.command(epilog=example("kaizen-agentic memory init coach"))
def init(agent: AgentArgument, target: Target = ".") -> None:
    """Write an empty memory for an agent; an existing one is left alone."""
    root, definition = _known(agent, target)
    answer(f"wrote {core.init_memory(root, definition, datetime.now(UTC).date())}")


@app.command(epilog=example("kaizen-agentic memory show coach"))
def show(agent: AgentArgument, target: Target = ".") -> None:
    """Print an agent's memory."""
    root, definition = _known(agent, target)
    memory = core.read_memory(root, definition.name)
    if memory is None:
        raise core.KaizenError(core.no_memory(root, agent))
    answer(inert_text(memory.text))


@app.command(epilog=example("kaizen-agentic memory note coach --text 'split the slow test'"))
def note(
    agent: AgentArgument,
    text: Annotated[str, typer.Option("--text", metavar="LINE", help="One line on what changed.")],
    target: Target = ".",
) -> None:
    """Append a dated line to the session log of an agent's memory.

    A memory is made if there is none.
    """
    line = " ".join(text.split())
    if not line or not line.isprintable():
        raise typer.BadParameter("write one line of plain text", param_hint="--text")
    root, definition = _known(agent, target)
    count = core.add_note(root, definition, line, datetime.now(UTC).date())
    answer(f"noted in {core.memory_path(agent)}, session {count}")


def _known(agent: str, target: str) -> tuple[str, core.Agent]:
    root = core.repository_root(target)
    return root, core.load_agent(core.RepositoryAgents(root), agent)
