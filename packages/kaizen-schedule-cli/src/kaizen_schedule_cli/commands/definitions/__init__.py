"""`kaizen-agentic definitions`: the ActivityDefinitions, the tasks they create, and the catalog that holds them."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(
    __name__,
    ("list", "show", "validate", "dry-run", "sync", "enable", "disable"),
    help="The definitions, what they would create, and the catalog that holds them.",
)
