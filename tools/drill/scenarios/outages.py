"""Outages: nothing is lost or repeated, and each failure is visible."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowContinuedAsNewError, WorkflowExecutionStatus, WorkflowFailureError

from drill import runner
from drill.engine import TIMEOUT_S, Workflow, fire_at, result, until
from drill.fleet import small_fleet
from drill.lines import Lines, differing
from drill.scenario import Scenario
from drill.world import COACH, World

KILLED = "worker killed"
DOWN = "hub down, then back"
HALF = "hub with half the fleet"
FAILING = "sink failing every 2nd"
BUNDLE = "NATS down: the bundle"
LATER = "NATS back: the event"

_KEPT = 2  # tasks, when the worker is killed


async def _worker_killed(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"), enable=True)
    worker = await world.start_worker()
    world.sink.hold_after = _KEPT
    workflow = await fire_at(world.client, COACH, world.last_fire())
    if not await world.sink.until(lambda sink: len(sink.requested) > _KEPT, TIMEOUT_S):
        raise TimeoutError("the sink received no request")
    world.log("the worker is killed while it creates the third task")
    worker.kill()
    kept = len(world.sink.tasks)
    world.sink.release()
    await world.start_worker()
    await result(workflow)
    keys = await _keys(world)
    same = differing(keys, keys, "tasks")
    lines.record(
        KILLED, f"killed after {_KEPT}; {same}", f"killed after {kept}; {differing(keys, world.sink.keys, 'tasks')}"
    )


async def _hub_down(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"), enable=True)
    await world.start_worker()
    keys = await _keys(world)
    port = urlsplit(world.hub.address).port or 0
    world.hub.stop()
    workflow = await fire_at(world.client, COACH, world.last_fire())
    seen = await _pending_failure(workflow, "KZ402")
    world.log(f"the hub is down, and Temporal shows {seen}")
    before = len(world.sink.requested)
    await world.start_hub(port=port)
    await result(workflow)
    lines.record(
        DOWN,
        f"KZ402, 0 tasks; then {differing(keys, keys, 'tasks')}",
        f"{seen}, {before} tasks; then {differing(keys, world.sink.keys, 'tasks')}",
    )


async def _hub_halved(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"), enable=True)
    await world.start_worker()
    last = world.last_fire()
    earlier = world.last_fire(before=last - timedelta(seconds=1))
    await result(await fire_at(world.client, COACH, earlier))
    port = urlsplit(world.hub.address).port or 0
    world.hub.stop()
    await world.start_hub(world.fleet.slugs[:2], port=port)
    world.log("the hub lists two of five repositories")
    workflow = await fire_at(world.client, COACH, last)
    failure = await _failure(workflow)
    before = len(_of(world, last))
    world.hub.stop()
    await world.start_hub(port=port)
    keys = await _keys(world, last)
    try:
        await result(workflow)  # by the retry of the workflow
    except WorkflowFailureError as error:
        world.log(f"the workflow failed finally: {error.cause}")
    lines.record(
        HALF,
        f"failed by KZ405, 0 tasks; then {differing(keys, keys, 'tasks')}",
        f"{failure}, {before} tasks; then {differing(keys, _of(world, last), 'tasks')}",
    )


async def _sink_failing(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"), enable=True)
    await world.start_worker()
    world.sink.fail_every = 2
    await result(await fire_at(world.client, COACH, world.last_fire()))
    keys = await _keys(world)
    refused = "refused some" if world.sink.refused else "refused none"
    lines.record(
        FAILING,
        f"refused some; {differing(keys, keys, 'tasks')}",
        f"{refused}; {differing(keys, world.sink.keys, 'tasks')}",
    )


async def _nats_down(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet", 2), enable=True)
    await world.start_worker()
    nats = await world.start_nats()
    await runner.make_stream(nats.address)
    await result(await fire_at(world.client, COACH, world.last_fire()))
    nats.stop()
    world.log("NATS is down, and the runner takes the tasks")
    tasks = world.sink.tasks
    down = [await runner.run_task(world, task, nats.address) for task in tasks]
    printed = sum(ran.out.startswith("# Orientation") for one in down for ran in one.prepared)
    lines.record(BUNDLE, f"{_codes([4] * len(tasks))}; 2 printed", f"{_codes(_all(down))}; {printed} printed")
    again = await world.start_nats(urlsplit(nats.address).port)
    up = [await runner.run_task(world, task, again.address, times=2) for task in tasks]
    published = len(await runner.events(again.address))
    expected = f"{_codes([0] * 2 * len(tasks))}; {len(tasks)} events"
    lines.record(LATER, expected, f"{_codes(_all(up))}; {published} events")


def _all(sessions: Sequence[runner.Session]) -> list[int]:
    return [code for session in sessions for code in session.codes]


def _codes(codes: Sequence[int]) -> str:
    return "exit " + " ".join(map(str, codes))


async def _keys(world: World, fire: datetime | None = None) -> list[str]:
    """Return the keys of the tasks that a fire must create, by default the last one."""
    return sorted(task["key"] for task in await world.planned(COACH, fire or world.last_fire()))


def _of(world: World, fire: datetime) -> list[str]:
    return [key for key in world.sink.keys if key.endswith(f"{fire:%Y%m%dT%H%MZ}")]


async def _pending_failure(workflow: Workflow, code: str) -> str:
    """Return the code as soon as an activity of the workflow has failed with it and waits for its retry."""
    pending: list[str] = []

    async def ask() -> str | None:
        described = await workflow.describe()
        if described.status != WorkflowExecutionStatus.RUNNING:
            return "no failure"
        pending[:] = [_messages(one.last_failure) for one in described.raw_description.pending_activities]
        return code if any(code in message for message in pending) else None

    try:
        return await until(ask, f"{code} in Temporal")
    except TimeoutError as error:
        raise TimeoutError(f"{error}; pending activities: {pending}") from None


def _messages(failure: Failure) -> str:
    """Return the messages of a failure and its causes: the server puts a long failure into the cause of a short one."""
    messages = [failure.message]
    while failure.HasField("cause"):
        failure = failure.cause
        messages.append(failure.message)
    return ": ".join(messages)


async def _failure(workflow: Workflow) -> str:
    """Return the failure of the first attempt of a workflow, which is then retried."""
    with suppress(WorkflowFailureError, WorkflowContinuedAsNewError):
        await asyncio.wait_for(workflow.result(follow_runs=False), TIMEOUT_S)
    end = [event async for event in workflow.fetch_history_events()][-1]
    failure = end.workflow_execution_failed_event_attributes.failure
    while failure.HasField("cause"):
        failure = failure.cause
    return f"failed by {failure.message.partition(':')[0]}" if failure.message else "did not fail"


WORKER_KILLED = Scenario(name="worker-killed", lines=(KILLED,), run=_worker_killed)
HUB_DOWN = Scenario(name="hub-down", lines=(DOWN,), run=_hub_down)
HUB_HALVED = Scenario(name="hub-halved", lines=(HALF,), run=_hub_halved)
SINK_FAILING = Scenario(name="sink-failing", lines=(FAILING,), run=_sink_failing)
NATS_DOWN = Scenario(name="nats-down", lines=(BUNDLE, LATER), run=_nats_down)
