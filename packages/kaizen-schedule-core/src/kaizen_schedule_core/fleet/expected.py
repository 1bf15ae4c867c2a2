"""Expected runs: the fires of each run in a period (contract section 7)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import fires, last_fire, next_fire
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.fleet.resolution import ScheduledRun
from kaizen_schedule_core.names import slot_id

SLOT_LIMIT = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Firing:
    """A cron and its zone that fire a run; `definition` is None for the manifest's cron."""

    cron: Cron
    timezone: str
    definition: str | None = None

    def next(self, after: datetime) -> datetime | None:
        """Return the next fire, in the zone."""
        return _next(self.cron, self.timezone, after.astimezone(UTC))

    def last(self, until: datetime) -> datetime | None:
        """Return the last fire at or before a time, in the zone."""
        return _last(self.cron, self.timezone, until.astimezone(UTC))


# Many runs of a fleet have the same cron and zone.
@lru_cache(maxsize=4096)
def _next(cron: Cron, timezone: str, after: datetime) -> datetime | None:
    zone = load_zone(timezone)
    fire = next_fire(cron, zone, after)
    return None if fire is None else fire.astimezone(zone)


@lru_cache(maxsize=4096)
def _last(cron: Cron, timezone: str, until: datetime) -> datetime | None:
    zone = load_zone(timezone)
    fire = last_fire(cron, zone, until)
    return None if fire is None else fire.astimezone(zone)


FiringsOf: TypeAlias = Callable[[ScheduledRun], Iterable[Firing]]
"""A function that returns the firings of a run, or none if no enabled definition selects it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One expected run. `slot` is `<slug>/<agent>/<YYYYMMDDTHHMMZ>`, `at` has the offset of the firing's zone."""

    slot: str
    repo: str
    agent: str
    at: datetime


def manifest_firings(run: ScheduledRun) -> tuple[Firing, ...]:
    """Return the firing of the manifest's cron, which is used without a catalog."""
    return (Firing(cron=run.cron, timezone=run.timezone),)


def expected_slots(
    runs: Iterable[ScheduledRun],
    since: datetime,
    until: datetime,
    *,
    firings: FiringsOf = manifest_firings,
    limit: int = SLOT_LIMIT,
) -> tuple[Slot, ...]:
    """Return the slots of all runs in (since, until], sorted by time, then by id, without duplicates.

    Raises ValueError with a hint if there are more than `limit`.
    """
    found: dict[str, Slot] = {}
    for run in runs:
        for firing in firings(run):
            for fire in _fires_between(firing.cron, firing.timezone, since, until, limit):
                name = slot_id(run.repo, run.agent, fire)
                found.setdefault(name, Slot(slot=name, repo=run.repo, agent=run.agent, at=fire))
        require_slot_limit(len(found), limit)
    return tuple(sorted(found.values(), key=lambda slot: (slot.at.timestamp(), slot.slot)))


def require_slot_limit(number: int, limit: int = SLOT_LIMIT) -> None:
    """Raise ValueError with a hint if a number of slots is over the limit."""
    if number > limit:
        raise ValueError(f"more than {limit:,} expected runs: use a shorter period or fewer repositories")


@lru_cache(maxsize=1024)  # many runs of a fleet have the same cron and zone
def _fires_between(cron: Cron, timezone: str, since: datetime, until: datetime, limit: int) -> tuple[datetime, ...]:
    """Return the fires in (since, until], in the zone, at most one more than the limit."""
    zone = load_zone(timezone)
    # Start from the last fire before: starting in a repeated hour gives other fires (ADR-008).
    begin = last_fire(cron, zone, since) or since
    found = (fire.astimezone(zone) for fire in fires(cron, zone, begin, until) if fire > since)
    return tuple(islice(found, limit + 1))
