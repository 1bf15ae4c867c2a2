"""`roster explain`: the outcome of each repository, and what fires its runs."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from kaizen_schedule_core.fleet.expected import Firing, FiringsOf
from kaizen_schedule_core.fleet.resolution import OUTCOMES, RepoOutcome, Resolution, ScheduledRun

from kaizen_schedule_cli.answers import answer_from, utc_or_none
from kaizen_schedule_cli.answers.roster import ExplainAnswer, ExplainedRepo, ExplainedRun, FiredBy, RosterIdentity
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Catalog, Format, OutputFormat, UsageError, check_words
from kaizen_schedule_cli.commands.roster_options import (
    AllRows,
    Outcomes,
    ReadQuery,
    Slugs,
    firings_of,
    load_enabled,
    resolve,
    roster_options,
    select_outcomes,
)
from kaizen_schedule_cli.render.fleet import RowLimit, counts_text, definitions_text, explanation_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


class Grouping(StrEnum):
    """What the rows of the text are grouped by."""

    REPO = "repo"
    DEFINITION = "definition"


@as_command("kaizen-agentic roster explain --roster roster.yml --catalog catalog")
@roster_options
def command(
    read_query: ReadQuery,
    slugs: Slugs = None,
    *,
    catalog: Catalog = None,
    outcomes: Outcomes = None,
    by: Annotated[
        Grouping, typer.Option("--by", help="Group the rows; by definition requires --catalog.")
    ] = Grouping.REPO,
    all_rows: AllRows = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Explain each repository's outcome.

    With --catalog, also show the definitions that fire each run. Of more than 40 rows, the text shows those that need
    attention.
    """
    check_words("--outcome", outcomes, OUTCOMES)
    if by is Grouping.DEFINITION and catalog is None:
        raise UsageError("--by definition requires --catalog DIR")
    query = read_query(slugs=slugs)
    resolution = select_outcomes(resolve(query), outcomes)
    firings = firings_of(load_enabled(catalog), resolution)
    answer = _answer(resolution, query.now, firings)
    if output is Format.JSON:
        write_json(answer)
    elif by is Grouping.DEFINITION:
        write_stdout(definitions_text(answer, all_rows=all_rows))
    else:
        limit = RowLimit(everything=all_rows, chosen=bool(slugs or outcomes))
        write_stdout(explanation_text(answer, resolution, query.now, firings, limit))
    write_stderr(f"\n{counts_text(resolution)}")


def _answer(resolution: Resolution, now: datetime, firings: FiringsOf | None) -> ExplainAnswer:
    outcomes = resolution.outcomes
    return ExplainAnswer(
        roster=RosterIdentity(source=resolution.source, digest=resolution.digest, repos=len(outcomes)),
        counts=resolution.counts,
        repos=tuple(_repo(outcome, now, firings) for outcome in outcomes),
    )


def _repo(outcome: RepoOutcome, now: datetime, firings: FiringsOf | None) -> ExplainedRepo:
    return answer_from(outcome, ExplainedRepo, runs=tuple(_run(run, now, firings) for run in outcome.runs))


def _run(run: ScheduledRun, now: datetime, firings: FiringsOf | None) -> ExplainedRun:
    fired_by = None
    if firings is not None:
        fired_by = tuple(_firing(firing, now) for firing in firings(run))
    return answer_from(run, ExplainedRun, cron=run.cron.text, fired_by=fired_by)


def _firing(firing: Firing, now: datetime) -> FiredBy:
    return answer_from(firing, FiredBy, cron=firing.cron.text, next=utc_or_none(firing.next(now)))
