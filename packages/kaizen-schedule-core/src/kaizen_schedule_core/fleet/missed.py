"""Missed runs: the expected runs of a period that no record answers (contract section 14)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.expected import FiringsOf, Slot, expected_slots, manifest_firings
from kaizen_schedule_core.fleet.resolution import ScheduledRun
from kaizen_schedule_core.fleet.status import DEFAULT_GRACE
from kaizen_schedule_core.repo.metrics import ExecutionRecord, read_latest


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """The missed slots, sorted by time, and the errors of metrics that cannot be read, whose slots all count."""

    slots: tuple[Slot, ...]
    problems: tuple[Diagnostic, ...]


def missed_slots(
    runs: Iterable[ScheduledRun],
    since: datetime,
    until: datetime,
    *,
    now: datetime,
    grace: timedelta = DEFAULT_GRACE,
    firings: FiringsOf = manifest_firings,
) -> Missed:
    """Return the slots of all runs in (since, until] whose `grace` is over, and that no record answers.

    A record answers the slot that `schedule run` wrote into it, otherwise the last slot at or before its time, however
    late it is. Raises ValueError with a hint if there are more than SLOT_LIMIT slots.
    """
    listed = list(runs)
    by_run: dict[tuple[str, str], list[Slot]] = defaultdict(list)
    if since < now:
        for slot in expected_slots(listed, since, now, firings=firings):
            by_run[slot.repo, slot.agent].append(slot)
    problems: list[Diagnostic] = []
    missed: list[Slot] = []
    for run in listed:
        slots = by_run[run.repo, run.agent]
        answered: set[int] = set()
        if slots:
            try:
                latest = read_latest(run.root, run.agent, now=now, since=slots[0].at)
                answered = answered_slots(slots, latest.records)
            except KaizenError as error:
                problems += error.diagnostics
        last = min(until, now - grace)
        missed += [slot for index, slot in enumerate(slots) if slot.at <= last and index not in answered]
    return Missed(slots=tuple(sorted(missed, key=lambda slot: (slot.at, slot.slot))), problems=tuple(problems))


def answered_slots(slots: Sequence[Slot], records: Iterable[ExecutionRecord]) -> set[int]:
    """Return the indexes of the slots of one run, in the order of their times, that the records answer."""
    times = [slot.at for slot in slots]
    by_time = {slot.slot.rpartition("/")[2]: index for index, slot in enumerate(slots)}
    answered: set[int] = set()
    for record in records:
        written = str((record.metadata or {}).get("slot", "")).rpartition("/")[2]
        index = by_time.get(written)
        if index is None:
            index = bisect_right(times, datetime.fromisoformat(record.timestamp)) - 1
        if index >= 0:
            answered.add(index)
    return answered
