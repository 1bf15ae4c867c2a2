"""The page of JSON forms shows the keys that the commands really print, all of them and no other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.workspace.snippets import ROOT, Sandbox

ROSTER = "--roster pilot-roster/roster.yml"
COMMANDS = {
    "schedule validate": "schedule validate --target .",
    "schedule list": "schedule list",
    "schedule next": "schedule next --from 2026-06-17",
    "schedule prepare": "schedule prepare coach",
    "metrics show": "metrics show coach",
    "roster explain": f"roster explain {ROSTER} --catalog catalog",
    "roster expect": f"roster expect {ROSTER} --since 2026-11-23 --until 2026-11-30",
    "roster status": f"roster status {ROSTER}",
    "roster check": f"roster check {ROSTER}",
    "definitions dry-run": f"definitions dry-run kaizen-weekly-coach-orientation {ROSTER}",
    "definitions sync": "definitions sync catalog --check",
}


def forms() -> dict[str, Any]:
    """The first form of each section of the page, by the section's command."""
    text = (ROOT / Path("docs/reference/json-forms.md")).read_text(encoding="utf-8")
    found = re.findall(r"^## `([^`]+)`\n(?:(?!^## )[\s\S])*?^```text\n(\{[a-z][\s\S]*?)^```$", text, re.MULTILINE)
    return {command: read(iter(re.findall(r"[\w-]+|[{}\[\]:,]", shape))) for command, shape in found}


def read(words: Iterator[str], word: str = "") -> Any:
    """A form as a value: a mapping with its keys, a list with its one kind of item, a name for what is plain."""
    word = word or next(words)
    if word == "[":
        item = read(words)
        assert next(words) == "]"
        return [item]
    if word != "{":
        return word
    keys: dict[str, Any] = {}
    key = ""
    for mark in words:
        if mark == "}":
            return keys
        if mark == ":":
            keys[key] = read(words)
        elif mark != ",":
            key = mark
            keys[key] = ""
    raise AssertionError("a form that does not end")


def differs(form: Any, value: Any, path: str = "") -> list[str]:
    """Where a value is not as the form says. A mapping of one plain key and value stands for any keys."""
    if isinstance(form, list):
        return [told for item in value for told in differs(form[0], item, f"{path}[]")]
    if not isinstance(form, dict):
        plain = value if isinstance(value, list) else [value]
        return [f"{path}: keys that the page does not show"] if any(isinstance(item, dict) for item in plain) else []
    if len(form) == 1 and all(isinstance(kind, str) and kind for kind in form.values()):
        return []
    if list(form) != list(value):
        return [f"{path}: {list(value)}, and the page shows {list(form)}"]
    return [told for key in form for told in differs(form[key], value[key], f"{path}.{key}")]


def test_the_forms_on_the_page_are_those_that_are_printed(tmp_path: Path) -> None:
    shown = forms()
    assert set(shown) - set(COMMANDS) == {"roster smoke --report", "conformance run"}  # compared where they are tested
    assert set(COMMANDS) <= set(shown)
    sandbox = Sandbox(base=tmp_path / "srv")
    sandbox.set_up("site")
    sandbox.shell(
        "sed -i.bak 's/0 9 . . 1/30 2 * * */' .kaizen/schedule.yml; "  # so that there is something to tell
        "sed -i.bak 's/^enabled: false/enabled: true/' catalog/weekly-coach-orientation.md"
    )
    wrong = {}
    for command, words in COMMANDS.items():
        printed = sandbox.shell(f"kaizen-agentic {words} --format json 2>/dev/null || [ $? = 3 ]")
        wrong[command] = differs(shown[command], json.loads(printed))
    assert {command: told for command, told in wrong.items() if told} == {}


def test_a_form_that_differs_is_told() -> None:
    form = read(iter(re.findall(r"[\w-]+|[{}\[\]:,]", "{a, b: [{c, d}], counts: {outcome: n}}")))
    assert form == {"a": "", "b": [{"c": "", "d": ""}], "counts": {"outcome": "n"}}
    assert differs(form, {"a": 1, "b": [{"c": 1, "d": None}], "counts": {"x": 1}}) == []
    assert differs(form, {"a": 1, "b": [{"c": 1}], "counts": {}}) == [".b[]: ['c'], and the page shows ['c', 'd']"]
    assert differs(form, {"a": {"e": 1}, "b": [], "counts": {}}) == [".a: keys that the page does not show"]
