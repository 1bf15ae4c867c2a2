"""`kaizen-agentic roster`: the runs and the status of a fleet."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(
    __name__,
    ("resolve", "explain", "expect", "status", "report", "check", "smoke", "export"),
    help="Resolve and monitor a fleet of repositories.",
)
