"""Requests to the Temporal server: connect, list fires, fire a schedule now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleBackfill,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    WorkflowHandle,
)
from temporalio.service import RPCError

from drill.workflow import FireDefinition, FireResult

TIMEOUT_S = 240.0
"""How long to wait for results that should take seconds; machines can be busy."""

_LISTED = 1000  # the server's maximum of fires per response
Found = TypeVar("Found")
Workflow = WorkflowHandle[FireDefinition, FireResult]


async def until(ask: Callable[[], Awaitable[Found | None]], what: str, *, seconds: float = TIMEOUT_S) -> Found:
    """Call `ask` until it returns a value. Raises TimeoutError with the name of what is missing."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        found = await ask()
        if found is not None:
            return found
        await asyncio.sleep(0.1)
    raise TimeoutError(f"waited {seconds:g} s for {what}")


async def connect(address: str, namespace: str) -> Client:
    """Return a client as soon as the server has the namespace."""

    async def ask() -> Client | None:
        try:
            client = await Client.connect(address, namespace=namespace)
            await client.count_workflows()
        except (RPCError, RuntimeError):
            return None
        return client

    return await until(ask, f"the namespace {namespace}")


async def listed_fires(client: Client, schedule: str, after: datetime, until_: datetime) -> list[datetime]:
    """Return the fires of a schedule in (after, until_] in UTC, as listed by the server, page by page."""
    found: list[datetime] = []
    while True:
        start, end = Timestamp(), Timestamp()
        start.FromDatetime(found[-1] if found else after)
        end.FromDatetime(until_)
        request = ListScheduleMatchingTimesRequest(
            namespace=client.namespace, schedule_id=schedule, start_time=start, end_time=end
        )
        answer = await client.workflow_service.list_schedule_matching_times(request)
        page = [time.ToDatetime(UTC) for time in answer.start_time]
        found += [time for time in page if time > after and time not in found[-1:]]
        if len(page) < _LISTED:
            return found


async def trigger(client: Client, schedule: str) -> Workflow:
    """Fire a schedule now, even if it is paused, and return the workflow."""
    handle = client.get_schedule_handle(schedule)
    before = await actions(handle)
    await handle.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    return await started(client, handle, before)


async def fire_at(client: Client, schedule: str, at: datetime) -> Workflow:
    """Fire a schedule for `at`, one of its scheduled times, and return the workflow."""
    handle = client.get_schedule_handle(schedule)
    before = await actions(handle)
    second = timedelta(seconds=1)
    await handle.backfill(
        ScheduleBackfill(start_at=at - second, end_at=at + second, overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    )
    return await started(client, handle, before)


async def actions(handle: ScheduleHandle) -> int:
    """Return how many workflows a schedule has started."""
    return (await handle.describe()).info.num_actions


async def started(client: Client, handle: ScheduleHandle, before: int, *, seconds: float = TIMEOUT_S) -> Workflow:
    """Return the newest workflow of a schedule, as soon as there are more than `before`."""

    async def ask() -> Workflow | None:
        info = (await handle.describe()).info
        if info.num_actions <= before:
            return None
        action = info.recent_actions[-1].action
        if not isinstance(action, ScheduleActionExecutionStartWorkflow):
            raise AssertionError(f"the action of {handle.id} is not a workflow")  # noqa: TRY004
        return client.get_workflow_handle_for(
            FireDefinition.run, action.workflow_id, run_id=action.first_execution_run_id
        )

    return await until(ask, f"a fire of {handle.id}", seconds=seconds)


async def result(workflow: Workflow, *, seconds: float = TIMEOUT_S) -> FireResult:
    """Return the result of a fire after its retries. Raises WorkflowFailureError, TimeoutError."""
    return await asyncio.wait_for(workflow.result(), seconds)
