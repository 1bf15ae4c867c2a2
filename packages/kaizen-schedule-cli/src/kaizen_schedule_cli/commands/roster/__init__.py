"""`kaizen-agentic roster`: the runs of a fleet of repositories, and whether they were recorded."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(
    __name__,
    ("resolve", "explain", "expect", "status", "check", "smoke"),
    help="What runs over a fleet of repositories.",
)
