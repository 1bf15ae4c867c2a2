"""When a cron fires, by the rule of the engine that fires it: the dialect `temporal-schedule` (ADR-008)."""

from __future__ import annotations

import calendar
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from kaizen_schedule_core.clock.cron import Cron

FIRING_DIALECT = "temporal-schedule"

_HOUR = 3600
_DAY = 24 * _HOUR
# The years that the engine knows, and instants safely outside of them in any zone.
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_FIRST_INSTANT = int(datetime(1999, 1, 1, tzinfo=UTC).timestamp())
_LAST_INSTANT = int(datetime(2102, 1, 1, tzinfo=UTC).timestamp())
_LOOK_BACK_DAYS = (1, 8, 32, 367, 8 * 366 + 1)  # 29 February can be eight years away
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time, which has no zone


def fires(cron: Cron, zone: tzinfo, after: datetime, until: datetime | None = None) -> Iterator[datetime]:
    """The fires in (after, until], lazily and in order, in UTC.

    Each fire is found from the one before it, because in a repeated hour the engine's answer depends on where it
    stands (ADR-008). `after` and `until` carry an offset. Without `until` the last one is in the year 2100.
    """
    instant = int(after.timestamp() // 1)
    end = None if until is None else until.timestamp()
    while (found := _next_fire(cron, zone, instant)) is not None and (end is None or found <= end):
        yield datetime.fromtimestamp(found, UTC)
        instant = found


def next_fire(cron: Cron, zone: tzinfo, after: datetime) -> datetime | None:
    """The first fire after an instant, in UTC; None when there is none before the year 2101."""
    return next(fires(cron, zone, after), None)


def last_fire(cron: Cron, zone: tzinfo, until: datetime) -> datetime | None:
    """The last fire at or before an instant, in UTC; None when there is none in the eight years before it.

    The walk begins where no transition is near, so that the answer does not depend on how far back it looked.
    """
    latest = min(until.timestamp(), _LAST_INSTANT)
    for days in _LOOK_BACK_DAYS if latest > _FIRST_INSTANT else ():
        start = int(latest) - days * _DAY
        while _offset(zone, start - _DAY) != _offset(zone, start + _DAY):
            start -= _DAY
        found = deque(fires(cron, zone, datetime.fromtimestamp(start, UTC), until), maxlen=1)
        if found:
            return found[0]
    return None


def _next_fire(cron: Cron, zone: tzinfo, instant: int) -> int | None:  # noqa: C901 - one walk over all fields
    year, month, day, hour, minute, extra = _begin(zone, instant)
    while True:
        if minute > 59:  # noqa: PLR2004
            hour, extra = _next_hour(zone, datetime(year, month, day), hour, extra)  # noqa: DTZ001
            minute = 0
        if hour > 23:  # noqa: PLR2004
            day, hour = day + 1, 0
        if month <= 12 and day > calendar.monthrange(year, month)[1]:  # noqa: PLR2004
            month, day = month + 1, 1
        if month > 12:  # noqa: PLR2004
            year, month = year + 1, 1
        if year > _LAST_YEAR:
            return None
        if month not in cron.months:
            month, day, hour, minute, extra = month + 1, 1, 0, 0, 0
            continue
        if day not in cron.days or not _weekday_matches(cron, zone, datetime(year, month, day, hour, minute)):  # noqa: DTZ001
            day, hour, minute, extra = day + 1, 0, 0, 0
            continue
        if hour not in cron.hours:
            hour, minute, extra = _at_or_after(cron.hours, hour, 24), 0, 0
            continue
        if minute not in cron.minutes:
            minute = _at_or_after(cron.minutes, minute, 60)
            continue
        found = _resolve(zone, datetime(year, month, day, hour, minute))  # noqa: DTZ001
        if datetime.fromtimestamp(found, zone).hour == hour:
            return found + extra
        hour, minute = hour + 1, 0  # the wall time lies in a gap


def _begin(zone: tzinfo, instant: int) -> tuple[int, int, int, int, int, int]:
    """The wall fields at which the walk begins, and the extra hour: an hour in the second copy of a repeated one."""
    if instant < _FIRST_INSTANT:
        return _FIRST_YEAR, 1, 1, 0, 0, 0
    if instant > _LAST_INSTANT:
        return _LAST_YEAR + 1, 1, 1, 0, 0, 0
    wall = datetime.fromtimestamp(instant, zone)
    if wall.year < _FIRST_YEAR:
        return _FIRST_YEAR, 1, 1, 0, 0, 0
    extra = _HOUR if datetime.fromtimestamp(instant - _HOUR, zone).hour == wall.hour else 0
    return wall.year, wall.month, wall.day, wall.hour, wall.minute + 1, extra


def _next_hour(zone: tzinfo, midnight: datetime, hour: int, extra: int) -> tuple[int, int]:
    """The hour after `hour`, or the same hour once more where the wall repeats it; and the extra hour."""
    here = _resolve(zone, midnight + timedelta(hours=hour))
    there = _resolve(zone, midnight + timedelta(hours=hour + 1))
    if not extra and there - here > _HOUR:
        return hour, _HOUR
    return hour + 1, 0


def _weekday_matches(cron: Cron, zone: tzinfo, wall: datetime) -> bool:
    """Whether the weekday fits; it is that of the instant the wall time resolves to, which a gap may move."""
    if not cron.weekdays_restricted:
        return True
    return datetime.fromtimestamp(_resolve(zone, wall), zone).isoweekday() % 7 in cron.weekdays


def _resolve(zone: tzinfo, wall: datetime) -> int:
    """The instant of a wall time, in seconds since 1970, resolved as Go's time.Date does."""
    seconds = int((wall - _EPOCH).total_seconds())
    return seconds - _offset(zone, seconds - _offset(zone, seconds))


def _offset(zone: tzinfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _at_or_after(values: tuple[int, ...], value: int, otherwise: int) -> int:
    at = bisect_left(values, value)
    return values[at] if at < len(values) else otherwise
