"""Expected runs: when each run is due by the clock that fires it, given as `Firing` values (contract section 7)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
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
    """A cron in a zone that asks for a run; `definition` is None for the manifest's own."""

    cron: Cron
    timezone: str
    definition: str | None = None

    def next(self, after: datetime) -> datetime | None:
        """Return the next fire, in the zone."""
        return self._in_zone(next_fire(self.cron, load_zone(self.timezone), after))

    def last(self, until: datetime) -> datetime | None:
        """Return the last fire at or before a moment, in the zone."""
        return self._in_zone(last_fire(self.cron, load_zone(self.timezone), until))

    def _in_zone(self, fire: datetime | None) -> datetime | None:
        return fire.astimezone(load_zone(self.timezone)) if fire is not None else None


FiringsOf: TypeAlias = Callable[[ScheduledRun], Iterable[Firing]]
"""What asks for a run; nothing where no enabled definition selects it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One expected run. `slot` is `<slug>/<agent>/<YYYYMMDDTHHMMZ>`, `at` has the offset of the zone that fires."""

    slot: str
    repo: str
    agent: str
    at: datetime


def manifest_firings(run: ScheduledRun) -> tuple[Firing, ...]:
    """Return the manifest's own cron, by which a run is expected where no catalog is given."""
    return (Firing(cron=run.cron, timezone=run.timezone),)


def expected_slots(
    runs: Iterable[ScheduledRun],
    since: datetime,
    until: datetime,
    *,
    firings: FiringsOf = manifest_firings,
    limit: int = SLOT_LIMIT,
) -> tuple[Slot, ...]:
    """Return the slots of all runs in (since, until], sorted by time, then by id; two that fall together are one.

    Raises ValueError, with what to do, if there are more than `limit`.
    """
    found: dict[str, Slot] = {}
    for run in runs:
        for firing in firings(run):
            for fire in _fires_between(firing.cron, firing.timezone, since, until, limit):
                name = slot_id(run.repo, run.agent, fire)
                found.setdefault(name, Slot(slot=name, repo=run.repo, agent=run.agent, at=fire))
        if len(found) > limit:
            raise ValueError(f"more than {limit:,} runs are expected in that time; end sooner, or narrow the roster")
    return tuple(sorted(found.values(), key=lambda slot: (slot.at.timestamp(), slot.slot)))


@lru_cache(maxsize=64)  # many runs of a fleet share a cron and a zone
def _fires_between(cron: Cron, timezone: str, since: datetime, until: datetime, limit: int) -> tuple[datetime, ...]:
    """Return the fires in (since, until], in the zone; of too many, one more than the limit."""
    zone = load_zone(timezone)
    # From the last fire before, since a walk that begins inside a repeated hour takes another path (ADR-008).
    begin = last_fire(cron, zone, since) or since
    found = (fire.astimezone(zone) for fire in fires(cron, zone, begin, until) if fire > since)
    return tuple(islice(found, limit + 1))
