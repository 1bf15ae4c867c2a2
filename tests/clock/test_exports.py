"""Schedules exported to Temporal are accepted by a real server, and fire as the manifest."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.timestamp_pb2 import Timestamp
from kaizen_schedule_core import parse_cron
from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import fires
from kaizen_schedule_core.engines.job import Job, Settings
from kaizen_schedule_core.engines.temporal import temporal_files
from temporalio.api.workflowservice.v1 import (
    CreateScheduleRequest,
    DescribeScheduleRequest,
    ListScheduleMatchingTimesRequest,
)

from tests.clock.conftest import NAMESPACE, connected

START = datetime(2026, 3, 1, tzinfo=UTC)
END = START + timedelta(days=300)


@pytest.mark.parametrize("text", ["0 9 * * 1", "30 2 * * *", "15 7 * * 5-7", "0 0 1 jan,jul *"])
def test_an_exported_schedule_fires_as_the_manifest(server: str, text: str) -> None:
    cron = parse_cron(text)
    assert isinstance(cron, Cron)
    agent = f"agent-{abs(hash(text))}"
    job = Job(repo="demo", root="/srv/demo", agent=agent, cron=cron, timezone="Europe/Berlin")
    settings = Settings(command=("claude", "-p"), timeout=timedelta(hours=1), source="test")
    [file] = temporal_files(job, settings)

    async def listed() -> list[datetime]:
        client = await connected(server)
        request = ParseDict(
            {**json.loads(file.text), "namespace": NAMESPACE, "request_id": agent}, CreateScheduleRequest()
        )
        await client.workflow_service.create_schedule(request)
        described = await client.workflow_service.describe_schedule(
            DescribeScheduleRequest(namespace=NAMESPACE, schedule_id=request.schedule_id)
        )
        assert described.schedule.policies.catchup_window.ToSeconds() == 3600
        start, end = Timestamp(), Timestamp()
        start.FromDatetime(START)
        end.FromDatetime(END)
        answer = await client.workflow_service.list_schedule_matching_times(
            ListScheduleMatchingTimesRequest(
                namespace=NAMESPACE, schedule_id=request.schedule_id, start_time=start, end_time=end
            )
        )
        return [time.ToDatetime(UTC) for time in answer.start_time]

    found = asyncio.run(listed())
    assert found == [fire.astimezone(UTC) for fire in fires(cron, ZoneInfo("Europe/Berlin"), START, END)]
    assert found
