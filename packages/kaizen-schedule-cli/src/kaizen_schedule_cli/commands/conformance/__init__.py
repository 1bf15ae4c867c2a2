"""`kaizen-agentic conformance`: whether another project's resolver follows the contract."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(__name__, ("run",), help="Whether a resolver obeys the contract.")
