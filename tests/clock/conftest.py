"""A Temporal server for all tests, and a function that lists the fires of a schedule."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from drill.servers import START_UP_S, start_temporal, zone_folder
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.schedule.v1 import Schedule, ScheduleAction, ScheduleSpec, ScheduleState
from temporalio.api.workflowservice.v1 import (
    CreateScheduleRequest,
    DeleteScheduleRequest,
    GetSystemInfoRequest,
    ListScheduleMatchingTimesRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

ServerFires = Callable[[str, str, datetime, datetime], list[datetime]]

NAMESPACE = "default"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real server on loopback and yield its address. If it does not start, the tests fail."""
    with start_temporal(tmp_path_factory.mktemp("temporal")) as running:
        yield running.address


@pytest.fixture(scope="session")
def server_fires(server: str) -> Iterator[ServerFires]:
    """Yield `server_fires(cron, zone, after, until)`: the server's fires in (after, until], in UTC."""
    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(connected(server))
    info = loop.run_until_complete(client.workflow_service.get_system_info(GetSystemInfoRequest()))
    print(f"Temporal server {info.server_version}, zones from {zone_folder()}")
    yield lambda cron, zone, after, until: loop.run_until_complete(matching_times(client, cron, zone, after, until))
    loop.close()


async def connected(address: str) -> Client:
    """Return a client as soon as the server has created its namespace."""
    end = time.monotonic() + START_UP_S
    while True:
        try:
            client = await Client.connect(address)
            await client.count_workflows()
        except (RPCError, RuntimeError):
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.2)
        else:
            return client


async def matching_times(client: Client, cron: str, zone: str, after: datetime, until: datetime) -> list[datetime]:
    service, name = client.workflow_service, f"preview-{uuid4().hex}"
    schedule = Schedule(
        spec=ScheduleSpec(cron_string=[cron], timezone_name=zone),
        action=ScheduleAction(),
        state=ScheduleState(paused=True),
    )
    schedule.action.start_workflow.workflow_id = name
    schedule.action.start_workflow.workflow_type.name = "never-started"
    schedule.action.start_workflow.task_queue.name = "never-polled"
    await service.create_schedule(
        CreateScheduleRequest(namespace=NAMESPACE, schedule_id=name, schedule=schedule, request_id=name)
    )
    start, end = Timestamp(), Timestamp()
    start.FromDatetime(after)
    end.FromDatetime(until)
    try:
        answer = await service.list_schedule_matching_times(
            ListScheduleMatchingTimesRequest(namespace=NAMESPACE, schedule_id=name, start_time=start, end_time=end)
        )
    finally:
        await service.delete_schedule(DeleteScheduleRequest(namespace=NAMESPACE, schedule_id=name))
    return [start.ToDatetime(UTC) for start in answer.start_time]
