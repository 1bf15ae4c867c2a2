"""`kaizen-agentic memory`: the memory of an agent."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(__name__, ("init", "show", "note"), help="Read and write an agent's memory.")
