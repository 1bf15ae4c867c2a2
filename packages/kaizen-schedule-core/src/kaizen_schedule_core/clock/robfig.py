"""The next fire of a cron by the rules of robfig/cron 3, which Kubernetes and Gitea use (ADR-030).

The library steps through local times with Go's time package. From the month to the second, it adds one unit until the
unit matches. If that carries into the larger unit, it starts again at the month; it never checks a larger unit
otherwise, so that a skipped midnight hides the change of the day.
"""

from datetime import datetime, timedelta, tzinfo
from enum import IntEnum

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import resolve
from kaizen_schedule_core.clock.stepping import NoNextFire

_YEARS_SEARCHED = 5
_STEPS_SEARCHED = 10_000  # more than any search needs
_NOON = 12


class _Unit(IntEnum):
    MONTH = 0
    DAY = 1
    HOUR = 2
    MINUTE = 3
    SECOND = 4


_STEPS = {_Unit.HOUR: 3600, _Unit.MINUTE: 60, _Unit.SECOND: 1}


def next_fire(cron: Cron, zone: tzinfo, instant: int) -> int | None:
    """Return the first fire after an instant, in seconds since 1970, or None if there is none in five years.

    Raises NoNextFire if the library does not end, or returns the same fire again, as it does near some clock changes.
    """
    after = instant
    instant += 1
    wall = _local(zone, instant)
    last_year = wall.year + _YEARS_SEARCHED
    rounded = False
    unit = _Unit.MONTH
    for _ in range(_STEPS_SEARCHED):
        if _matches(cron, unit, wall):
            if unit is _Unit.SECOND:
                break
            unit = _Unit(unit + 1)
            continue
        if not rounded:
            rounded = True
            instant = _round_down(unit, zone, instant)
        instant = _add_one(unit, zone, instant)
        wall = _local(zone, instant)
        if _carried(unit, wall):
            unit = _Unit.MONTH
            if wall.year > last_year:
                return None
    if instant <= after or unit is not _Unit.SECOND:
        raise NoNextFire
    return instant


def _local(zone: tzinfo, instant: int) -> datetime:
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None)


def _matches(cron: Cron, unit: _Unit, wall: datetime) -> bool:
    match unit:
        case _Unit.MONTH:
            return wall.month in cron.months
        case _Unit.DAY:
            return wall.day in cron.days and wall.isoweekday() % 7 in cron.weekdays
        case _Unit.HOUR:
            return wall.hour in cron.hours
        case _Unit.MINUTE:
            return wall.minute in cron.minutes
        case _Unit.SECOND:
            return wall.second == 0


def _round_down(unit: _Unit, zone: tzinfo, instant: int) -> int:
    """Return the start of a unit: a local time, or an instant for a minute."""
    wall = _local(zone, instant)
    match unit:
        case _Unit.MONTH:
            return resolve(zone, wall.replace(day=1, hour=0, minute=0, second=0))
        case _Unit.DAY:
            return resolve(zone, wall.replace(hour=0, minute=0, second=0))
        case _Unit.HOUR:
            return resolve(zone, wall.replace(minute=0, second=0))
        case _Unit.MINUTE | _Unit.SECOND:
            return instant - instant % _STEPS[unit]


def _add_one(unit: _Unit, zone: tzinfo, instant: int) -> int:
    """Return an instant one unit later."""
    if unit in _STEPS:
        return instant + _STEPS[unit]
    wall = _local(zone, instant)
    if unit is _Unit.MONTH:
        following = wall.replace(day=1) + timedelta(days=31)
        return resolve(zone, following.replace(day=1) + timedelta(days=wall.day - 1))
    instant = resolve(zone, wall + timedelta(days=1))
    hour = _local(zone, instant).hour  # not midnight after a clock change
    if hour > _NOON:
        return instant + (24 - hour) * 3600
    return instant - hour * 3600


def _carried(unit: _Unit, wall: datetime) -> bool:
    """Check whether a step of a unit reached the next larger one, as the library sees it."""
    match unit:
        case _Unit.MONTH:
            return wall.month == 1
        case _Unit.DAY:
            return wall.day == 1
        case _Unit.HOUR:
            return wall.hour == 0
        case _Unit.MINUTE:
            return wall.minute == 0
        case _Unit.SECOND:
            return wall.second == 0
