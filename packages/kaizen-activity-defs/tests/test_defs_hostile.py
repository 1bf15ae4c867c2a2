"""Hostile conditions and placeholders: each is refused quickly, and none is run."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import pytest
from kaizen_activity_defs import check_definitions, packaged_definition
from kaizen_schedule_core import Diagnostic

COACH = "kaizen-weekly-coach-orientation"
CONDITION = 'condition: context.run.agent == "coach"'
TITLE = 'task_template: "Coach orientation: {context.run.repo}"'
RIGHT = 'context.run.agent == "coach"'


def lines_of(name: str) -> list[str]:
    return (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()


PLAIN = lines_of("hostile-conditions.txt")
LOOK_ALIKE = [
    *['context.run.\u0430gent == "coach"', '\uff43ontext.run.agent == "coach"'],
    *['context.run.\uff41gent == "coach"', 'context.run.\U0001d41agent == "coach"'],
    *['context.run.agent\u200b == "coach"', 'context\u2024run.agent == "coach"'],
    *['context.run.agent \uff1d\uff1d "coach"', "context.run.agent == \u201ccoach\u201d"],
    *['\u202econtext.run.agent == "coach"', '\ufeffcontext.run.agent == "coach"'],
]
SYNTAX = [
    *["", " ", "\t", "True\nTrue", "True\n== True", "True \\\n", "\nTrue or context.missing"],
    *["True\ror context.missing", "  context.missing", "context.run.agent.\n__class__ == 1"],
    *["\x0ccontext.missing", "True\x0b", "\x1b[31mcontext.run.enabled"],
    "context.run.agent == 'coach' or context.missing\x85",
    "(" * 450 + "True" + ")" * 450,
    "[" * 450 + "]" * 450,
    "not " * 30 + "True",
    "not " * 240 + "True",
    "not(" * 90 + "True" + ")" * 90,
    "context" + ".run" * 200 + " == 1",
    "context.run.agent == " + "(" * 90 + "'coach'" + ")" * 90 + " and context.missing",
    "True or " * 2000 + "True",
    f"context.run.agent == '{'a' * 200_000}'",
    "(" * 100_000,
    "9" * 5000 + " == 1",
    "1 == 1" + " == 1" * 500,
    "{" * 200,
    "'" * 999,
    "\\" * 999,
]
CONDITIONS = [*PLAIN, *LOOK_ALIKE, *SYNTAX]

VALID = [
    "context.run.agent == 'coach' == 'coach'",
    "context.run.agent == '__import__(\"os\")'",
    "context.run.agent == '{context.run.repo}'",
    "context.run.agent == '\x1b[31m'".replace("\x1b", "\\x1b"),
    "context.run.agent == '\\ud800'",
    "context.run.agent == 'coach' and 1e999 == 1e999",
    f"context.run.agent == 'coach' and {'9' * 900} > 1",
    "not context.run.agent != 'coach'",
    "context . run . agent == 'coach'",
    "(context.run.agent == 'coach'\n  or context.run.agent == 'optimization')",
    "context.run.agent in ['coach', 'optimization'] and context.run.enabled",
    "context.run.agent == 'coach' # or everybody",
]

PLACEHOLDERS = [
    *lines_of("hostile-placeholders.txt"),
    "{\ncontext.run.repo}",
    "{context.run.repo\n}",
    "{" + " " * 500 + "context.run.nothing}",
    "{context.run.r\u0435po}",
    "{\uff43ontext.run.repo}",
    "{\x1b[31m}",
    "{context.run.\x1b[31m}",
    "{" + "context." * 10_000 + "x}",
    "{context" + ".run" * 20_000 + "}",
]


def problems_of(folder: Path, old: str, new: str) -> list[Diagnostic]:
    text = packaged_definition(COACH).text
    assert text.count(old) == 1
    path = folder / "hostile.md"
    path.write_text(text.replace(old, new), encoding="utf-8")
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning of Python's compiler would be printed amid the findings
        found = check_definitions([str(path)])[1]
    assert time.process_time() - began < (8 if "coverage" in sys.modules else 1)
    return found


def yaml(text: str) -> str:
    """A text in double quotes, as YAML reads it back."""
    plain = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in plain)


def test_all_cases_are_different() -> None:
    everything = [*CONDITIONS, *VALID]
    assert len(set(everything)) == len(everything) > 250
    assert len(set(PLACEHOLDERS)) == len(PLACEHOLDERS) > 50


@pytest.mark.parametrize("condition", CONDITIONS, ids=range(len(CONDITIONS)))
def test_hostile_condition_is_rejected_with_its_column(tmp_path: Path, condition: str) -> None:
    [found] = problems_of(tmp_path, CONDITION, f"condition: {yaml(condition)}")
    assert (found.code, found.severity) == ("KZ503", "error")
    assert "column " in found.message
    assert found.message.isprintable()
    assert len(found.message) < 1500
    assert not Path("/tmp/kaizen-was-here").exists()  # noqa: S108 - where the hostile ones would write


@pytest.mark.parametrize("condition", VALID, ids=range(len(VALID)))
def test_condition_that_only_looks_hostile_is_valid(tmp_path: Path, condition: str) -> None:
    assert problems_of(tmp_path, CONDITION, f"condition: {yaml(condition)}") == []


@pytest.mark.parametrize("template", PLACEHOLDERS, ids=range(len(PLACEHOLDERS)))
def test_hostile_placeholder_is_rejected(tmp_path: Path, template: str) -> None:
    [found] = problems_of(tmp_path, TITLE, f"task_template: {yaml(template)}")
    assert (found.code, found.severity) == ("KZ504", "error")
    assert found.message.isprintable()


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ('"coach" == context.missing', "(column 12)"),
        (f"{RIGHT} and context.run", "(column 34)"),
        (f"{RIGHT} or context.run.agent < 3", "(column 33)"),
        ('context.run.agent == "\u00e9\u00e9" or context.missing', "(column 30)"),
        (f"({RIGHT}\n  or context.missing)", "(line 2, column 6)"),
        (f"({RIGHT}\r\n  or print())", "(line 2, column 6)"),
        (f"({RIGHT}\n  or )", "(line 2, column 6)"),
    ],
)
def test_column_is_that_of_the_invalid_part(tmp_path: Path, condition: str, place: str) -> None:
    [found] = problems_of(tmp_path, CONDITION, f"condition: {yaml(condition)}")
    assert found.message.endswith(place)
