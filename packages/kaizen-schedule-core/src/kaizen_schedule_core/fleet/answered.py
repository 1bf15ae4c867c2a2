"""Expected runs and the records that answer them (contract section 14)."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.expected import Firing, FiringsOf, Slot, expected_slots, manifest_firings
from kaizen_schedule_core.fleet.resolution import ScheduledRun
from kaizen_schedule_core.repo.metrics import ExecutionRecord, read_latest


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredSlot:
    """An expected run, and the record that answers it: the first one from its slot to the next one, or None."""

    slot: Slot
    record: ExecutionRecord | None

    def is_missed(self, now: datetime, grace: timedelta) -> bool:
        """Check whether no record answers the slot, and its grace is over."""
        return self.record is None and self.slot.at <= now - grace


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """Answered slots, sorted by time, and the errors of metrics that cannot be read, whose slots have no record."""

    slots: tuple[AnsweredSlot, ...]
    problems: tuple[Diagnostic, ...]


def answered_slots(
    runs: Iterable[ScheduledRun],
    since: datetime,
    until: datetime,
    *,
    now: datetime,
    firings: FiringsOf = manifest_firings,
) -> Answered:
    """Return the slots of all runs in (since, until] with the records that answer them.

    Records after `now` are left out. Raises ValueError with a hint if there are more than SLOT_LIMIT slots.
    """
    listed = list(runs)
    by_run: dict[tuple[str, str], list[Slot]] = defaultdict(list)
    for slot in expected_slots(listed, since, until, firings=firings):
        by_run[slot.repo, slot.agent].append(slot)
    problems: list[Diagnostic] = []
    answered: list[AnsweredSlot] = []
    for run in listed:
        slots = by_run[run.repo, run.agent]
        records: Sequence[ExecutionRecord] = ()
        if slots and slots[0].at <= now:
            try:
                records = read_latest(run.root, run.agent, now=now, since=slots[0].at).records
            except KaizenError as error:
                problems += error.diagnostics
        answered += match_records(slots, records, end=next_fire_of(firings(run), until))
    ordered = sorted(answered, key=lambda one: (one.slot.at, one.slot.slot))
    return Answered(slots=tuple(ordered), problems=tuple(problems))


def match_records(
    slots: Sequence[Slot], records: Iterable[ExecutionRecord], *, end: datetime | None
) -> list[AnsweredSlot]:
    """Return the slots of one run, sorted by time, with their records; `end` is its first slot after them, if any."""
    times = [slot.at for slot in slots]
    found: dict[int, ExecutionRecord] = {}
    for record in sorted(records, key=attrgetter("timestamp")):
        if end is None or record.time < end:
            found.setdefault(bisect_right(times, record.time) - 1, record)
    return [AnsweredSlot(slot=slot, record=found.get(index)) for index, slot in enumerate(slots)]


def next_fire_of(firings: Iterable[Firing], after: datetime) -> datetime | None:
    """Return the first fire of all firings after a time, or None."""
    return min(filter(None, (firing.next(after) for firing in firings)), default=None)
