"""`memory show`: print an agent's memory."""

from kaizen_schedule_core.errors import Absent
from kaizen_schedule_core.repo.agents import RepositoryAgents, load_agent
from kaizen_schedule_core.repo.memory import no_memory, read_memory
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import AgentArgument, Target
from kaizen_schedule_cli.render.streams import escape_text, write_stdout


@as_command("kaizen-agentic memory show coach")
def command(agent: AgentArgument, target: Target = ".") -> None:
    """Print an agent's memory."""
    root = repository_root(target)
    definition = load_agent(RepositoryAgents(root), agent)
    memory = read_memory(root, definition.name)
    if memory is None:
        raise Absent(no_memory(root, agent))
    write_stdout(escape_text(memory.text))
