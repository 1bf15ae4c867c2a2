"""`roster report`: the state of a fleet as one HTML page."""

import shlex
from collections import Counter
from datetime import UTC, datetime, tzinfo
from typing import Annotated

from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import escape_control_chars, plural
from kaizen_schedule_core.files.writing import require_writable, write_named_file
from kaizen_schedule_core.fleet.expected import manifest_firings
from kaizen_schedule_core.fleet.resolution import Resolution

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Catalog, read_value, text_option
from kaizen_schedule_cli.commands.roster_options import (
    Grace,
    ReadQuery,
    clock_of,
    firings_of,
    load_enabled,
    map_outcomes,
    resolve,
    roster_options,
)
from kaizen_schedule_cli.render.fleet import counts_text
from kaizen_schedule_cli.render.streams import write_stderr
from kaizen_schedule_cli.report.data import AgentFigures, Period, agent_figures, fleet_report
from kaizen_schedule_cli.report.page import page_text


@as_command("kaizen-agentic roster report --roster roster.yml --output report.html")
@roster_options
def command(
    read_query: ReadQuery,
    file: Annotated[str, text_option("--output", "FILE", "The page to write, for example report.html.")],
    *,
    catalog: Catalog = None,
    grace: Grace = "24h",
) -> None:
    """Write the state of a fleet as one HTML page."""
    patience = read_value("--grace", lambda: parse_duration(grace))
    require_writable(file)
    query = read_query()
    resolution = resolve(query)
    definitions = load_enabled(catalog)
    period = Period(now=query.now, present=datetime.now(UTC), zone=_usual_zone(resolution), grace=patience)

    def figures_of(part: Resolution) -> list[AgentFigures]:
        return agent_figures(part, period, firings_of(definitions, part) or manifest_firings)

    figures: list[AgentFigures] = map_outcomes(query, resolution, figures_of)
    options = f"--roster {shlex.quote(resolution.source)}"
    if "://" in resolution.source:
        options = f"--hub {shlex.quote(resolution.source)}"
    if catalog is not None:
        options += f" --catalog {shlex.quote(catalog)}"
    report = fleet_report(resolution, figures, period, clock=clock_of(catalog), options=options)
    write_named_file(file, page_text(report).encode())
    total = plural(len(report.outcomes), "repository")
    write_stderr(f"{escape_control_chars(file)}: attention needed by {report.unwell} of {total}")
    write_stderr(counts_text(resolution))


def _usual_zone(resolution: Resolution) -> tzinfo:
    """Return the zone of most manifests, or UTC without any."""
    zones = Counter(run.timezone for run in resolution.runs)
    return load_zone(max(sorted(zones), key=zones.__getitem__, default="UTC"))
