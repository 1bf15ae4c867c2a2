"""Responses of a hub: every entry has one outcome, the counts add up, and no text contains terminal escapes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Roster, RosterError, resolve_roster
from kaizen_schedule_core.fleet.hub_response import InvalidListing, rows_of
from kaizen_schedule_core.fleet.resolution import OUTCOMES
from kaizen_schedule_core.fleet.roster import load_roster, roster_of

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WORDS = st.text(max_size=9) | st.sampled_from(
    ["a", "b", "a\n", "../x", "-rf", "a" * 100, "a" * 101, "\u202e", "\ud800", "\x1b[31m", "$(id)", "`id`", "h"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
PATHS = st.sampled_from(["GOOD", "GOOD", "/missing", "/dev/null", "/dev/zero/x", "///", "/a\0b", "~", "."]) | ANYTHING
ROWS = st.lists(
    st.fixed_dictionaries(
        {"slug": st.sampled_from(["a", "b", "c"]) | ANYTHING},
        optional={
            "domain": st.just("custodian") | ANYTHING,
            "host_paths": st.dictionaries(WORDS, PATHS, max_size=3) | ANYTHING,
            "local_path": PATHS,
            "kaizen_schedule_enabled": ANYTHING,
            "other": ANYTHING,
        },
    )
    | ANYTHING,
    min_size=1,
    max_size=7,
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    (root / ".kaizen").mkdir()
    (root / ".kaizen/schedule.yml").write_text('version: "1"\nagents:\n  coach: {cadence: weekly}\n', encoding="utf-8")
    return root


def listed(text: str) -> Roster:
    return roster_of(rows_of(text.encode(), private=False), source="hub", base=None)


@settings(max_examples=150)
@given(rows=ROWS, domain=st.sampled_from([None, "custodian"]), window=st.sampled_from([None, timedelta(days=7)]))
def test_every_entry_has_the_same_outcome_from_hub_and_file(
    good: Path, rows: list[Any], domain: str | None, window: timedelta | None
) -> None:
    text = json.dumps(rows).replace('"GOOD"', json.dumps(str(good)))
    by_hub = resolve_roster(domain, None, NOW, roster=listed(text), host="h", window=window)
    assert list(by_hub.counts) == list(OUTCOMES)
    assert sum(by_hub.counts.values()) == len(by_hub.outcomes) == len(rows)
    assert all((found.repo + found.detail).isprintable() for found in by_hub.outcomes)
    names = [found.repo for found in by_hub.outcomes if found.outcome != "invalid-entry"]
    assert not [run for run in by_hub.runs if names.count(run.repo) > 1]
    file = good / "roster.yml"
    file.write_text('{"version": "1", "repos": ' + text + "}", encoding="utf-8")
    try:
        by_file = resolve_roster(domain, None, NOW, roster=str(file), host="h", window=window)
    except RosterError:
        return  # YAML lets fewer signs pass than JSON
    if not any("is not absolute" in found.detail for found in by_hub.outcomes):
        assert (by_file.outcomes, by_file.digest) == (by_hub.outcomes, by_hub.digest)


def test_a_byte_order_mark_is_ignored() -> None:
    assert rows_of(b"\xef\xbb\xbf[1]", private=False) == [1]


@pytest.mark.parametrize(("depth", "fits"), [(64, True), (65, False)])
def test_64_levels_of_nesting_are_the_limit(depth: int, fits: bool) -> None:  # noqa: FBT001 - a value of the table
    text = b"[" * depth + b"]" * depth
    if fits:
        assert rows_of(text, private=False)
    else:
        with pytest.raises(InvalidListing, match="deeper than 64"):
            rows_of(text, private=False)


def test_a_private_response_is_not_quoted() -> None:
    for text in (b"Basic dTpw", b'{"Basic dTpw": 1}', b'"Basic dTpw"', b'[{"Basic dTpw": 1, "Basic dTpw": 2}]'):
        with pytest.raises(InvalidListing) as caught:
            rows_of(text, private=True)
        assert "dTpw" not in str(caught.value) + caught.value.hint


def test_a_file_and_a_hub_give_the_same_roster(good: Path) -> None:
    rows = [{"slug": "a", "local_path": str(good)}, 7]
    (good / "same.yml").write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")
    assert load_roster(str(good / "same.yml")).entries == listed(json.dumps(rows)).entries
