"""Changes of a zone's offset, and what each of them does to the fires of a cron (ADR-008)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Literal

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import fires, moments_of, offset_at

_HOUR = 3600
_DAY = 24 * _HOUR
_STEP = 5 * _DAY  # no zone changes its offset and changes it back within so few days (a test says so)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A moment at which the wall clock jumps: forward over a gap, or back, so that a fold comes twice.

    `at` is in seconds since 1970, the offsets are in seconds east of UTC.
    """

    at: int
    before: int
    after: int

    @property
    def kind(self) -> Literal["gap", "fold"]:
        """What the wall clock does."""
        return "gap" if self.after > self.before else "fold"

    @property
    def start(self) -> int:
        """The first second of the wall clock that is skipped or repeated, as if 1970 had begun on this wall."""
        return self.at + min(self.before, self.after)

    @property
    def end(self) -> int:
        """The second of the wall clock with which things are in order again."""
        return self.at + max(self.before, self.after)


@dataclass(frozen=True, kw_only=True, slots=True)
class Touch:
    """What a change does to a cron.

    `wanted` are the wall times of the cron in the gap or fold, in seconds as in `Change`. `lost` are those outside of
    it that do not fire: where a midnight is taken away, the engine may read the weekday of the day before, and behind a
    fold of half an hour it skips the rest of the hour. `fires` are the instants at which the engine fires in the fold,
    or at a wall time that the cron does not name.
    """

    change: Change
    wanted: tuple[int, ...]
    lost: tuple[int, ...]
    fires: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """The changes of a stretch of time, with what tells at once that a cron meets none of them.

    `hours` are the hours of the wall clock in and beside them; `midnights` are those that take a midnight away.
    """

    changes: tuple[Change, ...]
    hours: frozenset[int]
    midnights: tuple[Change, ...]


@lru_cache(maxsize=1024)
def look_ahead(zone: tzinfo, after: int, until: int) -> Ahead:
    """The changes in (after, until], both in seconds since 1970."""
    found = changes(zone, after, until)
    return Ahead(
        changes=found,
        hours=frozenset(hour % 24 for change in found for hour in range(*_hours_of(change))),
        midnights=tuple(filter(_takes_midnight, found)),
    )


def touches(cron: Cron, zone: tzinfo, ahead: Ahead) -> tuple[Touch, ...]:
    """What the changes of a stretch of time do to a cron; most crons meet none, and cost next to nothing."""
    met = ahead.changes
    if ahead.hours.isdisjoint(cron.hours):
        met = ahead.midnights if cron.weekdays_restricted else ()
    return tuple(found for change in met if (found := touch(cron, zone, change)) is not None) if met else ()


def changes(zone: tzinfo, after: int, until: int) -> tuple[Change, ...]:
    """The changes of a zone's offset in (after, until], both in seconds since 1970."""
    found = []
    before = offset_at(zone, after)
    while after < until:
        ahead = min(after + _STEP, until)
        behind = offset_at(zone, ahead)
        if before != behind:
            low, high = after, ahead
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset_at(zone, middle) == before else (low, middle)
            found.append(Change(at=high, before=before, after=behind))
        after, before = ahead, behind
    return tuple(found)


def _hours_of(change: Change) -> tuple[int, int]:
    return change.start // _HOUR - 1, change.end // _HOUR + 1


def _takes_midnight(change: Change) -> bool:
    """Whether it takes a midnight away, so that the engine may read another weekday that day (ADR-008)."""
    return change.start // _DAY != (change.end - 1) // _DAY or (change.kind == "gap" and change.start % _DAY == 0)


def touch(cron: Cron, zone: tzinfo, change: Change) -> Touch | None:
    """What a change does to a cron; None when every wall time fires once and nothing else does."""
    shifts = cron.weekdays_restricted and _takes_midnight(change)
    first, last = _hours_of(change)
    around = _walls(cron, first * _HOUR, last * _HOUR)
    if not around and not shifts:
        return None
    margin = abs(change.after - change.before) + (_DAY if shifts else 3 * _HOUR)
    low, high = change.at - margin, change.at + margin
    found = [int(fire.timestamp()) for fire in fires(cron, zone, _moment(low), _moment(high))]
    walls = [at + offset_at(zone, at) for at in found]
    named = _walls(cron, low + change.before + 1, high + change.after + 1)
    wanted = tuple(wall for wall in around if change.start <= wall < change.end)
    lost = tuple(sorted({*named} - {*walls} - {*wanted}))
    odd = tuple(
        at
        for at, wall in zip(found, walls, strict=True)
        if wall not in named or (change.kind == "fold" and change.start <= wall < change.end)
    )
    return Touch(change=change, wanted=wanted, lost=lost, fires=odd) if wanted or lost or odd else None


def _walls(cron: Cron, start: int, end: int) -> list[int]:
    """The wall times that a cron names in [start, end)."""
    days = range(start // _DAY, (end - 1) // _DAY + 1)
    return [
        day * _DAY + moment
        for day in days
        for moment in moments_of(cron, day, -1)
        if start <= day * _DAY + moment < end
    ]


def _moment(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)
