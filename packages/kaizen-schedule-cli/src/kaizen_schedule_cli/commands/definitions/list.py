"""`definitions list`: the packaged definitions."""

from kaizen_activity_defs.loading import packaged_definitions

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.render.streams import write_stdout
from kaizen_schedule_cli.render.tables import table


@as_command("kaizen-agentic definitions list")
def command() -> None:
    """List the packaged definitions."""
    rows = []
    for definition in packaged_definitions():
        header = definition.header
        state = "enabled" if header.enabled else "disabled"
        rows.append((definition.id, state, header.trigger.cron_expression, header.trigger.timezone))
    write_stdout(table(("definition", "state", "cron", "timezone"), rows))
