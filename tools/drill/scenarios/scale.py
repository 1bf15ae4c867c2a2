"""10,000 repositories: the results of four workers with four parts equal the result of one worker."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import EventType

from drill.activities import Size
from drill.engine import TIMEOUT_S, Workflow, result, trigger
from drill.fleet import large_fleet
from drill.lines import Lines, differing
from drill.scenario import Scenario
from drill.world import COACH, World

SIZES = "sizes of parts add up"
UNION = "tasks of parts = whole"
REPOS = 10_000
PARTS = 4


@dataclass(frozen=True, kw_only=True)
class Measured:
    """The size of each part and the seconds to create its tasks, from the history of a workflow."""

    sizes: tuple[Size, ...]
    seconds: tuple[float, ...]


async def _scale(world: World, lines: Lines) -> None:
    world.log(f"generating {REPOS:,} repositories")
    await world.begin(large_fleet(world.folder / "fleet", REPOS))
    await world.start_worker(threads=1)
    one = await _fire(world, 1)
    world.log(f"1 part: {one.seconds[0]:.1f} s")
    for _ in range(PARTS - 1):
        await world.start_worker(threads=1)
    parts = await _fire(world, PARTS)
    world.log(f"{PARTS} parts: {', '.join(f'{seconds:.1f} s' for seconds in parts.seconds)}")
    lines.record(SIZES, _sum(one), _sum(parts))
    whole = _tasks(world, 1)
    lines.record(UNION, differing(whole, whole, "tasks"), differing(whole, _tasks(world, PARTS), "tasks"))


async def _fire(world: World, shards: int) -> Measured:
    """Trigger the definition while it is disabled: everything is resolved, but no task is created."""
    await world.sync_schedules(shards=shards)
    workflow = await trigger(world.client, COACH)
    await result(workflow, seconds=4 * TIMEOUT_S)
    return await _measured(world, workflow)


async def _measured(world: World, workflow: Workflow) -> Measured:
    scheduled: dict[int, str] = {}
    begun: dict[int, Any] = {}
    sizes: list[Size] = []
    seconds: list[float] = []
    async for event in workflow.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            scheduled[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
            begun[event.activity_task_started_event_attributes.scheduled_event_id] = event.event_time.ToDatetime()
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            done = event.activity_task_completed_event_attributes
            name = scheduled[done.scheduled_event_id]
            if name == "measure":
                sizes += await world.client.data_converter.decode(done.result.payloads, [Size])
            elif name == "create_tasks":
                seconds.append((event.event_time.ToDatetime() - begun[done.scheduled_event_id]).total_seconds())
    return Measured(sizes=tuple(sizes), seconds=tuple(seconds))


def _sum(measured: Measured) -> str:
    entries = sum(size.entries for size in measured.sizes)
    opted_in = sum(size.opted_in for size in measured.sizes)
    return f"{entries:,} entries, {opted_in:,} opted in, {len({size.digest for size in measured.sizes})} roster"


def _tasks(world: World, parts: int) -> list[tuple[str, str]]:
    """Return the tasks in the records of all parts."""
    found = [
        (str(task["key"]), json.dumps(task))
        for path in (world.folder / "records").glob(f"*-of-{parts}.json")
        for task in json.loads(path.read_text(encoding="utf-8"))["tasks"]
    ]
    return sorted(found)


SCALE = Scenario(name="scale", lines=(SIZES, UNION), run=_scale)
