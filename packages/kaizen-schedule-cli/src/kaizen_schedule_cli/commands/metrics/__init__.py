"""`kaizen-agentic metrics`: the results of an agent's runs."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(__name__, ("record", "show"), help="What became of an agent's runs.")
