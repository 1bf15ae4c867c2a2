"""`kaizen-agentic schedule`: the manifest of one repository, and the bundle of one agent."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(
    __name__,
    ("init", "validate", "list", "next", "prepare", "agents", "explain", "schema"),
    help="The manifest of a repository, and the bundle of an agent.",
)
