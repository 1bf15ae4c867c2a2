"""`schedule schema`: the JSON Schema of the manifest."""

from kaizen_schedule_core.manifest.scaffold import schema_text

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.render.streams import write_stdout


@as_command("kaizen-agentic schedule schema > .kaizen/schedule.schema.json")
def command() -> None:
    """Print the JSON Schema of the manifest."""
    write_stdout(schema_text())
