"""The complete path: sync, trigger while disabled, enable, trigger, tasks, runner, events, status, repeated fires."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from kaizen_activity_defs import load_catalog
from kaizen_schedule_core.clock.times import utc_text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from drill import runner
from drill.engine import Workflow, fire_at, result, trigger
from drill.fleet import HOST, pilot_fleet, record_long_ago
from drill.lines import Lines, differing
from drill.scenario import Scenario
from drill.workflow import FireDefinition
from drill.world import COACH, World

OFF = "all start disabled"
DRY = "trigger while disabled"
ENABLED = "enable starts only one"
TASKS = "tasks = dry-run"
BROKEN = "one broken repo"
ONCE = "no duplicate tasks"
SHELL = "commands run in a shell"
EVENT = "one event per bundle"
STATUS = "status becomes ok"

_FIRST_TASK_COMPLETED = 4  # the event after which all activities follow
HEALTHY = ("activity-core", "kaizen-agentic", "the-custodian")


async def _loop(world: World, lines: Lines) -> None:
    fleet = pilot_fleet(world.folder / "fleet")
    await world.cli("schedule", "init", "--target", str(fleet.root("activity-core")))
    record_long_ago(fleet, HEALTHY, "coach", datetime.now(UTC) - timedelta(days=15))
    await world.cli("definitions", "sync", world.catalog)
    await world.begin(fleet)
    lines.record(OFF, "3 definitions, on: none", await _switches(world))

    await world.start_worker()
    world.log("trigger while disabled")
    done = await result(await trigger(world.client, COACH))
    planned = await _dry_run(world, done.at)
    lines.record(
        DRY,
        f"recorded: {differing(planned, planned, 'tasks')}; 0 requests",
        f"recorded: {differing(planned, _recorded(world), 'tasks')}; {len(world.sink.requested)} requests",
    )

    world.log("smoke test of the pilot, enable")
    report = await world.drill.pilot_report(world)
    await world.cli("definitions", "enable", COACH, "--catalog", world.catalog, "--smoke-report", str(report))
    await world.sync_schedules()
    lines.record(ENABLED, f"3 definitions, on: {COACH}", await _switches(world))

    world.log("trigger")
    before = await _states(world)
    first = await trigger(world.client, COACH)
    planned = await _dry_run(world, (await result(first)).at)
    lines.record(TASKS, differing(planned, planned, "tasks"), differing(planned, _sorted(world.sink.tasks), "tasks"))
    lines.record(BROKEN, f"tasks for {', '.join(HEALTHY)}; broken: invalid-manifest", await _spared(world))

    world.log("the same fire again, twice; the workflow reset; a second trigger")
    for _ in range(2):
        await result(await fire_at(world.client, COACH, world.last_fire()))
    await _reset(world, first)
    await result(await trigger(world.client, COACH))
    kept, requests, least = len(world.sink.tasks), len(world.sink.requested), 5 * len(planned)
    enough = f"{least} requests or more" if requests >= least else f"{requests} requests"
    lines.record(ONCE, f"{len(planned)} stored, {least} requests or more", f"{kept} stored, {enough}")

    world.log("a runner takes the tasks, each delivered twice")
    nats = (await world.start_nats()).address
    await runner.make_stream(nats)
    tasks = {task["key"]: task for task in world.sink.tasks}.values()
    sessions = [await runner.run_task(world, task, nats, times=2) for task in tasks]
    failed = [f"{session.repo}: exit {session.codes}" for session in sessions if any(session.codes)]
    lines.record(SHELL, f"{2 * len(tasks)} run, 0 failed", f"{2 * len(tasks)} run, {len(failed)} failed")
    published = await runner.events(nats)
    bundles = {event.bundle.digest for event in published}
    count = len(tasks)
    lines.record(EVENT, f"{count} events, {count} bundles", f"{len(published)} events, {len(bundles)} bundles")
    lines.record(STATUS, f"{count} overdue, then {count} ok", f"{before}, then {await _states(world)}")


async def _switches(world: World) -> str:
    """Return which schedules on the server are not paused."""
    found = {}
    for definition in load_catalog(world.catalog):
        description = await world.client.get_schedule_handle(definition.id).describe()
        found[definition.id] = description.schedule.state.paused
    return f"{len(found)} definitions, on: {', '.join(name for name, paused in found.items() if not paused) or 'none'}"


async def _dry_run(world: World, at: datetime) -> list[dict[str, Any]]:
    """Return the tasks of `definitions dry-run` for a fire."""
    words = ["--hub", world.hub.address, "--host", HOST, "--now", utc_text(at), "--format", "json"]
    tasks: list[dict[str, Any]] = json.loads((await world.cli("definitions", "dry-run", COACH, *words)).out)["tasks"]
    return tasks


def _recorded(world: World) -> list[dict[str, Any]]:
    """Return the tasks in the dry-run records."""
    paths = sorted((world.folder / "records").glob("*.json"))
    return [task for path in paths for task in json.loads(path.read_text(encoding="utf-8"))["tasks"]]


def _sorted(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(tasks, key=lambda task: str(task["key"]))


async def _states(world: World) -> str:
    """Return the number of coaches in each state, from `roster status`."""
    words = ["--hub", world.hub.address, "--host", HOST, "--agent", "coach", "--catalog", world.catalog]
    done = await world.cli("roster", "status", *words, "--format", "json")
    states = [row["state"] for row in json.loads(done.out)["rows"]]
    return ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))


async def _spared(world: World) -> str:
    """Return which repositories have a task, and the outcome of the broken one from `roster explain`."""
    done = await world.cli("roster", "explain", "--hub", world.hub.address, "--host", HOST, "--format", "json")
    [broken] = [one["outcome"] for one in json.loads(done.out)["repos"] if one["repo"] == "broken"]
    return f"tasks for {', '.join(sorted({task['target_repo'] for task in world.sink.tasks}))}; broken: {broken}"


async def _reset(world: World, workflow: Workflow) -> None:
    """Reset a completed workflow, so that it runs all of its activities again."""
    request = ResetWorkflowExecutionRequest(
        namespace=world.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow.id, run_id=workflow.run_id or ""),
        reason="the drill",
        workflow_task_finish_event_id=_FIRST_TASK_COMPLETED,
        request_id=uuid4().hex,
    )
    answer = await world.client.workflow_service.reset_workflow_execution(request)
    await result(world.client.get_workflow_handle_for(FireDefinition.run, workflow.id, run_id=answer.run_id))


LOOP = Scenario(name="loop", lines=(OFF, DRY, ENABLED, TASKS, BROKEN, ONCE, SHELL, EVENT, STATUS), run=_loop)
