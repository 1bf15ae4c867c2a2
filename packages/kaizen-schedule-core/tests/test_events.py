"""The event of a prepared bundle: its form, its id, and the schema that others check it by."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from kaizen_schedule_core import Bundle, PreparedEvent, prepare_bundle, prepared_event
from kaizen_schedule_core.events import event_id, prepared_schema

NOW = datetime(2026, 6, 17, 9, 0, 12, tzinfo=UTC)  # a Wednesday
MANIFEST = 'version: "1"\nagents:\n  coach: {cadence: weekly}\n'


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    root = tmp_path / "demo"
    (root / ".kaizen").mkdir(parents=True)
    (root / ".kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    (root / "SCOPE.md").write_text("# Scope\n", encoding="utf-8")
    return prepare_bundle(str(root), "coach")


def test_the_event_is_the_contracts(bundle: Bundle) -> None:
    told = json.loads(prepared_event(bundle, NOW).as_line())
    slot = "demo/coach/20260615T0700Z"  # Monday 09:00 in Europe/Berlin
    assert told == {
        "event": "kaizen.schedule.prepared",
        "version": "1",
        "id": hashlib.sha256(f"demo\ncoach\n{slot}\n{bundle.digest}".encode()).hexdigest()[:32],
        "occurred_at": "2026-06-17T09:00:12Z",
        "repo": "demo",
        "root": bundle.root,
        "agent": "coach",
        "cadence": "weekly",
        "prepare_command": bundle.prepare_command,
        "bundle": {
            "format": "markdown",
            "agent_prompt_found": True,
            "has_memory": False,
            "has_metrics": False,
            "pointers": ["scope"],
            "bytes": len(bundle.markdown.encode()),
            "digest": bundle.digest,
        },
        "session_close": list(bundle.session_close),
    }
    assert list(told) == list(PreparedEvent.model_fields)
    assert "\n" not in prepared_event(bundle, NOW).as_line()


def test_the_id_changes_with_the_slot_and_with_nothing_else_of_the_clock(bundle: Bundle) -> None:
    first = prepared_event(bundle, NOW).id
    assert prepared_event(bundle, NOW + timedelta(days=4)).id == first, "the same week"
    assert prepared_event(bundle, NOW.astimezone(timezone(timedelta(hours=9)))).id == first
    assert prepared_event(bundle, NOW + timedelta(days=7)).id != first
    unscheduled = prepared_event(bundle, NOW, scheduled=False).id
    assert unscheduled == event_id("demo", "coach", "-", bundle.digest) != first


def test_an_agent_that_is_not_declared_has_no_slot_and_no_cadence(bundle: Bundle) -> None:
    other = prepare_bundle(bundle.root, "optimization", unscheduled=True)
    event = prepared_event(other, NOW)
    assert (event.cadence, event.id) == (None, event_id("demo", "optimization", "-", other.digest))


def test_a_time_without_an_offset_is_refused(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="offset"):
        prepared_event(bundle, NOW.replace(tzinfo=None))


def test_the_schema_takes_the_event_and_nothing_else(bundle: Bundle) -> None:
    schema = json.loads(prepared_schema())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema)
    told = json.loads(prepared_event(bundle, NOW).as_line())
    assert list(judge.iter_errors(told)) == []
    wrong: list[dict[str, object]] = [
        {**told, "more": 1},
        {**told, "id": "x"},
        {**told, "version": "2"},
        {**told, "occurred_at": "yesterday"},
        {**told, "cadence": "hourly"},
        {key: value for key, value in told.items() if key != "repo"},
    ]
    assert all(list(judge.iter_errors(one)) for one in wrong)
