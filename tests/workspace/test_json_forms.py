"""The JSON output of every command has exactly the fields of its type, in their order."""

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json
from reference.shapes import ANSWERS

from tests.workspace.snippets import Sandbox

ROSTER = "--roster pilot-roster/roster.yml"
COMMANDS = {
    "schedule validate": "--target .",
    "schedule agents": "",
    "schedule list": "",
    "schedule next": "--from 2026-06-17",
    "schedule diff": "",
    "schedule prepare": "coach",
    "schedule export": "--to systemd --output ../units",
    "metrics show": "coach",
    "roster resolve": ROSTER,
    "roster explain": f"{ROSTER} --catalog catalog",
    "roster expect": f"{ROSTER} --since 2026-11-23 --until 2026-11-30",
    "roster status": ROSTER,
    "roster check": ROSTER,
    "roster export": f"{ROSTER} --to systemd --output ../units",
    "definitions validate": "catalog",
    "definitions dry-run": f"kaizen-weekly-coach-orientation {ROSTER}",
    "definitions sync": "catalog --check",
    "conformance run": "--resolver kaizen_schedule_core:discover_kaizen_scheduled_repos",
}


def check(answer: type, printed: str) -> None:
    """Raise an error unless the output equals a value of this type, byte for byte."""
    adapter: TypeAdapter[object] = TypeAdapter(answer)
    jsonschema.validate(json.loads(printed), adapter.json_schema(mode="serialization"))
    assert to_json(adapter.validate_json(printed, strict=True), indent=2).decode() + "\n" == printed


def test_output_of_every_command_has_its_type(tmp_path: Path) -> None:
    sandbox = Sandbox(base=tmp_path / "srv")
    sandbox.set_up("site")
    sandbox.shell(
        "git init -q; "
        "sed -i.bak 's/0 9 . . 1/30 2 * * */' .kaizen/schedule.yml; "  # to get a finding
        "sed -i.bak 's/^enabled: false/enabled: true/' catalog/weekly-coach-orientation.md"
    )
    assert list(COMMANDS) == list(ANSWERS)
    for command, words in COMMANDS.items():
        printed = sandbox.shell(f"kaizen-agentic {command} {words} --format json 2>/dev/null || [ $? = 3 ]")
        check(ANSWERS[command], printed)


RIGHT = {"version": "1", "clock": "manifest", "rows": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {**RIGHT, "more": None},
        {"version": "1", "rows": []},
        {"version": "1", "rows": [], "clock": "manifest"},
        {**RIGHT, "version": 1},
        {**RIGHT, "clock": "wall"},
        {**RIGHT, "rows": [{"repo": "demo"}]},
    ],
    ids=["extra key", "missing key", "wrong order", "wrong type", "unknown value", "incomplete row"],
)
def test_output_of_another_type_is_found(wrong: object) -> None:
    answer = ANSWERS["roster status"]
    check(answer, json.dumps(RIGHT, indent=2) + "\n")
    with pytest.raises((AssertionError, ValueError, jsonschema.ValidationError)):
        check(answer, json.dumps(wrong, indent=2) + "\n")
