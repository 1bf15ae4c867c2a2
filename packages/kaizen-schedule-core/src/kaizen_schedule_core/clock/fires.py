"""The fires of a cron by the rules of a Temporal Schedule, the dialect `temporal-schedule` (ADR-008)."""

import calendar
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from kaizen_schedule_core.clock.cron import Cron

FIRING_DIALECT = "temporal-schedule"

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
# The engine's last year, an instant after it in any zone, and one before the first clock of the database.
_LAST_YEAR = 2100
_LAST_INSTANT = int(datetime(2102, 1, 1, tzinfo=UTC).timestamp())
_FIRST_INSTANT = int(datetime(1800, 1, 1, tzinfo=UTC).timestamp())
_LOOK_BACK_DAYS = (1, 8, 32, 367, 8 * 366 + 1)  # 29 February can be eight years away
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall time, which has no zone
_EPOCH_DAY = _EPOCH.toordinal()
# Days since 1970 that are within these years in any zone.
_FIRST_DAY = 8
_LAST_DAY = datetime(_LAST_YEAR, 12, 24).toordinal() - _EPOCH_DAY  # noqa: DTZ001


def fires(cron: Cron, zone: tzinfo, after: datetime, until: datetime | None = None) -> Iterator[datetime]:
    """Yield the fires in (after, until], lazily and in order, in UTC.

    Each fire is computed from the one before it, because in a repeated hour the engine's result depends on where it
    starts (ADR-008). `after` and `until` have an offset. The first fire is in 1800 at the earliest, the last in 2100.
    """
    end = _LAST_INSTANT if until is None else until.timestamp()
    for instant in _instants(cron, zone, max(_FIRST_INSTANT, int(after.timestamp() // 1))):
        if instant > end:
            return
        yield datetime.fromtimestamp(instant, UTC)


def next_fire(cron: Cron, zone: tzinfo, after: datetime) -> datetime | None:
    """Return the first fire after an instant, in UTC, or None if there is none before the year 2101."""
    return next(fires(cron, zone, after), None)


def last_fire(cron: Cron, zone: tzinfo, until: datetime) -> datetime | None:
    """Return the last fire at or before an instant, in UTC, or None if there is none in the eight years before it.

    The search starts where no clock change is near, so that the result does not depend on the start.
    """
    latest = min(until.timestamp(), _LAST_INSTANT)
    for days in _LOOK_BACK_DAYS:
        start = max(_FIRST_INSTANT, int(latest) - days * _DAY)
        while start > _FIRST_INSTANT and offset_at(zone, start - _DAY) != offset_at(zone, start + _DAY):
            start -= _DAY
        found = deque(fires(cron, zone, datetime.fromtimestamp(start, UTC), until), maxlen=1)
        if found:
            return found[0]
    return None


def _instants(cron: Cron, zone: tzinfo, instant: int) -> Iterator[int]:
    """Yield the fires after an instant, in seconds since 1970."""
    # Two methods: arithmetic is fast, and exact while the offset is constant. Near a clock change, and at the ends of
    # the engine's years, only the engine's own algorithm is exact.
    while True:
        day = instant // _DAY
        offset, last = _steady_days(zone, day)
        if day <= last:
            day, second = divmod(instant + offset, _DAY)
        while day <= last:
            for wall in wall_times(cron, day, second):
                instant = wall - offset
                yield instant
            day, second = next_matching_day(cron, day), -1
            if day > last:
                offset, last = _steady_days(zone, day)
        found = _next_fire(cron, zone, instant)
        # In a fold of more than an hour the engine's algorithm can go back: then search from a later minute.
        start = instant
        while found is not None and found <= instant:
            start += _MINUTE
            found = _next_fire(cron, zone, start)
        if found is None:
            return
        yield found
        instant = found


@lru_cache(maxsize=8192)
def _steady_days(zone: tzinfo, day: int) -> tuple[int, int]:
    """Return the offset on a day since 1970, and the last day with this offset (the day before, if it changes now).

    The offset must be constant from two days before a day to two days after it. Only every fifth day is checked: no
    zone changes its offset twice within so few days (a test checks this).
    """
    if not _FIRST_DAY <= day <= _LAST_DAY:
        return 0, day - 1
    offset = offset_at(zone, (day - 2) * _DAY)
    if offset != offset_at(zone, (day + 3) * _DAY):
        return offset, day - 1
    if offset != offset_at(zone, (day + 8) * _DAY):
        return offset, day
    return offset, min(day + 5, _LAST_DAY)


def wall_times(cron: Cron, day: int, second: int = -1) -> Iterator[int]:
    """Yield the local times that match a cron on a day since 1970, after its `second`, in seconds as if UTC."""
    date = datetime.fromordinal(_EPOCH_DAY + day)
    if date.month in cron.months and date.day in cron.days and date.isoweekday() % 7 in cron.weekdays:
        for hour in cron.hours[bisect_left(cron.hours, second // _HOUR) :]:
            for minute in cron.minutes:
                if hour * _HOUR + minute * 60 > second:
                    yield day * _DAY + hour * _HOUR + minute * 60


def next_matching_day(cron: Cron, day: int) -> int:
    """Return the next day that can fire. Weekdays are ignored, because near a gap the engine can use another one."""
    while True:
        day += 1
        date = datetime.fromordinal(_EPOCH_DAY + day)
        if date.month not in cron.months:
            day += calendar.monthrange(date.year, date.month)[1] - date.day
        elif date.day in cron.days:
            return day


def _next_fire(cron: Cron, zone: tzinfo, instant: int) -> int | None:  # noqa: C901, PLR0912 - one walk, kept whole
    """Return the fire after an instant, in seconds since 1970.

    One pass goes through the fields from year to minute and never back: a day that matched at midnight still
    matches, even if a later hour of it has another weekday (ADR-008, rules 2 and 5).
    """
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
        while month <= 12 and month not in cron.months:  # noqa: PLR2004
            month, day, hour, minute, extra = month + 1, 1, 0, 0, 0
        if month > 12:  # noqa: PLR2004
            continue
        last = calendar.monthrange(year, month)[1]
        while day <= last and not _day_matches(cron, zone, datetime(year, month, day, hour, minute)):  # noqa: DTZ001
            day, hour, minute, extra = day + 1, 0, 0, 0
        if day > last:
            continue
        if hour not in cron.hours:
            hour, minute, extra = _at_or_after(cron.hours, hour, 24), 0, 0
            if hour > 23:  # noqa: PLR2004
                continue
        if minute not in cron.minutes:
            minute = _at_or_after(cron.minutes, minute, 60)
            if minute > 59:  # noqa: PLR2004
                continue
        found = resolve(zone, datetime(year, month, day, hour, minute))  # noqa: DTZ001
        if datetime.fromtimestamp(found, zone).hour == hour:
            return found + extra
        hour, minute = hour + 1, 0  # the local time is in a gap


def _begin(zone: tzinfo, instant: int) -> tuple[int, int, int, int, int, int]:
    """Return the local time fields at which the pass starts, and the extra seconds, 3600 in a repeated hour."""
    if instant > _LAST_INSTANT:
        return _LAST_YEAR + 1, 1, 1, 0, 0, 0
    wall = datetime.fromtimestamp(instant, zone)
    extra = _HOUR if datetime.fromtimestamp(instant - _HOUR, zone).hour == wall.hour else 0
    return wall.year, wall.month, wall.day, wall.hour, wall.minute + 1, extra


def _next_hour(zone: tzinfo, midnight: datetime, hour: int, extra: int) -> tuple[int, int]:
    """Return the hour after `hour`, or the same hour if it is repeated, and the extra seconds."""
    here = resolve(zone, midnight + timedelta(hours=hour))
    there = resolve(zone, midnight + timedelta(hours=hour + 1))
    if not extra and there - here > _HOUR:
        return hour, _HOUR
    return hour + 1, 0


def _day_matches(cron: Cron, zone: tzinfo, wall: datetime) -> bool:
    """Check whether both day fields match; the weekday is that of the instant to which the local time resolves."""
    if wall.day not in cron.days:
        return False
    if not cron.weekdays_restricted:
        return True
    return datetime.fromtimestamp(resolve(zone, wall), zone).isoweekday() % 7 in cron.weekdays


def resolve(zone: tzinfo, wall: datetime) -> int:
    """Return the instant of a local time, in seconds since 1970, resolved like Go's time.Date."""
    seconds = int((wall - _EPOCH).total_seconds())
    return seconds - offset_at(zone, seconds - offset_at(zone, seconds))


def offset_at(zone: tzinfo, instant: int) -> int:
    """Return the offset at an instant, in seconds east of UTC."""
    offset = datetime.fromtimestamp(instant, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _at_or_after(values: tuple[int, ...], value: int, otherwise: int) -> int:
    at = bisect_left(values, value)
    if at < len(values):
        return values[at]
    return otherwise
