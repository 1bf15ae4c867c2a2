"""`memory note`: append a line to the session log of an agent's memory."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.repo.agents import RepositoryAgents, load_agent
from kaizen_schedule_core.repo.memory import add_note
from kaizen_schedule_core.repo.paths import memory_path
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import AgentArgument, Target
from kaizen_schedule_cli.render.streams import write_stdout


@as_command("kaizen-agentic memory note coach --text 'split the slow test'")
def command(
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
    root = repository_root(target)
    definition = load_agent(RepositoryAgents(root), agent)
    count = add_note(root, definition, line, datetime.now(UTC).date())
    write_stdout(f"noted in {memory_path(agent)}, session {count}")
