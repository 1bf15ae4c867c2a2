"""The fires of engines that compare each minute of the local clock with a cron (ADR-030).

These rules are those of the engines' documentation; no evaluator of them was available to test against.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from kaizen_schedule_core.clock.change_effects import changes
from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import next_matching_day, wall_times

_DAY = 24 * 3600


def next_fire_of_github(cron: Cron, zone: tzinfo, instant: int) -> int | None:
    """Return the first fire of GitHub Actions: in a gap when it ends; in a fold once, at the first time.

    The fold is not documented.
    """
    return _next_fire(cron, zone, instant, moves=True, repeats=False)


def next_fire_of_cron(cron: Cron, zone: tzinfo, instant: int) -> int | None:
    """Return the first fire of Debian's cron; fields that start with * follow the clock, others fire once."""
    minute, hour, *_ = cron.text.split()
    follows = minute.startswith("*") or hour.startswith("*")
    return _next_fire(cron, zone, instant, moves=not follows, repeats=follows)


def _next_fire(cron: Cron, zone: tzinfo, instant: int, *, moves: bool, repeats: bool) -> int | None:
    day = instant // _DAY - 2
    last = day + 366 * 9
    while day < last:
        found = []
        for wall in wall_times(cron, day):
            times = list(_instants(zone, wall))
            if not times and moves:
                times = [_end_of_gap(zone, wall)]
            found += times if repeats else times[:1]
        later = [fire for fire in found if fire > instant]
        if later:
            return min(later)
        day = next_matching_day(cron, day)
    return None


def _instants(zone: tzinfo, wall: int) -> Iterator[int]:
    """Yield the instants of a local time in seconds: none in a gap, two in a fold."""
    local = datetime.fromtimestamp(wall, UTC).replace(tzinfo=zone)
    seen = set()
    for fold in (0, 1):
        found = int(local.replace(fold=fold).timestamp())
        back = datetime.fromtimestamp(found, zone).replace(tzinfo=UTC)
        if int(back.timestamp()) == wall and found not in seen:
            seen.add(found)
            yield found


def _end_of_gap(zone: tzinfo, wall: int) -> int:
    """Return the instant at which the gap ends that contains a local time."""
    [change] = [change for change in changes(zone, wall - _DAY, wall + _DAY) if change.start <= wall < change.end]
    return change.at
