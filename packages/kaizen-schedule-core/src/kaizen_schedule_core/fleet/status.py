"""Status of scheduled agents: expected runs compared with recorded runs (contract section 7, ADR-012)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, get_args

from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.expected import Firing, FiringsOf, manifest_firings
from kaizen_schedule_core.fleet.resolution import Resolution, ScheduledRun
from kaizen_schedule_core.repo.metrics import ExecutionRecord, Latest, read_latest

RunState = Literal["paused", "unfired", "never", "unreadable", "failed", "overdue", "ok"]
RUN_STATES: tuple[RunState, ...] = get_args(RunState)
UNHEALTHY_STATES: frozenset[RunState] = frozenset({"unreadable", "failed", "overdue"})
"""The states of runs that went wrong."""
ATTENTION_STATES: frozenset[RunState] = UNHEALTHY_STATES | {"unfired"}
"""The states that need attention."""

DEFAULT_GRACE = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStatus:
    """The state of one (repo, agent). Times have an offset, and are None if nothing was expected or recorded.

    `last_success` is the time of the last successful record among the last 20, `cost_usd` the cost of the last record.
    `records` are in the order of the file: all from `since` on, and the last 20; none without `since`. `skipped_lines`
    is the number of metrics lines that were left out; `problems` are the first of them, or the errors of unreadable
    metrics.
    """

    repo: str
    agent: str
    last_expected: datetime | None
    last_recorded: datetime | None
    state: RunState
    last_success: datetime | None = None
    cost_usd: float | None = None
    records: tuple[ExecutionRecord, ...] = field(default=(), repr=False)
    skipped_lines: int = 0
    problems: tuple[Diagnostic, ...] = ()


def fleet_status(
    resolution: Resolution,
    now: datetime,
    *,
    present: datetime | None = None,
    grace: timedelta = DEFAULT_GRACE,
    firings: FiringsOf = manifest_firings,
    since: datetime | None = None,
) -> tuple[RunStatus, ...]:
    """Return the state of every (repo, agent) that a manifest of the resolution declares, sorted.

    `paused` means that the agent is disabled, `unreadable` that its metrics cannot be read, `unfired` that no
    definition fires it, and `never` that there is no record. Otherwise the last slot whose `grace` is over is checked,
    so that agents that fire often can be overdue too: `failed` if the last record since that slot is a failure,
    `overdue` if there is none, otherwise `ok`.

    `since` only affects the `records` of a status. If `now` is a time in the past, records between it and the `present`
    are ignored; records after both are skipped lines.
    """
    read = partial(read_latest, now=now, present=present, since=since)
    rows: list[RunStatus] = []
    for outcome in resolution.outcomes:
        for run in (*outcome.runs, *outcome.paused):
            fired_by = tuple(firings(run)) if run.enabled else ()
            rows.append(_status(run, fired_by, now, grace, read, keep=since is not None))
    return tuple(sorted(rows, key=lambda row: (row.repo, row.agent)))


def _status(
    run: ScheduledRun,
    firings: tuple[Firing, ...],
    now: datetime,
    grace: timedelta,
    read: Callable[[str, str], Latest],
    *,
    keep: bool,
) -> RunStatus:
    """Return the status of a run; its records are only kept if wanted, because they need much memory."""
    recorded: datetime | None = None
    unreadable = False
    try:
        latest = read(run.root, run.agent)
    except KaizenError as error:
        latest = Latest(record=None, skipped=0, problems=error.diagnostics)
        unreadable = True
    record = latest.record
    if record is not None:
        recorded = datetime.fromisoformat(record.timestamp)
    successes = [one.timestamp for one in latest.records if one.success]
    state: RunState
    if not run.enabled:
        state = "paused"
    elif unreadable:
        state = "unreadable"
    elif not firings:
        state = "unfired"
    elif record is None or recorded is None:
        state = "never"
    else:
        due = _last_fire(firings, now - grace)
        if due is not None and recorded < due:
            state = "overdue"
        elif record.success:
            state = "ok"
        else:
            state = "failed"
    return RunStatus(
        repo=run.repo,
        agent=run.agent,
        last_expected=_last_fire(firings, now),
        last_recorded=recorded,
        state=state,
        last_success=datetime.fromisoformat(max(successes)) if successes else None,
        records=latest.records if keep else (),
        cost_usd=None if record is None else record.cost_usd,
        skipped_lines=latest.skipped,
        problems=latest.problems,
    )


def _last_fire(firings: Iterable[Firing], until: datetime) -> datetime | None:
    fires = filter(None, (firing.last(until) for firing in firings))
    return max(fires, default=None)
