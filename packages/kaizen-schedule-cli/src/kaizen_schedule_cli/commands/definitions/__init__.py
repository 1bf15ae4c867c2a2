"""`kaizen-agentic definitions`: ActivityDefinitions, their tasks, and a catalog of them."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(
    __name__,
    ("list", "show", "validate", "dry-run", "sync", "enable", "disable"),
    help="Check, preview and manage ActivityDefinitions.",
)
