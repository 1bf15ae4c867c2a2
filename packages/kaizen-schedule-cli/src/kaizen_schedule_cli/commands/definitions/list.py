"""`definitions list`: the packaged definitions, or those of a catalog."""

from collections.abc import Sequence
from typing import Annotated

from kaizen_activity_defs.catalog import load_catalog
from kaizen_activity_defs.loading import packaged_definitions
from kaizen_activity_defs.model import Definition

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import text_option
from kaizen_schedule_cli.render.streams import write_stdout
from kaizen_schedule_cli.render.tables import table


@as_command("kaizen-agentic definitions list --catalog catalog")
def command(
    catalog: Annotated[str | None, text_option("--catalog", "DIR", "List the definitions of this catalog.")] = None,
) -> None:
    """List the packaged definitions, or those of a catalog."""
    definitions: Sequence[Definition] = packaged_definitions()
    if catalog is not None:
        definitions = load_catalog(catalog)
    rows = []
    for definition in definitions:
        header = definition.header
        state = "enabled" if header.enabled else "disabled"
        rows.append((definition.id, state, header.trigger.cron_expression, header.trigger.timezone))
    write_stdout(table(("definition", "state", "cron", "timezone"), rows))
