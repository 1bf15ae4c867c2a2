"""The shape of every JSON answer, read from answers that were really given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reference.running import answer, pilot_fleet, run

_WIDTH = 84
_WORDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_FILES = {
    "wrong.yml": 'version: "1"\nversion: "1"\nagents:\n  coach: {cadence: weekley}\n',
    "fold/.kaizen/schedule.yml": 'version: "1"\nagents:\n  coach: {cadence: daily, cron: "30 2 * * *"}\n',
    "pilot-roster/the-custodian/CLAUDE.md": "No heading.\n",
    "stray.yml": 'version: "1"\nrepos:\n  - slug: stray\n  - slug: fold\n    local_path: fold\n',
}


def json_shapes(root: Path) -> dict[str, str]:
    """The shape for each command that has `--format json`."""
    with pilot_fleet(root) as folder:
        return {
            command: shape([_answer(command, words, folder) for words in asked])
            for command, asked in _questions(folder).items()
        }


def _questions(folder: Path) -> Mapping[str, Sequence[tuple[str, ...]]]:
    """What each command is asked, so often that everything that can be null is so once and no list is empty."""
    (folder / "copied").mkdir()
    answer(["definitions", "sync", "copied"], folder)
    draft = (folder / "copied/weekly-coach-orientation.md").read_text(encoding="utf-8")
    edited = draft.replace("Weekly coach", "Coach")
    for name, text in {
        **_FILES,
        "twin.md": f"---\nowner: x\n{edited[4:]}",
        "copied/weekly-coach-orientation.md": edited,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    answer(["metrics", "record", "tdd-workflow", "--success"], folder)
    roster = ("--roster", "pilot-roster/roster.yml")
    both_clocks = [roster, (*roster, "--catalog", "catalog")]
    custodian = ("--target", "pilot-roster/the-custodian")
    return {
        "schedule validate": [("wrong.yml", "absent.yml")],
        "schedule list": [("--all",)],
        "schedule next": [("--target", "fold", "--from", "2026-10-24", "--until", "2026-10-27")],
        "schedule prepare": [("coach", *custodian), ("scope-analyst", "--unscheduled", *custodian)],
        "metrics show": [("coach", *custodian), ("tdd-workflow",)],
        "roster resolve": [roster],
        "roster explain": [*both_clocks, ("--roster", "stray.yml")],
        "roster expect": [(*roster, "--since", "2026-06-15", "--until", "2026-06-22")],
        "roster status": both_clocks,
        "roster check": [roster],
        "definitions validate": [("catalog", "twin.md", "absent.md")],
        "definitions dry-run": [("kaizen-weekly-coach-orientation", *roster)],
        "definitions sync": [("copied",)],
        "conformance run": [("--resolver", "builtins:dict")],
    }


def _answer(command: str, words: Sequence[str], folder: Path) -> Any:
    done = run([*command.split(), *words, "--format", "json"], folder)
    if not done.stdout:
        raise AssertionError(f"{command} {' '.join(words)} exits {done.exit_code} without an answer: {done.stderr}")
    return json.loads(done.stdout)


def shape(answers: Sequence[Any]) -> str:
    """One text for what all answers have in common: keys in their order, and the kinds of value each was seen with."""
    return "\n".join(_lines(answers))


def _lines(values: Sequence[Any]) -> list[str]:
    """The shape on one line where it fits."""
    records = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list)]
    others = dict.fromkeys(_WORDS[type(value)] for value in values if not isinstance(value, dict | list))
    null = [" | null"] if "null" in others and (records or lists) else []
    if records:
        keys = dict.fromkeys(key for record in records for key in record)
        parts = [_named(key, [record[key] for record in records if key in record]) for key in keys]
        lines = _joined("{", parts, "}")
    elif lists:
        items = [item for value in lists for item in value]
        lines = _joined("[", [_lines(items)], "]") if items else ["[]"]
    else:
        lines = [" | ".join(sorted(others, key=lambda word: word == "null"))]
    return [*lines[:-1], lines[-1] + "".join(null)]


def _named(key: str, values: Sequence[Any]) -> list[str]:
    lines = [json.dumps(values[0])] if key == "version" else _lines(values)
    return [f"{key}: {lines[0]}", *lines[1:]]


def _joined(opening: str, parts: list[list[str]], closing: str) -> list[str]:
    inline = opening + ", ".join(part[0] for part in parts) + closing
    if all(len(part) == 1 for part in parts) and len(inline) <= _WIDTH:
        return [inline]
    if opening == "[":  # the brackets of a list hug what it lists
        [part] = parts
        return [f"[{part[0]}", *part[1:-1], f"{part[-1]}]"] if len(part) > 1 else [inline]
    ended = [[*part[:-1], part[-1] + ("," if part is not parts[-1] else "")] for part in parts]
    return [opening, *(f"  {line}" for part in ended for line in part), closing]
