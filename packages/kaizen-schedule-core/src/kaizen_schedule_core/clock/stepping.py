"""The fires of an engine that is described by a function from one fire to the next (ADR-030)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import next_matching_day, offset_at, wall_times

NextFire = Callable[[Cron, tzinfo, int], int | None]
"""A function that returns the first fire after an instant, in seconds since 1970."""

_DAY = 24 * 3600
_STEP = 5 * _DAY  # no zone changes its offset twice within so few days (a test checks this)
_LAST_INSTANT = int(datetime(2101, 1, 1, tzinfo=UTC).timestamp())


class NoNextFire(Exception):
    """The engine does not find the next fire: it fails, does not end, or returns a fire again."""


def stepped_fires(
    next_fire: NextFire, cron: Cron, zone: tzinfo, after: datetime, until: datetime | None = None
) -> Iterator[datetime]:
    """Yield the fires in (after, until], in UTC. Raises NoNextFire.

    While the offset is constant, all engines fire at the local times of the cron, which is faster.
    """
    end = _LAST_INSTANT if until is None else until.timestamp()
    instant = int(after.timestamp() // 1)
    while True:
        found = _plain_fire(cron, zone, instant)
        if found is None:
            found = next_fire(cron, zone, instant)
        if found is None or found > end:
            return
        if found <= instant:
            raise NoNextFire
        yield datetime.fromtimestamp(found, UTC)
        instant = found


def _plain_fire(cron: Cron, zone: tzinfo, instant: int) -> int | None:
    """Return the next fire if no clock changes from a day before an instant to a day after the fire, or None."""
    offset = offset_at(zone, instant - _DAY)
    day, second = divmod(instant + offset, _DAY)
    checked = instant - _DAY
    while checked < _LAST_INSTANT:
        wall = next(wall_times(cron, day, second), None)
        reached = (day * _DAY if wall is None else wall) - offset + _DAY
        while checked < reached:
            checked = min(checked + _STEP, reached)
            if offset_at(zone, checked) != offset:
                return None
        if wall is not None:
            return wall - offset
        day, second = next_matching_day(cron, day), -1
    return None
