"""Fires without a trigger: by the cron of a schedule, and after missed fires."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from kaizen_schedule_core.clock.times import utc_text
from temporalio.client import ScheduleBackfill

from drill.engine import Workflow, actions, listed_fires, result, started, until
from drill.fleet import small_fleet
from drill.lines import Lines, differing
from drill.scenario import Scenario
from drill.workflow import FireDefinition
from drill.world import COACH, OPTIMIZATION, World

CRON = "enabled: fires by cron"
PAUSED = "paused: does not fire"
LATEST = "latest missed fire"

_A_MINUTE_S = 60.0
_AFTER_S = 3.0  # a server fires within a second, so no fire is expected later
MISSED = 3


async def _own_cron(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"))
    for name, cron in ((COACH, "0 9 * * 1"), (OPTIMIZATION, "0 10 * * 1")):
        world.edit(name, (f'cron_expression: "{cron}"', 'cron_expression: "* * * * *"'))
    report = await world.smoke(world.fleet.roster(["repo-1"]), world.folder / "smoke.json")
    await world.cli("definitions", "enable", COACH, "--catalog", world.catalog, "--smoke-report", str(report))
    await world.start_worker()

    begun = datetime.now(UTC)
    await world.sync_schedules()
    world.log("two definitions now fire every minute, one of them is paused; waiting for the next minute")
    schedule = world.client.get_schedule_handle(COACH)
    done = await result(await started(world.client, schedule, 0, seconds=4 * _A_MINUTE_S))
    await asyncio.sleep(max(0.0, _AFTER_S - (datetime.now(UTC) - done.at).total_seconds()))
    await schedule.pause()

    planned = await world.planned(COACH, done.at)
    made = [task for task in world.sink.tasks if task["key"].endswith(f"/{done.at:%Y%m%dT%H%MZ}")]
    mine = [task for task in made if task["activity_definition_id"] == COACH]
    second = "at second 0, " if done.at.second == 0 else f"at {done.at}, "
    lines.record(
        CRON, "at second 0, " + differing(planned, planned, "tasks"), second + differing(planned, mine, "tasks")
    )

    due = await listed_fires(world.client, OPTIMIZATION, begun, done.at)
    fired = await actions(world.client.get_schedule_handle(OPTIMIZATION))
    others = [task for task in world.sink.tasks if task["activity_definition_id"] == OPTIMIZATION]
    happened = f"{'was' if due else 'was not'} due; {fired} fires, {len(others)} tasks"
    lines.record(PAUSED, "was due; 0 fires, 0 tasks", happened)


async def _catch_up(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"))
    world.edit(COACH, ("policy: skip", "policy: catchup_latest"), ("\nenabled: false\n", "\nenabled: true\n"))
    await world.start_worker()
    await world.sync_schedules()

    last = world.last_fire()
    world.log("three fires were missed")
    schedule = world.client.get_schedule_handle(COACH)
    missed = ScheduleBackfill(start_at=last - timedelta(days=7 * MISSED - 1), end_at=last + timedelta(seconds=1))
    await schedule.backfill(missed)

    async def all_started() -> bool | None:
        return True if await actions(schedule) >= MISSED else None

    await until(all_started, "the missed fires")
    fires = await listed_fires(world.client, COACH, missed.start_at, last)
    fired = [await result(_workflow_of(world, fire)) for fire in fires]
    planned = [task["key"] for task in await world.planned(COACH, last)]
    skipped = sum(one.superseded for one in fired)
    lines.record(
        LATEST,
        f"{MISSED - 1} of {MISSED} skipped; {differing(planned, planned, 'tasks')}",
        f"{skipped} of {len(fired)} skipped; {differing(planned, world.sink.keys, 'tasks')}",
    )


def _workflow_of(world: World, fire: datetime) -> Workflow:
    """Return the workflow of a fire: its id is that of the schedule, followed by the time."""
    return world.client.get_workflow_handle_for(FireDefinition.run, f"{COACH}-{utc_text(fire)}")


OWN_CRON = Scenario(name="own-cron", lines=(CRON, PAUSED), run=_own_cron)
CATCH_UP = Scenario(name="catch-up", lines=(LATEST,), run=_catch_up)
