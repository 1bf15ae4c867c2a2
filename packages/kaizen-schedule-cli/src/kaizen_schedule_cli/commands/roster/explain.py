"""`roster explain`: the outcome of each repository, and what fires its runs."""

from datetime import datetime

from kaizen_schedule_core.fleet.expected import Firing, FiringsOf
from kaizen_schedule_core.fleet.resolution import RepoOutcome, Resolution, ScheduledRun

from kaizen_schedule_cli.answers import answer_from, utc_or_none
from kaizen_schedule_cli.answers.roster import ExplainAnswer, ExplainedRepo, ExplainedRun, FiredBy, RosterIdentity
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Catalog, Format, OutputFormat
from kaizen_schedule_cli.commands.roster_options import ReadQuery, firings_of, resolve, roster_options
from kaizen_schedule_cli.render.fleet import counts_text, explanation_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


@as_command("kaizen-agentic roster explain --roster roster.yml --catalog catalog")
@roster_options
def command(read_query: ReadQuery, catalog: Catalog = None, output: OutputFormat = Format.TEXT) -> None:
    """Explain each repository's outcome.

    With --catalog, also show the definitions that fire each run.
    """
    query = read_query()
    resolution = resolve(query)
    firings = firings_of(catalog, resolution)
    answer = _answer(resolution, query.now, firings)
    if output is Format.JSON:
        write_json(answer)
    else:
        write_stdout(explanation_text(answer, resolution, query.now, firings))
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
