"""Where the fires of an engine differ from those of a manifest (ADR-028)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import zip_longest

from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.clock.engine_clocks import EngineClock
from kaizen_schedule_core.clock.fires import fires

COMPARED = timedelta(days=400)
"""The period in which fires are compared: a year of clock changes, and a month."""
_HOURS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A fire that differs, by its date in the zone of the manifest; None for a fire that does not happen.

    `hour` is an hour of the cron at which no fire differs, or None if there is none, or the cron has several hours.
    """

    date: date
    engine: datetime | None
    manifest: datetime | None
    hour: int | None = None


def differences(cron: Cron, zone: tzinfo, clock: EngineClock, start: datetime) -> list[Difference]:
    """Return the differences in the 400 days after `start`. Raises NoNextFire if the engine fails."""
    found = _differences(cron, zone, clock, start)
    if not found:
        return []
    hour = _better_hour(cron, zone, clock, start)
    return [Difference(date=one.date, engine=one.engine, manifest=one.manifest, hour=hour) for one in found]


def _differences(cron: Cron, zone: tzinfo, clock: EngineClock, start: datetime) -> list[Difference]:
    end = start + COMPARED
    engine = set(clock.fires(cron, zone, start, end))
    manifest = {fire.astimezone(UTC) for fire in fires(cron, zone, start, end)}
    by_date: dict[date, tuple[list[datetime], list[datetime]]] = defaultdict(lambda: ([], []))
    for fire in sorted(engine - manifest):
        by_date[fire.astimezone(zone).date()][0].append(fire)
    for fire in sorted(manifest - engine):
        by_date[fire.astimezone(zone).date()][1].append(fire)
    found = []
    for day, (ours, theirs) in sorted(by_date.items()):
        for one, other in zip_longest(ours, theirs):
            found.append(Difference(date=day, engine=one, manifest=other))
    return found


def _better_hour(cron: Cron, zone: tzinfo, clock: EngineClock, start: datetime) -> int | None:
    """Return the nearest hour at which the engine fires as the manifest."""
    if len(cron.hours) != 1:
        return None
    minute, _, *rest = cron.text.split()
    for hour in sorted(range(_HOURS), key=lambda hour: (abs(hour - cron.hours[0]), hour)):
        moved = parse_cron(" ".join([minute, str(hour), *rest]))
        if isinstance(moved, Cron) and not _differences(moved, zone, clock, start):
            return hour
    return None
