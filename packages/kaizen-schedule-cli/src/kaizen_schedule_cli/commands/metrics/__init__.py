"""`kaizen-agentic metrics`: the recorded runs of an agent."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(__name__, ("record", "show"), help="Record and summarize agent runs.")
