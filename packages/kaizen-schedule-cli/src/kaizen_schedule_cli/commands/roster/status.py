"""`roster status`: expected runs compared with recorded runs."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.diagnostics import Diagnostic, plural
from kaizen_schedule_core.fleet.expected import manifest_firings
from kaizen_schedule_core.fleet.resolution import BROKEN_OUTCOMES
from kaizen_schedule_core.fleet.status import RUN_STATES, UNHEALTHY_STATES, RunStatus, fleet_status

from kaizen_schedule_cli.answers import answer_from, utc_or_none
from kaizen_schedule_cli.answers.roster import StatusAnswer, StatusRow
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Catalog, Format, OutputFormat, UsageError, read_value
from kaizen_schedule_cli.commands.roster_options import ReadQuery, clock_of, firings_of, resolve, roster_options
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.fleet import counts_text, status_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


@as_command("kaizen-agentic roster status --roster roster.yml --check")
@roster_options
def command(
    read_query: ReadQuery,
    catalog: Catalog = None,
    grace: Annotated[
        str, typer.Option("--grace", metavar="24h", help="Time after a slot before a missing run is overdue.")
    ] = "24h",
    check: Annotated[
        bool, typer.Option("--check", help="Exit 3 if a run is overdue, failed or unreadable, or an entry is broken.")
    ] = False,
    only_runs: Annotated[bool, typer.Option("--only-runs", help="With --check: ignore broken entries.")] = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Compare expected runs with recorded runs."""
    if only_runs and not check:
        raise UsageError("--only-runs requires --check")
    patience = read_value("--grace", lambda: parse_duration(grace))
    query = read_query()
    resolution = resolve(query)
    firings = firings_of(catalog, resolution)
    rows = fleet_status(
        resolution, query.now, present=datetime.now(UTC), grace=patience, firings=firings or manifest_firings
    )
    answer = StatusAnswer(clock=clock_of(catalog), rows=tuple(map(_row, rows)))
    if output is Format.JSON:
        write_json(answer)
    else:
        write_stdout(status_text(answer))
    _write_problems(rows)
    states = Counter(map(attrgetter("state"), rows))
    counted = ", ".join(f"{states[name]} {name}" for name in RUN_STATES if states[name])
    write_stderr(f"\n{plural(len(rows), 'agent')}: {counted or 'none'}, of {counts_text(resolution)}")
    broken = [outcome for outcome in resolution.outcomes if outcome.outcome in BROKEN_OUTCOMES]
    for outcome in broken:
        write_stderr(f"{outcome.repo}: {outcome.outcome}: {outcome.detail}")
    if check and (not UNHEALTHY_STATES.isdisjoint(states) or (broken and not only_runs)):
        raise typer.Exit(Exit.DIFFERENT)


def _row(status: RunStatus) -> StatusRow:
    expected, recorded = utc_or_none(status.last_expected), utc_or_none(status.last_recorded)
    return answer_from(status, StatusRow, last_expected=expected, last_recorded=recorded)


def _write_problems(rows: Iterable[RunStatus]) -> None:
    problems: list[Diagnostic] = []
    for row in rows:
        problems += row.problems
    if problems:
        write_stderr("")
        write_diagnostics(problems)
