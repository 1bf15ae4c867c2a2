"""`schedule agents`: everything in a repository that looks like an agent, and the packaged agents."""

import textwrap

from kaizen_schedule_core.repo.agents import ListedAgent, RepositoryAgents, list_agents
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.answers.schedule import AgentsAnswer
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Format, OutputFormat, Target
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.streams import write_json, write_stdout
from kaizen_schedule_cli.render.tables import table

_LONGEST_DESCRIPTION = 160


@as_command("kaizen-agentic schedule agents")
def command(target: Target = ".", output: OutputFormat = Format.TEXT) -> None:
    """List the available agents, and files that cannot be used."""
    rows, warnings = list_agents(RepositoryAgents(repository_root(target)))
    write_diagnostics(warnings)
    if output is Format.JSON:
        write_json(AgentsAnswer(agents=tuple(rows)))
    else:
        lines = [(row.agent, row.source, _summary(row)) for row in rows]
        write_stdout(table(("agent", "from", "description"), lines))


def _summary(row: ListedAgent) -> str:
    text = textwrap.shorten(row.description or "", _LONGEST_DESCRIPTION, placeholder=" …")
    if row.reason is not None:
        text = f"not usable: {row.reason}"
    if row.source == "packaged":
        return text
    return f"{text} ({row.path})"
