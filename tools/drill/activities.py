"""The activities of a fire; all of them can be repeated. activity-core can copy this module."""

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

from drill.heartbeat import heartbeating

_ACCEPTED = frozenset({200, 201})  # exists already, created
# POST requests can be repeated too, because a task is identified by its key.
_RETRIES = urllib3.Retry(total=4, backoff_factor=0.5, status_forcelist=range(500, 600), allowed_methods=None)


@dataclass(frozen=True, kw_only=True)
class Fire:
    """A definition and the scheduled time of its fire."""

    definition: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Part:
    """The shard `index` of `count` of the fleet for a fire (ADR-014). A dry run creates no tasks."""

    fire: Fire
    index: int
    count: int
    dry_run: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Whether the definition is enabled, and whether a later fire replaces this missed one."""

    enabled: bool
    superseded: bool


@dataclass(frozen=True, kw_only=True)
class Size:
    """The size of a part of the fleet; `digest` is that of the complete roster."""

    digest: str
    entries: int
    opted_in: int


@dataclass(frozen=True, kw_only=True)
class Activities:
    """The activities at one site. `state` is the file with the size of the fleet, shared by all workers of the site."""

    catalog: str
    hub: str
    sink: str
    state: str
    records: str
    host: str | None = None

    @activity.defn
    def look_up(self, fire: Fire) -> Plan:
        """Read `enabled` and the misfire policy from the catalog when the workflow runs."""
        definition = self._definition(fire)
        newest = last_fire(definition.cron, definition.zone, datetime.now(UTC))
        superseded = (
            definition.header.trigger.misfire_policy == "catchup_latest" and newest is not None and newest > fire.at
        )
        return Plan(enabled=definition.header.enabled, superseded=superseded)

    @activity.defn
    def measure(self, part: Part) -> Size:
        """Count a part of the fleet, before the selection by the definition."""
        with heartbeating():
            found = resolve_roster(now=part.fire.at, roster=self.hub, host=self.host, shard=(part.index, part.count))
        size = fleet_size(found)
        return Size(digest=found.digest, entries=size.entries, opted_in=size.opted_in)

    @activity.defn
    def guard(self, sizes: list[Size]) -> None:
        """Fail if the fleet has shrunk by more than a fifth (KZ405), or if the parts read different rosters."""
        if len({size.digest for size in sizes}) != 1:
            raise ApplicationError("the roster was edited while its parts were measured", type="RosterEdited")
        whole = FleetSize(entries=sum(s.entries for s in sizes), opted_in=sum(s.opted_in for s in sizes))
        guard_fleet(whole, self.state)

    @activity.defn
    def create_tasks(self, part: Part, digest: str) -> int:
        """Create the tasks of a part, and fail at the end if any was not accepted, so that Temporal retries."""
        with heartbeating():
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
            with urllib3.PoolManager(retries=_RETRIES, timeout=30) as pool:
                lost = [task.key for task in planned.tasks if not self._accepted(pool, task)]
        if lost:
            raise ApplicationError(f"{len(lost)} of {len(planned.tasks)} tasks not accepted, the first: {lost[0]}")
        return len(planned.tasks)

    def _definition(self, fire: Fire) -> Definition:
        found = {one.id: one for one in load_catalog(self.catalog)}.get(fire.definition)
        if found is None:
            raise ApplicationError(f"the catalog has no definition {fire.definition}", non_retryable=True)
        return found

    def _accepted(self, pool: urllib3.PoolManager, task: Task) -> bool:
        """Send a task to issue-core, which recognizes an existing one by its `key`; return whether it has it now."""
        try:
            return pool.request("POST", f"{self.sink}/issues/", json=asdict(task)).status in _ACCEPTED
        except urllib3.exceptions.HTTPError:
            return False

    def _record(self, part: Part, planned: DryRun) -> None:
        """Write the tasks of a dry run, in the form of `definitions dry-run`."""
        name = f"{part.fire.definition}-{part.fire.at:%Y%m%dT%H%M%SZ}-{part.index}-of-{part.count}.json"
        text = json.dumps({"version": "1", **asdict(planned)}, indent=2, ensure_ascii=False) + "\n"
        write_file(os.path.join(self.records, name), text.encode())
