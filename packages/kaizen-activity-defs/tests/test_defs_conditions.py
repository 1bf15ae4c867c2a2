"""Conditions are parsed, never run: allowed ones, refused ones, and hostile ones."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_activity_defs.conditions import Condition, EvaluationError, parse_condition

CONTEXT: dict[str, Any] = {
    "run": {"agent": "coach", "repo": "demo", "count": 3, "enabled": True, "nothing": None, "tags": ["a", "b"]},
    "flag": False,
}


def hold(text: str, context: dict[str, Any] | None = None) -> bool:
    parsed = parse_condition(text)
    assert not isinstance(parsed, str), parsed
    return parsed.holds(CONTEXT if context is None else context)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ('context.run.agent == "coach"', True),
        ("context.run.agent == 'optimization'", False),
        ('"coach" == context.run.agent', True),
        ('context.run.agent != "coach"', False),
        ("context.run.count > 2", True),
        ("1 < context.run.count <= 3", True),
        ("1 < context.run.count < 3", False),
        ('context.run.agent in ["coach", "optimization"]', True),
        ('context.run.agent in ("x",)', False),
        ('context.run.agent not in ["x"]', True),
        ('"a" in context.run.tags', True),
        ('"oac" in context.run.agent', True),
        ("context.run.enabled", True),
        ("not context.run.enabled", False),
        ("context.run.enabled and not context.flag", True),
        ("context.flag or context.run.enabled", True),
        ("context.flag and context.not.there", None),
        ("context.run.nothing == None", True),
        ("(context.run.enabled)", True),
        ("True", True),
        ("  context.run.enabled  ", True),
    ],
)
def test_allowed_conditions(text: str, truth: bool | None) -> None:  # noqa: FBT001 - a table of values
    if truth is None:
        assert isinstance(parse_condition(text), str)
    else:
        assert hold(text.strip()) is truth


@pytest.mark.parametrize(
    "text", ['context.run.agent in ("coach-plus")', 'context.run.agent not in "coach"', '1 in "1"']
)
def test_membership_in_a_text_is_refused(text: str) -> None:
    assert "in needs a list: write (" in str(parse_condition(text))


@pytest.mark.parametrize("text", ["context.run.agent in [1, 2]", "1 not in context.run.tags", 'True in ("x", 1)'])
def test_membership_compares_only_values_of_one_kind(text: str) -> None:
    with pytest.raises(EvaluationError, match="different kinds"):
        hold(text)


HOSTILE = {
    "call": "len(context.run.agent) == 5",
    "import": "__import__('os').system('touch /tmp/kaizen-pwned')",
    "method": "context.run.agent.upper() == 'COACH'",
    "subscript": "context.run['agent'] == 'coach'",
    "slice": "context.run.tags[0:1] == []",
    "lambda": "(lambda: True)()",
    "list comprehension": "[x for x in context.run.tags]",
    "generator": "any(x for x in context.run.tags)",
    "dict": "{'a': 1} == context.run",
    "set": "context.run.agent in {'coach'}",
    "f-string": "f'{context.run.agent}' == 'coach'",
    "walrus": "(x := True)",
    "ternary": "True if context.flag else False",
    "await": "await context.flag",
    "yield": "(yield)",
    "star": "[*context.run.tags]",
    "power": "9 ** 9 ** 9 ** 9 == 1",
    "shift": "1 << 99999999999 == 1",
    "multiplied text": "'a' * 9999999999 == context.run.agent",
    "arithmetic": "context.run.count + 1 == 4",
    "minus": "-context.run.count == 1",
    "is": "context.run.nothing is None",
    "bytes": "context.run.agent == b'coach'",
    "ellipsis": "context.flag == ...",
    "complex": "context.run.count == 1j",
    "another root": "run.agent == 'coach'",
    "builtin": "open == 1",
    "statement": "import os",
    "assignment": "context.run.agent = 'coach'",
    "two statements": "True; True",
    "two lines": "True\nTrue",
    "nothing": "",
    "blank": "   ",
    "comment": "# True",
    "nul": "True\x00",
    "surrogate": "'\udcff' == context.run.agent",
    "deep brackets": "(" * 450 + "True" + ")" * 450,
    "deep not": "not " * 240 + "True",
    "deep list": "[" * 400 + "]" * 400 + " == context.flag",
    "deep path": "context" + ".a" * 490 + " == (1)" + "",
    "long": "True or " * 2000 + "True",
    "huge number": "1" * 990 + " == context.run.count and ()()",
    "huge": "(" * 1_000_000,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_condition_is_rejected_or_harmless_within_a_second(what: str) -> None:
    began = time.process_time()
    parsed = parse_condition(HOSTILE[what])
    if isinstance(parsed, Condition):
        with pytest.raises(EvaluationError):
            parsed.holds(CONTEXT)
        assert what in {"deep path", "surrogate"}
    else:
        assert parsed
        assert parsed.isprintable()
    assert time.process_time() - began < (8 if "coverage" in sys.modules else 1)


@pytest.mark.parametrize(
    "text",
    [
        *["context.__class__ == 1", "context.run.__class__.__mro__ == 1"],
        *["context.run.agent.__len__ == 1", "context.run.keys == 1", "context.run.tags.append == 1"],
        *["context.run.agent.upper == 1", "context.missing == 1", "context.run.missing == 1"],
        *["context.run.agent.x == 1", "context.run.missing != 1", "not context.run.missing"],
    ],
)
def test_unknown_path_is_an_error_not_false(text: str) -> None:
    parsed = parse_condition(text)
    assert not isinstance(parsed, str)
    with pytest.raises(EvaluationError, match="unknown path context"):
        parsed.holds(CONTEXT)


@pytest.mark.parametrize(
    "text",
    [
        *["context.run.agent", "context.run.count", "context.run.nothing", "1", "'coach'", "None"],
        *["context.run.agent and True", "not context.run.count", "context.run.agent < 3"],
        *["3 in context.run.count", "context.run.nothing > 1", "context", "context.run"],
    ],
)
def test_value_that_is_not_a_boolean_is_an_error(text: str) -> None:
    parsed = parse_condition(text)
    assert not isinstance(parsed, str)
    with pytest.raises(EvaluationError):
        parsed.holds(CONTEXT)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("len(context.run.agent) == 5", 1),
        ("context.flag and len(context.x)", 18),
        ('context.run.agent == "é" and open', 30),
        ("context.flag and )", 18),
    ],
)
def test_message_contains_the_column(text: str, column: int) -> None:
    parsed = parse_condition(text)
    assert isinstance(parsed, str)
    assert f"column {column})" in parsed


@given(st.text(max_size=200))
def test_any_text_is_invalid_or_gives_a_boolean_or_an_error(text: str) -> None:
    parsed = parse_condition(text)
    if isinstance(parsed, str):
        assert parsed
        return
    answers: list[object] = []
    with suppress(EvaluationError):
        answers.append(parsed.holds(CONTEXT))
    assert answers in ([], [True], [False])


@given(st.text(), st.text())
def test_equality_compares_texts(left: str, right: str) -> None:
    parsed = parse_condition("context.left == context.right")
    assert not isinstance(parsed, str)
    assert parsed.holds({"left": left, "right": right}) is (left == right)
