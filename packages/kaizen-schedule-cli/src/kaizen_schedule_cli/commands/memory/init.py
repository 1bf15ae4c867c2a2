"""`memory init`: create an empty memory."""

from kaizen_schedule_core.repo.agents import RepositoryAgents, load_agent
from kaizen_schedule_core.repo.memory import init_memory
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import AgentArgument, Target
from kaizen_schedule_cli.render.streams import write_stdout


@as_command("kaizen-agentic memory init coach")
def command(agent: AgentArgument, target: Target = ".") -> None:
    """Create an empty memory for an agent."""
    root = repository_root(target)
    definition = load_agent(RepositoryAgents(root), agent)
    write_stdout(f"wrote {init_memory(root, definition)}")
