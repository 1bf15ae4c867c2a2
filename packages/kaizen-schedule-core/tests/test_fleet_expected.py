"""The limit on expected runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from kaizen_schedule_core import ScheduledRun, expected_slots
from kaizen_schedule_core.clock.cron import valid_cron

MIDNIGHT = datetime(2026, 6, 15, tzinfo=UTC)
HOURLY = ScheduledRun(
    repo="demo",
    root="/srv/demo",
    agent="coach",
    cadence="daily",
    cron=valid_cron("0 * * * *"),
    timezone="UTC",
    enabled=True,
    prepare_command="",
)


def test_more_slots_than_the_limit_are_an_error() -> None:
    day = MIDNIGHT + timedelta(hours=24)
    assert len(expected_slots([HOURLY], MIDNIGHT, day, limit=24)) == 24
    with pytest.raises(ValueError, match=r"^more than 1,200 expected runs: use a shorter"):
        expected_slots([HOURLY], MIDNIGHT, MIDNIGHT + timedelta(hours=1201), limit=1200)
