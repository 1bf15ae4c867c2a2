"""`definitions show`: a definition and its next fires."""

from datetime import UTC, datetime
from itertools import islice

from kaizen_activity_defs.loading import packaged_definition
from kaizen_schedule_core.clock.fires import fires
from kaizen_schedule_core.clock.times import utc_text

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import DefinitionId
from kaizen_schedule_cli.render.streams import write_stdout

_FIRES_SHOWN = 5


@as_command("kaizen-agentic definitions show kaizen-weekly-coach-orientation")
def command(definition: DefinitionId) -> None:
    """Print a definition and its next five fires."""
    found = packaged_definition(definition)
    coming = islice(fires(found.cron, found.zone, datetime.now(UTC)), _FIRES_SHOWN)
    lines = [f"  {fire.astimezone(found.zone):%a %Y-%m-%d %H:%M %z}  {utc_text(fire)}\n" for fire in coming]
    write_stdout(f"{found.text}\nNext fires in {found.header.trigger.timezone}, if enabled:\n{''.join(lines)}")
