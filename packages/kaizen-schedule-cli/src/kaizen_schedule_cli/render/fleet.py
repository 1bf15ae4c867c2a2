"""The results of roster commands as tables for 80 columns."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import plural
from kaizen_schedule_core.fleet.expected import manifest_firings
from kaizen_schedule_core.fleet.resolution import Resolution, ScheduledRun

from kaizen_schedule_cli.answers.roster import Clock, ExpectAnswer, ExplainAnswer, FiredBy, ResolveAnswer, StatusAnswer
from kaizen_schedule_cli.render.tables import table

if TYPE_CHECKING:
    from kaizen_activity_defs.catalog import CatalogFirings

_CLOCK_LINES: dict[Clock, str] = {
    "catalog": "Times are from the enabled definitions of the catalog.",
    "manifest": "Times are from the manifests. Use --catalog for those of the definitions.",
}


def counts_text(resolution: Resolution) -> str:
    """Return the number of repositories, and of each outcome."""
    counted = ", ".join(f"{number} {name}" for name, number in resolution.counts.items() if number)
    return f"{plural(len(resolution.outcomes), 'repository')}: {counted}"


def runs_text(answer: ResolveAnswer) -> str:
    """Return one row per run, then the commands; empty without runs."""
    if not answer.scheduled_runs:
        return ""
    rows = [(run.repo, run.agent, run.cadence, run.cron, run.timezone) for run in answer.scheduled_runs]
    commands = map(attrgetter("prepare_command"), answer.scheduled_runs)
    return "\n".join([table(("repo", "agent", "cadence", "cron", "timezone"), rows), "", *commands])


def explanation_text(
    answer: ExplainAnswer, resolution: Resolution, now: datetime, firings: CatalogFirings | None
) -> str:
    """Return a row per entry of the roster; with a catalog, also one per run with what fires it."""
    rows: list[tuple[str, str, str]] = []
    for repo, outcome in zip(answer.repos, resolution.outcomes, strict=True):
        rows.append((repo.repo, repo.outcome, repo.detail))
        if firings is None:
            continue
        for explained, run in zip(repo.runs, outcome.runs, strict=True):
            if explained.fired_by:
                why = _firing_text(explained.fired_by, run, now)
            else:
                why = firings.why_not(run, domain=outcome.domain)
            rows.append(("", run.agent, why))
    return table(("repo", "outcome", "why"), rows)


def _firing_text(fired_by: tuple[FiredBy, ...], run: ScheduledRun, now: datetime) -> str:
    parts = []
    for firing in fired_by:
        if firing.next is not None:
            fire = datetime.fromisoformat(firing.next).astimezone(load_zone(firing.timezone))
            parts.append(f"fires {fire:%a %H:%M} {firing.timezone} through {firing.definition}")
    [manifest] = manifest_firings(run)
    own = manifest.next(now)
    if own is not None and utc_text(own) not in [firing.next for firing in fired_by]:
        parts.append(f"the manifest's cron is {own:%a %H:%M} {run.timezone}, but no enabled definition fires then")
    return "; ".join(parts) or "the definitions that select this run never fire"


def slots_text(answer: ExpectAnswer) -> str:
    """Return the source of the times, then the expected runs by day."""
    rows = []
    for slot in answer.slots:
        at = f"{datetime.fromisoformat(slot.at):%a %Y-%m-%d %H:%M}{slot.at[19:]}"
        rows.append((at, slot.repo, slot.agent, slot.slot.rpartition("/")[2]))
    return "\n".join([_CLOCK_LINES[answer.clock], "", table(("expected", "repo", "agent", "slot"), rows)])


def status_text(answer: StatusAnswer) -> str:
    """Return the source of the times, then the state of every agent; times in UTC."""
    rows = [
        (row.state, row.repo, row.agent, _minute(row.last_expected), _minute(row.last_recorded)) for row in answer.rows
    ]
    headings = ("state", "repo", "agent", "expected (utc)", "recorded (utc)")
    return "\n".join([_CLOCK_LINES[answer.clock], "", table(headings, rows)])


def _minute(utc: str | None) -> str:
    return "-" if utc is None else f"{datetime.fromisoformat(utc):%Y-%m-%d %H:%M}"
