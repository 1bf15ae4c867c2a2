"""The results of roster commands as tables for 80 columns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, TypeVar

from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import plural
from kaizen_schedule_core.fleet.expected import manifest_firings
from kaizen_schedule_core.fleet.resolution import BROKEN_OUTCOMES, RepoOutcome, Resolution, ScheduledRun
from kaizen_schedule_core.fleet.status import ATTENTION_STATES, UNHEALTHY_STATES, RunState

from kaizen_schedule_cli.answers.roster import Clock, ExpectAnswer, ExplainAnswer, FiredBy, ResolveAnswer, StatusAnswer
from kaizen_schedule_cli.render.streams import write_stderr
from kaizen_schedule_cli.render.tables import table

if TYPE_CHECKING:
    from kaizen_activity_defs.catalog import CatalogFirings

Row = TypeVar("Row")
_MOST_ROWS = 40
_NAMED_RUNS = 10  # of each definition
_UNFIRED = "no enabled definition"
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


@dataclass(frozen=True, kw_only=True, slots=True)
class RowLimit:
    """Which rows of a long table are shown.

    `everything` shows all of them. Otherwise, at most 40 are shown: of the rows that the user has `chosen`, or of those
    that need attention.
    """

    everything: bool
    chosen: bool

    def cut(self, rows: Sequence[Row], label: Callable[[Row], tuple[str, int]]) -> tuple[Sequence[Row], str]:
        """Return the rows to show, and a line that counts the others, which is empty if there are none.

        `label` returns what a row is counted as, such as an outcome, and how much attention it needs: 0 for none.
        """
        if self.everything or len(rows) <= _MOST_ROWS:
            return rows, ""
        labels = list(map(label, rows))
        shown = [index for index, (_, attention) in enumerate(labels) if self.chosen or attention]
        shown.sort(key=lambda index: -labels[index][1])
        shown = sorted(shown[:_MOST_ROWS])
        others = Counter(name for name, _ in labels) - Counter(labels[index][0] for index in shown)
        counted = ", ".join(f"{number:,} {name}" for name, number in others.items())
        hidden = f"{others.total():,} more rows ({counted}): --all"
        if not shown:
            hidden = f"Nothing needs attention. {hidden}"
        return [rows[index] for index in shown], hidden


def explanation_text(
    answer: ExplainAnswer, resolution: Resolution, now: datetime, firings: CatalogFirings | None, limit: RowLimit
) -> str:
    """Return a row per entry of the roster; with a catalog, also one per run with what fires it."""
    rows: list[tuple[tuple[str, str, str], tuple[str, int]]] = []
    for repo, outcome in zip(answer.repos, resolution.outcomes, strict=True):
        attention = int(any(run.fired_by == () for run in repo.runs))
        if repo.outcome in BROKEN_OUTCOMES:
            attention = 2
        rows.append(((repo.repo, repo.outcome, repo.detail), (repo.outcome, attention)))
        if firings is None:
            continue
        for explained, run in zip(repo.runs, outcome.runs, strict=True):
            if explained.fired_by:
                why = _firing_text(explained.fired_by, run, now)
            else:
                why = firings.why_not(run, domain=outcome.domain)
            rows.append((("", run.agent, why), ("runs", int(not explained.fired_by))))
    shown, hidden = limit.cut(rows, itemgetter(1))
    return _with_note(("repo", "outcome", "why"), [row for row, _ in shown], hidden)


def _with_note(headings: Sequence[str], rows: Sequence[Sequence[str]], note: str) -> str:
    """Return a table and a line about the rows that it does not contain; only the line if these are all rows."""
    if note and not rows:
        return note
    return "\n\n".join(filter(None, (table(headings, rows), note)))


def definitions_text(answer: ExplainAnswer, *, all_rows: bool) -> str:
    """Return the definitions with the number and the names of their runs, and the runs that nothing fires."""
    runs: dict[str, list[str]] = defaultdict(list)
    for repo in answer.repos:
        for run in repo.runs:
            for fired in run.fired_by or ():
                at = f"{fired.definition}, {fired.cron} {fired.timezone}"
                runs[at].append(f"{repo.repo}/{run.agent}")
            if not run.fired_by:
                runs[_UNFIRED].append(f"{repo.repo}/{run.agent}")
    parts = []
    for title, names in sorted(runs.items(), key=lambda item: (item[0] == _UNFIRED, item[0])):
        shown = names
        if not all_rows:
            shown = names[:_NAMED_RUNS]
        lines = [f"{title}: {plural(len(names), 'run')}", *(f"  {name}" for name in shown)]
        if len(shown) < len(names):
            lines.append(f"  and {len(names) - len(shown):,} more: --all")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


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


def slots_text(answer: ExpectAnswer, zone: tzinfo, *, missed: bool, all_rows: bool) -> str:
    """Return the source of the times and their zone, then the runs; more than 40 by day."""
    times = [datetime.fromisoformat(slot.utc).astimezone(zone) for slot in answer.slots]
    head = f"{_CLOCK_LINES[answer.clock]}\nAll times are in {zone}."
    if len(times) > _MOST_ROWS and not (missed or all_rows):
        return "\n\n".join((head, _days_text(times), "Each run: --all"))
    rows = []
    for at, slot in zip(times, answer.slots, strict=True):
        rows.append(
            (f"{at:%a %Y-%m-%d %H:%M}{at.isoformat()[-6:]}", slot.repo, slot.agent, slot.slot.rpartition("/")[2])
        )
    shown, hidden = RowLimit(everything=all_rows, chosen=True).cut(rows, lambda row: (row[2], 0))
    headings = ("missed" if missed else "expected", "repo", "agent", "slot")
    return f"{head}\n\n{_with_note(headings, shown, hidden)}"


def _days_text(times: Iterable[datetime]) -> str:
    """Return the number of runs of each day, and its fullest hour."""
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for at in times:
        days[f"{at:%a %Y-%m-%d}"][f"{at:%H}:00"] += 1
    rows = []
    for day, hours in days.items():
        hour, most = max(hours.items(), key=itemgetter(1))
        rows.append((day, f"{hours.total():,}", f"{hour}, {plural(most, 'run')}"))
    return table(("day", "runs", "fullest hour"), rows)


def status_text(answer: StatusAnswer, limit: RowLimit) -> str:
    """Return the source of the times, then the state of every agent; times in UTC."""
    shown, hidden = limit.cut(answer.rows, lambda row: (row.state, _attention(row.state)))
    rows = [(row.state, row.repo, row.agent, _minute(row.last_expected), _minute(row.last_recorded)) for row in shown]
    headings = ("state", "repo", "agent", "expected (utc)", "recorded (utc)")
    return f"{_CLOCK_LINES[answer.clock]}\n\n{_with_note(headings, rows, hidden)}"


def _attention(state: RunState) -> int:
    return int(state in ATTENTION_STATES) + int(state in UNHEALTHY_STATES)


def write_broken(broken: Sequence[RepoOutcome], *, everything: bool) -> None:
    """Write a line about each broken entry to stderr, at most 40."""
    shown = broken
    if not everything:
        shown = broken[:_MOST_ROWS]
    for outcome in shown:
        write_stderr(f"{outcome.repo}: {outcome.outcome}: {outcome.detail}")
    if len(shown) < len(broken):
        write_stderr(f"{len(broken) - len(shown):,} more: --all")


def _minute(utc: str | None) -> str:
    return "-" if utc is None else f"{datetime.fromisoformat(utc):%Y-%m-%d %H:%M}"
