"""`schedule agents`: the available agents of a repository."""

from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.repo.agents import RepositoryAgents, load_agent
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Target
from kaizen_schedule_cli.render.streams import write_stdout
from kaizen_schedule_cli.render.tables import table


@as_command("kaizen-agentic schedule agents")
def command(target: Target = ".") -> None:
    """List the available agents."""
    agents = RepositoryAgents(repository_root(target))
    rows: list[tuple[str, str, str]] = []
    unusable: list[Diagnostic] = []
    for name in agents.known:
        try:
            agent = load_agent(agents, name)
        except KaizenError as error:
            unusable += error.diagnostics
        else:
            rows.append((name, agent.origin, agent.description))
    if unusable:
        raise KaizenError(unusable)
    write_stdout(table(("agent", "from", "description"), rows))
