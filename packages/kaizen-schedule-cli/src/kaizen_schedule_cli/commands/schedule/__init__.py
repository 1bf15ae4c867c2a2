"""`kaizen-agentic schedule`: the manifest and the bundles of one repository."""

from kaizen_schedule_cli.commands.lazy import LazyGroup

command = LazyGroup(
    __name__,
    ("init", "validate", "list", "next", "diff", "stagger", "prepare", "run", "export", "agents", "explain", "schema"),
    help="Validate, preview and run a repository's schedule.",
)
