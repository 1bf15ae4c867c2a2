"""The event of a prepared bundle: its form, its id and its schema."""

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


def test_the_event_has_the_form_of_the_contract(bundle: Bundle) -> None:
    event = json.loads(prepared_event(bundle, NOW).as_line())
    slot = "demo/coach/20260615T0700Z"  # Monday 09:00 in Europe/Berlin
    assert event == {
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
    assert list(event) == list(PreparedEvent.model_fields)
    assert "\n" not in prepared_event(bundle, NOW).as_line()


def test_the_id_depends_only_on_the_slot_and_not_on_the_time(bundle: Bundle) -> None:
    first = prepared_event(bundle, NOW).id
    assert prepared_event(bundle, NOW + timedelta(days=4)).id == first, "the same week"
    assert prepared_event(bundle, NOW.astimezone(timezone(timedelta(hours=9)))).id == first
    assert prepared_event(bundle, NOW + timedelta(days=7)).id != first
    unscheduled = prepared_event(bundle, NOW, scheduled=False).id
    assert unscheduled == event_id("demo", "coach", "-", bundle.digest) != first


def test_an_undeclared_agent_has_no_slot_and_no_cadence(bundle: Bundle) -> None:
    other = prepare_bundle(bundle.root, "optimization", unscheduled=True)
    event = prepared_event(other, NOW)
    assert (event.cadence, event.id) == (None, event_id("demo", "optimization", "-", other.digest))


def test_a_time_without_an_offset_is_an_error(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match="offset"):
        prepared_event(bundle, NOW.replace(tzinfo=None))


def test_the_schema_accepts_only_the_event(bundle: Bundle) -> None:
    schema = json.loads(prepared_schema())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    event = json.loads(prepared_event(bundle, NOW).as_line())
    assert list(validator.iter_errors(event)) == []
    wrong: list[dict[str, object]] = [
        {**event, "more": 1},
        {**event, "id": "x"},
        {**event, "version": "2"},
        {**event, "occurred_at": "yesterday"},
        {**event, "cadence": "hourly"},
        {key: value for key, value in event.items() if key != "repo"},
    ]
    assert all(list(validator.iter_errors(one)) for one in wrong)
