"""The names that others join by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from kaizen_schedule_core.names import slot_id


def test_a_slot_is_named_in_utc_whatever_the_offset() -> None:
    fire = datetime(2026, 6, 17, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert slot_id("demo", "coach", fire) == "demo/coach/20260616T2230Z"
    assert slot_id("demo", "coach", fire.astimezone(UTC)) == "demo/coach/20260616T2230Z"
    assert slot_id("demo", "coach", None) == "demo/coach/-"
