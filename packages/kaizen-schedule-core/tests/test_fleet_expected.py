"""The limit on expected runs, and the records that answer them."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from kaizen_schedule_core import ExecutionRecord, ScheduledRun, Slot, expected_slots, parse_cron
from kaizen_schedule_core.clock.cron import valid_cron
from kaizen_schedule_core.fleet.answered import match_records

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


def test_records_answer_the_slots_before_them() -> None:
    slots = [
        Slot(slot=f"demo/coach/{day}", repo="demo", agent="coach", at=datetime(2026, 11, day, 9, tzinfo=UTC))
        for day in (2, 9, 16)
    ]
    records = [
        ExecutionRecord(timestamp=f"2026-11-{day:02}T{hour:02}:00:00Z", agent="coach", success=True)
        for day, hour in ((20, 9), (9, 9), (8, 23), (2, 8), (10, 9))
    ]
    answered = match_records(slots, records, end=datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert [one.record and one.record.timestamp for one in answered] == [
        "2026-11-08T23:00:00Z",
        "2026-11-09T09:00:00Z",
        None,
    ]
    now = datetime(2026, 11, 17, 9, tzinfo=UTC)
    assert [one.is_missed(now, timedelta(hours=24)) for one in answered] == [False, False, True]
    assert not answered[2].is_missed(now, timedelta(hours=25))


def test_a_cron_is_pickled_as_its_text() -> None:
    cron = parse_cron("30 7 * * 1")
    assert pickle.loads(pickle.dumps(cron)) is cron  # noqa: S301 - our own data
