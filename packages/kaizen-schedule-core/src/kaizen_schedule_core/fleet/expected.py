"""Expected runs: when the clock that fires will ask for each run, with ids that say the same everywhere.

Which clock fires is not known here: a catalog's definitions do, or, for want of one, the manifests' own crons. Either
comes as `Firing` values, so that this room knows no definitions (contract section 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import fires, last_fire, next_fire
from kaizen_schedule_core.clock.times import utc_text
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
        """The next fire, in the zone."""
        zone = load_zone(self.timezone)
        fire = next_fire(self.cron, zone, after)
        return None if fire is None else fire.astimezone(zone)

    def last(self, until: datetime) -> datetime | None:
        """The last fire at or before a moment, in the zone."""
        zone = load_zone(self.timezone)
        fire = last_fire(self.cron, zone, until)
        return None if fire is None else fire.astimezone(zone)


FiringsOf: TypeAlias = Callable[[ScheduledRun], Iterable[Firing]]
"""What asks for a run; nothing where no enabled definition selects it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One expected run. `slot` is `<slug>/<agent>/<YYYYMMDDTHHMMZ>`, `at` carries the offset of the zone that fires."""

    slot: str
    repo: str
    agent: str
    at: datetime

    def as_json(self) -> dict[str, object]:
        """The form of `roster expect`."""
        return {
            "slot": self.slot,
            "repo": self.repo,
            "agent": self.agent,
            "at": self.at.isoformat(),
            "utc": utc_text(self.at),
        }


def manifest_firings(run: ScheduledRun) -> tuple[Firing, ...]:
    """The manifest's own cron: what a run is expected by where no catalog is given."""
    return (Firing(cron=run.cron, timezone=run.timezone),)


def expected_slots(
    runs: Iterable[ScheduledRun], since: datetime, until: datetime, *, firings: FiringsOf = manifest_firings
) -> tuple[Slot, ...]:
    """The slots of all runs in (since, until], sorted by time, then by id; two that fall together are one.

    Raises ValueError, with what to do, for more than a million.
    """
    found: dict[str, Slot] = {}
    for run in runs:
        for slot in _slots_of(run, firings(run), since, until):
            found.setdefault(slot.slot, slot)
        if len(found) > SLOT_LIMIT:
            raise ValueError(
                f"more than {SLOT_LIMIT:,} runs are expected in that time; end sooner, or narrow the roster"
            )
    return tuple(sorted(found.values(), key=lambda slot: (slot.at.timestamp(), slot.slot)))


def _slots_of(run: ScheduledRun, firings: Iterable[Firing], since: datetime, until: datetime) -> Iterator[Slot]:
    for firing in firings:
        for fire in _fires_between(firing.cron, firing.timezone, since, until):
            yield Slot(slot=slot_id(run.repo, run.agent, fire), repo=run.repo, agent=run.agent, at=fire)


@lru_cache(maxsize=64)
def _fires_between(cron: Cron, timezone: str, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """Many runs of a fleet share a cron and a zone."""
    zone = load_zone(timezone)
    found: list[datetime] = []
    # From the last fire before, since a walk that begins inside a repeated hour goes another way (ADR-008).
    begin = last_fire(cron, zone, since) or since
    for fire in fires(cron, zone, begin, until):
        if fire > since:
            found.append(fire.astimezone(zone))
        if len(found) > SLOT_LIMIT:
            break
    return tuple(found)
