"""`kaizen-agentic memory`: what an agent keeps between its sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.repo.agents import Agent, RepositoryAgents, load_agent
from kaizen_schedule_core.repo.memory import add_note, init_memory, no_memory, read_memory
from kaizen_schedule_core.repo.paths import memory_path
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.options import AgentArgument, Target, example, group
from kaizen_schedule_cli.render.streams import answer, inert_text

app = group("What an agent keeps between its sessions.")


@app.command(epilog=example("kaizen-agentic memory init coach"))
def init(agent: AgentArgument, target: Target = ".") -> None:
    """Write an empty memory for an agent; an existing one is left alone."""
    root, definition = _known(agent, target)
    answer(f"wrote {init_memory(root, definition, datetime.now(UTC).date())}")


@app.command(epilog=example("kaizen-agentic memory show coach"))
def show(agent: AgentArgument, target: Target = ".") -> None:
    """Print an agent's memory."""
    root, definition = _known(agent, target)
    memory = read_memory(root, definition.name)
    if memory is None:
        raise KaizenError(no_memory(root, agent))
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
    count = add_note(root, definition, line, datetime.now(UTC).date())
    answer(f"noted in {memory_path(agent)}, session {count}")


def _known(agent: str, target: str) -> tuple[str, Agent]:
    root = repository_root(target)
    return root, load_agent(RepositoryAgents(root), agent)
