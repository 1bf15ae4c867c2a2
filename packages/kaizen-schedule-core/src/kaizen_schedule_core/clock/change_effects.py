"""Clock changes in a zone, and their effects on the fires of a cron (ADR-008)."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Literal

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import fires, offset_at, wall_times

Fires = Callable[[Cron, tzinfo, datetime, datetime | None], Iterator[datetime]]
"""A function that yields the fires of a cron in (after, until], in UTC. Raises NoNextFire."""

_HOUR = 3600
_DAY = 24 * _HOUR
_STEP = 5 * _DAY  # no zone changes its offset twice within so few days (a test checks this)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A time at which the local clock jumps: forward over a gap, or back, so that a fold occurs twice.

    `at` is in seconds since 1970, the offsets are in seconds east of UTC.
    """

    at: int
    before: int
    after: int

    @property
    def kind(self) -> Literal["gap", "fold"]:
        """Return `gap` or `fold`."""
        return "gap" if self.after > self.before else "fold"

    @property
    def start(self) -> int:
        """Return the local time at which the gap or fold starts, in seconds as if it were UTC."""
        return self.at + min(self.before, self.after)

    @property
    def end(self) -> int:
        """Return the local time at which the gap or fold ends, in seconds as if it were UTC."""
        return self.at + max(self.before, self.after)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeEffect:
    """The effect of a clock change on a cron.

    `wanted` are the cron's local times in the gap or fold, in seconds as in `Change`. `lost` are its other local
    times that do not fire: if midnight is skipped, the engine can use the weekday of the day before, and after a
    fold of half an hour it skips the rest of the hour. `fires` are the instants at which the engine fires in the
    fold, or at a local time that does not match the cron.
    """

    change: Change
    wanted: tuple[int, ...]
    lost: tuple[int, ...]
    fires: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UpcomingChanges:
    """The clock changes of a zone in a period, with an index to skip crons that they do not affect.

    `hours` are the local hours in and next to the changes; `midnights` are the changes that skip midnight.
    """

    zone: tzinfo
    changes: tuple[Change, ...]
    hours: frozenset[int]
    midnights: tuple[Change, ...]


@lru_cache(maxsize=1024)
def upcoming_changes(zone: tzinfo, after: int, until: int) -> UpcomingChanges:
    """Return the changes in (after, until], both in seconds since 1970."""
    found = changes(zone, after, until)
    hours: set[int] = set()
    for change in found:
        hours.update(hour % 24 for hour in _hours_of(change))
    midnights = tuple(filter(_skips_midnight, found))
    return UpcomingChanges(zone=zone, changes=found, hours=frozenset(hours), midnights=midnights)


def effects(cron: Cron, upcoming: UpcomingChanges) -> tuple[ChangeEffect, ...]:
    """Return the effects of the changes on a cron."""
    met = upcoming.changes
    if upcoming.hours.isdisjoint(cron.hours):
        if not cron.weekdays_restricted:
            return ()
        met = upcoming.midnights
    return tuple(found for change in met if (found := effect_of(cron, upcoming.zone, change)) is not None)


def changes(zone: tzinfo, after: int, until: int) -> tuple[Change, ...]:
    """Return the changes of a zone's offset in (after, until], both in seconds since 1970."""
    found = []
    before = offset_at(zone, after)
    while after < until:
        end = min(after + _STEP, until)
        offset = offset_at(zone, end)
        if before != offset:
            seconds = range(after, end)
            at = after + bisect_left(seconds, x=True, key=lambda second: offset_at(zone, second) != before)
            found.append(Change(at=at, before=before, after=offset))
        after, before = end, offset
    return tuple(found)


def _hours_of(change: Change) -> range:
    """Return the local hours in and next to a change, counted from 1970."""
    return range(change.start // _HOUR - 1, change.end // _HOUR + 1)


def _skips_midnight(change: Change) -> bool:
    """Check whether a change skips midnight, so that the engine can use another weekday on that day (ADR-008)."""
    return change.start // _DAY != (change.end - 1) // _DAY or (change.kind == "gap" and change.start % _DAY == 0)


def effect_of(cron: Cron, zone: tzinfo, change: Change, fires_of: Fires = fires) -> ChangeEffect | None:
    """Return the effect of a change on a cron by an engine's rules, or None if every local time fires exactly once."""
    shifts = cron.weekdays_restricted and _skips_midnight(change)
    hours = _hours_of(change)
    if not shifts and not _walls(cron, hours.start * _HOUR, hours.stop * _HOUR):
        return None
    margin = change.end - change.start + 3 * _HOUR
    if shifts:
        margin = change.end - change.start + _DAY
    low, high = change.at - margin, change.at + margin
    named = set(_walls(cron, low + change.before + 1, high + change.after + 1))
    wanted = _walls(cron, change.start, change.end)
    fired: set[int] = set()
    odd = []
    for fire in fires_of(cron, zone, datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(high, UTC)):
        at = int(fire.timestamp())
        wall = at + offset_at(zone, at)
        fired.add(wall)
        if wall not in named or (change.kind == "fold" and change.start <= wall < change.end):
            odd.append(at)
    lost = sorted(named.difference(fired, wanted))
    if not wanted and not lost and not odd:
        return None
    return ChangeEffect(change=change, wanted=tuple(wanted), lost=tuple(lost), fires=tuple(odd))


def _walls(cron: Cron, start: int, end: int) -> list[int]:
    """Return the local times in [start, end) that match a cron, sorted."""
    found: list[int] = []
    for day in range(start // _DAY, (end - 1) // _DAY + 1):
        found += [wall for wall in wall_times(cron, day) if start <= wall < end]
    return found
