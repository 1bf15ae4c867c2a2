"""`definitions enable`: enable a definition of a catalog."""

from typing import Annotated

import typer
from kaizen_activity_defs.switching import enable
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.diagnostics import escape_control_chars

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import DefinitionId, filled_list, read_value
from kaizen_schedule_cli.commands.switch_options import CatalogFolder, Reason, read_reason
from kaizen_schedule_cli.render.streams import write_stdout


@as_command(
    "kaizen-agentic definitions enable kaizen-weekly-coach-orientation --catalog catalog --smoke-report smoke.json"
    " --reason 'pilot passed'"
)
def command(
    definition: DefinitionId,
    catalog: CatalogFolder,
    reports: Annotated[
        list[str],
        typer.Option(
            "--smoke-report",
            metavar="FILE",
            help="A report of roster smoke --catalog; one for each host of the roster.",
            callback=filled_list,
        ),
    ],
    reason: Reason = "none given",
    max_age: Annotated[str, typer.Option("--max-age", metavar="7d", help="Maximum age of the report.")] = "7d",
) -> None:
    """Enable a definition (needs a passing smoke report)."""
    age = read_value("--max-age", lambda: parse_duration(max_age))
    done = enable(catalog, definition, reports, read_reason(reason), max_age=age)
    write_stdout(f"enabled {done.id} in {escape_control_chars(catalog)}")
