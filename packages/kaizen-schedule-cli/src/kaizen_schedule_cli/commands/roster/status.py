"""`roster status`: expected runs compared with recorded runs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.diagnostics import Diagnostic, did_you_mean, plural, quoted
from kaizen_schedule_core.files.writing import write_named_file
from kaizen_schedule_core.fleet.expected import manifest_firings
from kaizen_schedule_core.fleet.resolution import BROKEN_OUTCOMES, OUTCOMES, Resolution
from kaizen_schedule_core.fleet.status import RUN_STATES, UNHEALTHY_STATES, RunState, RunStatus, fleet_status

from kaizen_schedule_cli.answers import answer_from, utc_or_none
from kaizen_schedule_cli.answers.roster import StatusAnswer, StatusRow
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Catalog, UsageError, check_words, read_value, text_option
from kaizen_schedule_cli.commands.roster_options import (
    AllRows,
    Grace,
    Outcomes,
    ReadQuery,
    Slugs,
    clock_of,
    firings_of,
    load_enabled,
    map_outcomes,
    resolve,
    roster_options,
    select_outcomes,
)
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.fleet import RowLimit, counts_text, status_text, write_broken
from kaizen_schedule_cli.render.openmetrics import WEEK, openmetrics_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


class StatusFormat(StrEnum):
    """The output formats of `roster status`."""

    TEXT = "text"
    JSON = "json"
    OPENMETRICS = "openmetrics"


@as_command("kaizen-agentic roster status --roster roster.yml --check")
@roster_options
def command(
    read_query: ReadQuery,
    slugs: Slugs = None,
    *,
    outcomes: Outcomes = None,
    catalog: Catalog = None,
    grace: Grace = "24h",
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state", metavar="STATE|FILE", help="Only this state, such as overdue; or the file for the fleet size."
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 3 if a run is overdue, failed or unreadable, or an entry is broken.")
    ] = False,
    only_runs: Annotated[bool, typer.Option("--only-runs", help="With --check: ignore broken entries.")] = False,
    all_rows: AllRows = False,
    output: Annotated[
        StatusFormat, typer.Option("--format", help="Output format; openmetrics is for monitoring systems.")
    ] = StatusFormat.TEXT,
    file: Annotated[
        str | None, text_option("--output", "FILE", "Write the openmetrics to this file, completely or not at all.")
    ] = None,
) -> None:
    """Compare expected runs with recorded runs.

    Without a roster, show those of the repository in the current directory. Of more than 40 rows, the text shows those
    that need attention.
    """
    if only_runs and not check:
        raise UsageError("--only-runs requires --check")
    if file is not None and output is not StatusFormat.OPENMETRICS:
        raise UsageError("--output requires --format openmetrics")
    patience = read_value("--grace", lambda: parse_duration(grace))
    check_words("--outcome", outcomes, OUTCOMES)
    states, size_file = _states(state or ())
    query = read_query(slugs=slugs, state=size_file, here=True)
    resolution = select_outcomes(resolve(query), outcomes)
    definitions = load_enabled(catalog)
    since = query.now - WEEK if output is StatusFormat.OPENMETRICS else None
    present = datetime.now(UTC)

    def statuses(part: Resolution) -> tuple[RunStatus, ...]:
        firings = firings_of(definitions, part) or manifest_firings
        return fleet_status(part, query.now, present=present, grace=patience, firings=firings, since=since)

    rows: list[RunStatus] = map_outcomes(query, resolution, statuses)
    if states:
        rows = [row for row in rows if row.state in states]
    answer = StatusAnswer(clock=clock_of(catalog), rows=tuple(map(_row, rows)))
    if output is StatusFormat.JSON:
        write_json(answer)
    elif output is StatusFormat.OPENMETRICS:
        text = openmetrics_text(rows, resolution.counts, now=query.now)
        if file is None:
            write_stdout(text)
        else:
            write_named_file(file, text.encode())
    else:
        write_stdout(status_text(answer, RowLimit(everything=all_rows, chosen=bool(slugs or outcomes or states))))
    _write_problems(rows)
    counts = Counter(map(attrgetter("state"), rows))
    counted = ", ".join(f"{counts[name]} {name}" for name in RUN_STATES if counts[name])
    write_stderr(f"\n{plural(len(rows), 'agent')}: {counted or 'none'}, of {counts_text(resolution)}")
    broken = [outcome for outcome in resolution.outcomes if outcome.outcome in BROKEN_OUTCOMES]
    write_broken(broken, everything=all_rows)
    if check and (not UNHEALTHY_STATES.isdisjoint(counts) or (broken and not only_runs)):
        raise typer.Exit(Exit.DIFFERENT)


def _states(given: Sequence[str]) -> tuple[list[RunState], str | None]:
    """Return the states and the file in the values of --state: a value that is not a state is a file.

    Raises typer.BadParameter for a value that is neither: the name of a file has a dot or a slash.
    """
    states = [word for word in given if word in RUN_STATES]
    others = [word for word in given if word not in RUN_STATES]
    for word in others:
        if not word or not {".", "/"} & set(word):
            near = did_you_mean(word, RUN_STATES) or f"use one of {', '.join(RUN_STATES)}"
            raise typer.BadParameter(
                f"unknown state {quoted(word)}: {near}; write a file as ./NAME", param_hint="--state"
            )
    if len(others) > 1:
        raise typer.BadParameter("it names several files", param_hint="--state")
    return states, others[0] if others else None


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
