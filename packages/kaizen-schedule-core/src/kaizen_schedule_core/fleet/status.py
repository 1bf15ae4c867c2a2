"""Whether what was expected was recorded: expected runs joined with metrics (contract section 7, ADR-012)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.expected import FiringsOf, manifest_firings
from kaizen_schedule_core.fleet.resolution import Resolution, ScheduledRun
from kaizen_schedule_core.repo.metrics import ExecutionRecord, latest_record

RunState = Literal["paused", "never", "unreadable", "failed", "overdue", "ok"]
RUN_STATES: tuple[RunState, ...] = get_args(RunState)
TROUBLE: frozenset[RunState] = frozenset({"unreadable", "failed", "overdue"})
"""The states in which somebody should look."""
STATE_MEANINGS: dict[RunState, str] = {
    "paused": "the manifest declares the agent with `enabled: false`",
    "never": "nothing was ever recorded",
    "unreadable": "the metrics cannot be read; the reason is on stderr",
    "failed": "the last record since the slot that is judged is a failure",
    "overdue": "there is no record since the slot that is judged",
    "ok": "the last record since then is a success",
}
"""What each state says; the reference pages are made from it."""

DEFAULT_GRACE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStatus:
    """How one (repo, agent) stands. Moments are aware; None where nothing was expected or recorded.

    `problems` say what is wrong with metrics that cannot be read.
    """

    repo: str
    agent: str
    last_expected: datetime | None
    last_recorded: datetime | None
    state: RunState
    problems: tuple[Diagnostic, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The form of `roster status`."""
        return {
            "repo": self.repo,
            "agent": self.agent,
            "last_expected": utc_text(self.last_expected) if self.last_expected else None,
            "last_recorded": utc_text(self.last_recorded) if self.last_recorded else None,
            "state": self.state,
        }


def fleet_status(
    resolution: Resolution,
    now: datetime,
    *,
    grace: timedelta = DEFAULT_GRACE,
    firings: FiringsOf = manifest_firings,
) -> tuple[RunStatus, ...]:
    """The state of every (repo, agent) that a manifest of the resolution declares, sorted.

    `paused`: disabled. `never`: nothing recorded yet. `unreadable`: the metrics cannot be read. What is judged then is
    the last slot whose `grace` is over, so that an agent that fires more often than the grace lasts cannot hide
    behind its newest slot: `failed` if the last record since then is a failure, `overdue` if there is none, else
    `ok`. One repository's metrics touch no other.
    """
    rows = [_status(run, now, grace, firings) for run in _declared(resolution)]
    return tuple(sorted(rows, key=lambda row: (row.repo, row.agent)))


def _declared(resolution: Resolution) -> Iterator[ScheduledRun]:
    for outcome in resolution.outcomes:
        yield from outcome.runs
        yield from outcome.paused


def _status(run: ScheduledRun, now: datetime, grace: timedelta, firings: FiringsOf) -> RunStatus:
    record: ExecutionRecord | None = None
    problems: tuple[Diagnostic, ...] = ()
    try:
        record = latest_record(run.root, run.agent)
    except KaizenError as error:
        problems = error.diagnostics
    recorded = datetime.fromisoformat(record.timestamp) if record else None
    asking = tuple(firings(run)) if run.enabled else ()
    state: RunState
    if not run.enabled:
        state = "paused"
    elif problems:
        state = "unreadable"
    elif record is None or recorded is None:
        state = "never"
    else:
        judged = max((fire for firing in asking if (fire := firing.last(now - grace))), default=None)
        since = judged is None or recorded >= judged
        state = "overdue" if not since else "ok" if record.success else "failed"
    return RunStatus(
        repo=run.repo,
        agent=run.agent,
        last_expected=max((fire for firing in asking if (fire := firing.last(now))), default=None),
        last_recorded=recorded,
        state=state,
        problems=problems,
    )
