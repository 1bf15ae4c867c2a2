"""The value that tells a person what is wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core import CODES, Diagnostic, KaizenError
from kaizen_schedule_core.diagnostics import (
    Span,
    count,
    diagnose,
    did_you_mean,
    escape_control_chars,
    has_errors,
    quoted,
    suggest,
    tidy,
)

PLACES = st.one_of(st.none(), st.integers(1, 3))
DIAGNOSTICS = st.builds(
    Diagnostic,
    code=st.sampled_from(["KZ101", "KZ203", "KZ301"]),
    severity=st.sampled_from(["error", "warning", "info"]),
    message=st.text(max_size=3),
    file=st.sampled_from(["a", "b"]),
    line=PLACES,
    column=PLACES,
)


def place_of(found: Diagnostic) -> tuple[str, int, int]:
    return found.file, found.line or 0, found.column or 0


@given(st.lists(DIAGNOSTICS, max_size=12))
def test_tidy_sorts_by_file_and_place_and_invents_nothing(found: list[Diagnostic]) -> None:
    tidied = tidy(found)
    assert [place_of(one) for one in tidied] == sorted(place_of(one) for one in tidied)
    assert all(replace(one, notes=()) in found for one in tidied)
    assert tidy(tidied) == tidied


@given(st.lists(DIAGNOSTICS, max_size=12))
def test_tidy_keeps_one_error_a_place_and_loses_nothing(found: list[Diagnostic]) -> None:
    errors = [one for one in found if one.severity == "error" and one.line is not None]
    first = {place: next(one for one in errors if place_of(one) == place) for place in map(place_of, errors)}
    others = [one for one in found if one.severity != "error" or one.line is None]
    assert len(tidy(found)) + sum(len(one.notes) for one in tidy(found)) == len(found)
    tidied = [replace(one, notes=()) for one in tidy(found)]
    assert len(tidied) == len(first) + len(others)
    for one in (*first.values(), *others):
        tidied.remove(one)
    assert tidied == []


@given(st.lists(DIAGNOSTICS, max_size=12))
def test_counts_add_up_and_name_every_severity(found: list[Diagnostic]) -> None:
    counts = count(found)
    assert list(counts) == ["error", "warning", "info"]
    assert sum(counts.values()) == len(found)
    assert has_errors(found) == (counts["error"] > 0)


@given(st.text())
def test_inert_text_contains_no_control_characters(text: str) -> None:
    assert escape_control_chars(text).isprintable()
    assert escape_control_chars(escape_control_chars(text)) == escape_control_chars(text)
    if text.isprintable():
        assert escape_control_chars(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\u202eevil", r"\u202eevil"),
        ("\x9b31m", r"\x9b31m"),
        ("\udc80", r"\udc80"),
        ("Zoë 🎺", "Zoë 🎺"),
    ],
    ids=ascii,
)
def test_escapes_are_shown_as_text(text: str, shown: str) -> None:
    assert escape_control_chars(text) == shown


@given(st.text(max_size=200))
def test_a_quoted_value_is_short_inert_and_in_quotes(text: str) -> None:
    shown = quoted(text)
    assert shown.isprintable()
    assert shown[0] == shown[-1] == '"'
    assert len(shown) <= 60 * len(r"\U00000000") + 2


def test_a_long_value_is_shortened() -> None:
    assert quoted("x" * 60) == f'"{"x" * 60}"'
    assert quoted("x" * 61) == f'"{"x" * 59}…"'


@pytest.mark.parametrize(
    ("word", "expected"),
    [("weekley", "weekly"), ("WEEKLY", "weekly"), ("dayly", "daily"), ("hourly", None), ("", None), ("x" * 500, None)],
    ids=lambda value: str(value)[:10],
)
def test_a_near_miss_gets_a_suggestion_and_a_far_one_none(word: str, expected: str | None) -> None:
    candidates = ["daily", "weekly", "monthly"]
    assert suggest(word, candidates) == expected
    assert did_you_mean(word, candidates) == (f'did you mean "{expected}"?' if expected else None)


def test_the_case_of_the_candidate_is_kept() -> None:
    assert suggest("keepatodofile", ["coach", "keepaTodofile"]) == "keepaTodofile"


def test_without_a_span_all_four_places_are_null() -> None:
    found = diagnose(CODES["KZ101"], "gone", file="x")
    assert (found.line, found.column, found.end_line, found.end_column) == (None, None, None, None)
    assert found.severity == "error"


def test_an_exception_keeps_its_diagnostics_in_order_and_says_them() -> None:
    later = diagnose(CODES["KZ203"], "later", file="x", span=Span(line=2, column=1, end_line=2, end_column=2))
    first = diagnose(CODES["KZ204"], "first", file="x", span=Span(line=1, column=1, end_line=1, end_column=2))
    error = KaizenError([later, first])
    assert error.diagnostics == (first, later)
    assert str(error) == "KZ204: first; KZ203: later"
    assert KaizenError(first).diagnostics == (first,)
