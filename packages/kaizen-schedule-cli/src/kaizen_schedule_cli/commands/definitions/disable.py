"""`definitions disable`: disable a definition of a catalog."""

from kaizen_activity_defs.switching import disable
from kaizen_schedule_core.diagnostics import escape_control_chars

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import DefinitionId
from kaizen_schedule_cli.commands.switch_options import CatalogFolder, Reason, read_reason
from kaizen_schedule_cli.render.streams import write_stdout


@as_command(
    "kaizen-agentic definitions disable kaizen-weekly-coach-orientation --catalog catalog --reason 'too many tasks'"
)
def command(definition: DefinitionId, catalog: CatalogFolder, reason: Reason = "none given") -> None:
    """Disable a definition of a catalog."""
    done = disable(catalog, definition, read_reason(reason))
    write_stdout(f"disabled {done.id} in {escape_control_chars(catalog)}")
