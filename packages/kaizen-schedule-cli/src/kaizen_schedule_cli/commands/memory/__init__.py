"""`kaizen-agentic memory`: what an agent keeps between its sessions."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(__name__, ("init", "show", "note"), help="What an agent keeps between its sessions.")
