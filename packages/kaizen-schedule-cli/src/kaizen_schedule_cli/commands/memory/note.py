"""`memory note`: append a line to the session log of a memory."""

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
    text: Annotated[str, typer.Option("--text", metavar="LINE", help="One line about what changed.")],
    target: Target = ".",
) -> None:
    """Append a dated line to an agent's session log.

    A missing memory is created.
    """
    line = " ".join(text.split())
    if not line or not line.isprintable():
        raise typer.BadParameter("use one line of text without control characters", param_hint="--text")
    root = repository_root(target)
    definition = load_agent(RepositoryAgents(root), agent)
    count = add_note(root, definition, line, datetime.now(UTC).date())
    write_stdout(f"added a note to {memory_path(agent)} (session {count})")
