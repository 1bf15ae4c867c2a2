"""`kaizen-agentic conformance`: test of a resolver against the contract."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(__name__, ("run",), help="Test a resolver against the contract.")
