"""What a fire does outside of the workflow, each of it repeatable. For activity-core to lift."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import urllib3
from kaizen_activity_defs import Definition, DryRun, Task, load_catalog, preview_tasks
from kaizen_schedule_core import last_fire, read_roster, resolve_roster
from kaizen_schedule_core.files.writing import write_file
from kaizen_schedule_core.fleet.guard import FleetSize, fleet_size, guard_fleet
from temporalio import activity
from temporalio.exceptions import ApplicationError

from drill.heartbeat import beating

_TAKEN = frozenset({200, 201})  # there already, created
# A request may be repeated, whatever its method: the key makes it the same one.
_AGAIN = urllib3.Retry(total=4, backoff_factor=0.5, status_forcelist=range(500, 600), allowed_methods=None)


@dataclass(frozen=True, kw_only=True)
class Fire:
    """A definition and the scheduled time at which it fires."""

    definition: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Part:
    """The part `index` of `count` of a fire's fleet (ADR-014). A dry run creates no task."""

    fire: Fire
    index: int
    count: int
    dry_run: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Whether the catalog has the definition switched on; whether a missed fire gives way to a later one."""

    enabled: bool
    superseded: bool


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a part of the fleet is; `digest` is that of the whole roster that was read."""

    digest: str
    entries: int
    opted_in: int


@dataclass(frozen=True, kw_only=True)
class Activities:
    """The activities at one site. `state` remembers the fleet's size: one file for all workers of the site."""

    catalog: str
    hub: str
    sink: str
    state: str
    records: str
    host: str | None = None

    @activity.defn
    def look_up(self, fire: Fire) -> Plan:
        """Ask the catalog, whose file is the truth, when the workflow runs and not when it was scheduled."""
        definition = self._definition(fire)
        newest = last_fire(definition.cron, definition.zone, datetime.now(UTC))
        superseded = (
            definition.header.trigger.misfire_policy == "catchup_latest" and newest is not None and newest > fire.at
        )
        return Plan(enabled=definition.header.enabled, superseded=superseded)

    @activity.defn
    def measure(self, part: Part) -> Size:
        """Count a part of the fleet, whatever the definition selects."""
        with beating():
            found = resolve_roster(now=part.fire.at, roster=self.hub, host=self.host, shard=(part.index, part.count))
        size = fleet_size(found)
        return Size(digest=found.digest, entries=size.entries, opted_in=size.opted_in)

    @activity.defn
    def guard(self, sizes: list[Size]) -> None:
        """Refuse a fleet that lost a fifth (KZ405), or of which two rosters were read."""
        if len({size.digest for size in sizes}) != 1:
            raise ApplicationError("the roster was edited while its parts were measured", type="RosterEdited")
        whole = FleetSize(entries=sum(s.entries for s in sizes), opted_in=sum(s.opted_in for s in sizes))
        guard_fleet(whole, self.state)

    @activity.defn
    def create_tasks(self, part: Part, digest: str) -> int:
        """Create the tasks of a part, as many as can be; then fail if one was not taken, to be tried again."""
        with beating():
            roster = read_roster(self.hub)
            if roster.digest != digest:
                message = "the roster was edited since the fleet was measured"
                raise ApplicationError(message, type="RosterEdited", non_retryable=True)
            planned = preview_tasks(
                self._definition(part.fire), roster, now=part.fire.at, host=self.host, shard=(part.index, part.count)
            )
            if part.dry_run:
                self._record(part, planned)
                return len(planned.tasks)
            with urllib3.PoolManager(retries=_AGAIN, timeout=30) as pool:
                lost = [task.key for task in planned.tasks if not self._taken(pool, task)]
        if lost:
            raise ApplicationError(f"{len(lost)} of {len(planned.tasks)} tasks not taken, the first: {lost[0]}")
        return len(planned.tasks)

    def _definition(self, fire: Fire) -> Definition:
        found = {one.id: one for one in load_catalog(self.catalog)}.get(fire.definition)
        if found is None:
            raise ApplicationError(f"the catalog has no definition {fire.definition}", non_retryable=True)
        return found

    def _taken(self, pool: urllib3.PoolManager, task: Task) -> bool:
        """Whether issue-core has the task now; its `key` is how issue-core knows one that it has already."""
        try:
            return pool.request("POST", f"{self.sink}/issues/", json=asdict(task)).status in _TAKEN
        except urllib3.exceptions.HTTPError:
            return False

    def _record(self, part: Part, planned: DryRun) -> None:
        """Write what would have been created, in the form of `definitions dry-run`."""
        name = f"{part.fire.definition}-{part.fire.at:%Y%m%dT%H%M%SZ}-{part.index}-of-{part.count}.json"
        text = json.dumps({"version": "1", **asdict(planned)}, indent=2, ensure_ascii=False) + "\n"
        write_file(os.path.join(self.records, name), text.encode())
