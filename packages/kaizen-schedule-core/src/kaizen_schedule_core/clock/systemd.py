"""The next elapse of a cron's calendar by the rules of systemd 252 (ADR-030).

systemd advances the fields of a local time from the month to the second, and lets the C library's mktime normalize it
after each step. For a local time that occurs twice, mktime uses the offset that it found last.
"""

from bisect import bisect_left
from datetime import datetime, timedelta, tzinfo

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.stepping import NoNextFire

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a local time, which has no zone
_ITERATIONS = 1000
_FIRST = (0, 1, 1, 0, 0, 0)  # the first value of each field
_MONTH, _DAY, _HOUR, _MINUTE, _MICROSECOND = range(1, 6)
_STRIDE = 601200  # seconds between the times at which mktime looks for the other daylight-saving flag
_STRIDES = 447


def next_fire(cron: Cron, zone: tzinfo, instant: int) -> int:
    """Return the first elapse after an instant, in seconds since 1970. Raises NoNextFire."""
    wanted = {_MONTH: cron.months, _DAY: cron.days, _HOUR: cron.hours, _MINUTE: cron.minutes, _MICROSECOND: (0,)}
    clock = _LocalClock(zone, instant)
    start = list(clock.fields)
    clock.fields[_MICROSECOND] += 1
    keeps_dst = False
    for _ in range(_ITERATIONS):
        clock.normalize()
        if not keeps_dst:
            clock.is_dst = None
        if not _advance(cron, wanted, clock):
            continue
        if clock.fields > start:
            return clock.resolve()
        keeps_dst = True  # mktime went back: use the offset of the hour after it
        clock.fields[_HOUR] += 1
    raise NoNextFire


def _advance(cron: Cron, wanted: dict[int, tuple[int, ...]], clock: "_LocalClock") -> bool:
    """Advance the fields to values that match, as far as one pass can; return True if all match."""
    fields = clock.fields
    for field, values in wanted.items():
        at = bisect_left(values, fields[field])
        found = at < len(values)
        if found and values[at] != fields[field]:
            fields[field] = values[at]
            _reset(fields, field + 1)
        moved = clock.move_into_bounds() if found else -1
        if moved < 0:
            fields[field - 1] += 1
            _reset(fields, field)
            return False
        if moved > 0:
            return False
        if field == _DAY and cron.weekdays_restricted and clock.weekday() not in cron.weekdays:
            fields[_DAY] += 1
            _reset(fields, _HOUR)
            return False
    return True


def _reset(fields: list[int], first: int) -> None:
    """Set the fields from `first` on to their first values."""
    fields[first:] = _FIRST[first:]


class _LocalClock:
    """A local time: year, month, day, hour, minute and microseconds, and its flag of daylight-saving time, if known."""

    def __init__(self, zone: tzinfo, instant: int) -> None:
        self._zone = zone
        local = datetime.fromtimestamp(instant, zone)
        self._offset = int((local.utcoffset() or timedelta()).total_seconds())
        self.fields = _fields(local)
        self.is_dst: bool | None = bool(local.dst())

    def resolve(self) -> int:
        """Return the instant of the local time as mktime does, in seconds since 1970."""
        seconds = _wall_seconds(self.fields)
        instant = last = before_last = seconds - self._offset
        was_dst = False
        while True:
            local = datetime.fromtimestamp(instant, self._zone)
            is_dst = bool(local.dst())
            missing = seconds - _wall_seconds(_fields(local))
            if missing == 0:
                break
            # In a gap, it alternates between two instants.
            preferred = was_dst <= is_dst if self.is_dst is None else is_dst != self.is_dst
            if instant == before_last != last and preferred:
                return self._found(seconds, instant)
            before_last, last, instant, was_dst = last, instant, instant + missing, is_dst
        if self.is_dst in {None, is_dst}:
            return self._found(seconds, instant)
        for stride in range(_STRIDE, _STRIDES * _STRIDE, _STRIDE):
            for near in (instant - stride, instant + stride):
                local = datetime.fromtimestamp(near, self._zone)
                if bool(local.dst()) == self.is_dst:
                    return self._found(seconds, near + seconds - _wall_seconds(_fields(local)))
        return instant

    def _found(self, seconds: int, instant: int) -> int:
        self._offset = seconds - instant
        return instant

    def normalize(self) -> None:
        """Replace the local time by one that exists."""
        microsecond = self.fields[_MICROSECOND] % 1_000_000
        local = datetime.fromtimestamp(self.resolve(), self._zone)
        self.fields[:] = _fields(local)
        self.fields[_MICROSECOND] += microsecond
        self.is_dst = bool(local.dst())

    def weekday(self) -> int:
        """Return the weekday, from 0, Sunday."""
        return datetime.fromtimestamp(self.resolve(), self._zone).isoweekday() % 7

    def move_into_bounds(self) -> int:
        """Move a local time that does not exist forward; return 1 if it did, 0 if it exists, -1 if it moves back."""
        normal = _fields(datetime.fromtimestamp(self.resolve(), self._zone))
        normal[_MICROSECOND] += self.fields[_MICROSECOND] % 1_000_000
        if normal <= self.fields:
            return 0 if normal == self.fields else -1
        changed = next(field for field in range(6) if normal[field] != self.fields[field])
        self.fields[:] = normal
        if changed < _MICROSECOND:
            self.fields[changed + 1] = _FIRST[changed + 1]
        return 1


def _fields(local: datetime) -> list[int]:
    return [local.year, local.month, local.day, local.hour, local.minute, local.second * 1_000_000]


def _wall_seconds(fields: list[int]) -> int:
    """Return a local time, whose fields can be out of range, in seconds since 1970 as if it were UTC."""
    year, month, day, hour, minute, microsecond = fields
    first = datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)  # noqa: DTZ001
    wall = first + timedelta(days=day - 1, hours=hour, minutes=minute, microseconds=microsecond)
    return (wall - _EPOCH) // timedelta(seconds=1)
