from __future__ import annotations

import json
import random
import tempfile
import tracemalloc
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Summary, summarize
from kaizen_schedule_core.repo.paths import metrics_path


def row(second: int, *, success: bool = True, quality: float | None = None, **more: object) -> dict[str, Any]:
    at = f"2026-06-{1 + second // 86400:02d}T{second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
    measured = {} if quality is None else {"quality_score": quality}
    return {"timestamp": at, "agent": "coach", "success": success, **measured, **more}


def write(root: str | Path, rows: list[dict[str, Any]]) -> None:
    path = Path(root) / metrics_path("coach")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(item) + "\n" for item in rows))


def summary_of(root: str | Path, rows: list[dict[str, Any]]) -> Summary:
    write(root, rows)
    summary, problems = summarize(str(root), "coach")
    assert problems == ()
    assert summary is not None
    return summary


def quality_trend(root: Path, before: list[float | None], now: list[float | None]) -> str:
    rows = [row(second, quality=value) for second, value in enumerate([*before, *now])]
    return summary_of(root, rows).trend["quality_score"]


def test_without_records_there_is_no_summary(tmp_path: Path) -> None:
    assert summarize(str(tmp_path), "coach") == (None, ())
    write(tmp_path, [])
    assert summarize(str(tmp_path), "coach") == (None, ())


def test_rates_and_means_have_four_decimals_and_ignore_missing_values(tmp_path: Path) -> None:
    rows = [
        row(1, success=True, quality=1, execution_time_s=1),
        row(2, success=True, quality=0, execution_time_s=2.5),
        row(3, success=False, execution_time_s=None),
        row(4, success=True, quality=1),
        row(5, success=True),
        row(6, success=True, execution_time_s=0.00001),
    ]
    summary = summary_of(tmp_path, rows)
    assert summary == Summary(
        execution_count=6,
        success_rate=0.8333,
        avg_quality_score=0.6667,
        avg_execution_time_s=1.1667,
        last_execution="2026-06-01T00:00:06Z",
        trend={"success_rate": "unknown", "quality_score": "unknown"},
    )


def test_a_value_that_no_record_has_is_null(tmp_path: Path) -> None:
    summary = summary_of(tmp_path, [row(1, success=False)])
    assert (summary.success_rate, summary.avg_quality_score, summary.avg_execution_time_s) == (0.0, None, None)
    assert summary.rows() == [
        ("execution_count", "1"),
        ("success_rate", "0.0"),
        ("avg_quality_score", "not measured"),
        ("avg_execution_time_s", "not measured"),
        ("last_execution", "2026-06-01T00:00:01Z"),
        ("trend of success_rate", "unknown"),
        ("trend of quality_score", "unknown"),
    ]


def test_huge_times_give_a_finite_mean(tmp_path: Path) -> None:
    summary = summary_of(tmp_path, [row(n, execution_time_s=1.7e308) for n in range(3)])
    json.dumps(asdict(summary), allow_nan=False)


def test_unknown_and_optional_keys_are_accepted(tmp_path: Path) -> None:
    rich = row(1, session_id="s", primary_metric={"name": "n", "value": 1, "target": 2}, metadata={"a": [1]}, x=1)
    assert summary_of(tmp_path, [rich]).execution_count == 1


@pytest.mark.parametrize(
    ("before", "now", "trend"),
    [
        pytest.param([0.5] * 5, [0.55] * 5, "up", id="exactly-0.05-up"),
        pytest.param([0.55] * 5, [0.5] * 5, "down", id="exactly-0.05-down"),
        pytest.param([0.1] * 5, [0.15] * 5, "up", id="exactly-0.05-with-rounding-error"),
        pytest.param([0.8] * 5, [0.85] * 5, "up", id="exactly-0.05-high"),
        pytest.param([0.5] * 5, [0.5499] * 5, "stable", id="just-under-up"),
        pytest.param([0.5] * 5, [0.4501] * 5, "stable", id="just-under-down"),
        pytest.param([0.5] * 3, [0.9] * 5, "up", id="three-before-is-enough"),
        pytest.param([0.5] * 2, [0.9] * 5, "unknown", id="two-before-is-not"),
        pytest.param([], [0.9] * 5, "unknown", id="nothing-before"),
        pytest.param([0.1] * 5, [None, None, 0.9, 0.9, 0.9], "up", id="three-values-now"),
        pytest.param([0.1] * 5, [None, None, None, 0.9, 0.9], "unknown", id="two-values-now"),
        pytest.param([None, None, None, 0.1, 0.1], [0.9] * 5, "unknown", id="two-values-before"),
        pytest.param([0.9] * 4 + [0.1] * 5, [0.1] * 5, "stable", id="older-records-do-not-count"),
        pytest.param([0.9] * 5 + [None, None, None, 0.1, 0.1], [0.9] * 5, "unknown", id="older-values-are-not-used"),
    ],
)
def test_the_trend_compares_the_last_five_records_with_the_five_before(
    tmp_path: Path, before: list[float | None], now: list[float | None], trend: str
) -> None:
    assert quality_trend(tmp_path, before, now) == trend


@pytest.mark.parametrize(
    ("outcomes", "trend"),
    [
        ("0000011111", "up"),
        ("1111100000", "down"),
        ("1111111111", "stable"),
        ("0111101111", "stable"),
        ("0011101111", "up"),
        ("11100000", "down"),
        ("1100000", "unknown"),
        ("1", "unknown"),
    ],
)
def test_the_trend_of_success_uses_the_same_rule(tmp_path: Path, outcomes: str, trend: str) -> None:
    rows = [row(second, success=outcome == "1") for second, outcome in enumerate(outcomes)]
    assert summary_of(tmp_path, rows).trend["success_rate"] == trend


def test_records_are_ordered_by_timestamp_and_not_by_line(tmp_path: Path) -> None:
    rows = [row(second, quality=0.1 if second < 5 else 0.9) for second in range(10)]
    summary = summary_of(tmp_path, rows[::-1])
    assert summary.trend["quality_score"] == "up"
    assert summary.last_execution == "2026-06-01T00:00:09Z"


def test_the_line_decides_between_equal_timestamps(tmp_path: Path) -> None:
    rows = [row(7, quality=0.1 if line < 5 else 0.9) for line in range(10)]
    assert summary_of(tmp_path, rows).trend["quality_score"] == "up"
    assert summary_of(tmp_path, rows[::-1]).trend["quality_score"] == "down"


def by_the_book(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Compute the trend of ADR-004 with integers, so that 0.05 is exact."""
    ordered = sorted(rows, key=lambda item: item["timestamp"])
    trends = {}
    for name, key in (("success_rate", "success"), ("quality_score", "quality_score")):
        values = [None if item.get(key) is None else round(100 * item[key]) for item in ordered]
        now = [value for value in values[-5:] if value is not None]
        before = [value for value in values[-10:-5] if value is not None]
        if len(now) < 3 or len(before) < 3:
            trends[name] = "unknown"
            continue
        difference = sum(now) * len(before) - sum(before) * len(now)
        small = abs(difference) < 5 * len(now) * len(before)
        trends[name] = "stable" if small else "up" if difference > 0 else "down"
    return trends


@settings(max_examples=150)
@given(
    drawn=st.lists(
        st.tuples(st.integers(0, 12), st.booleans(), st.none() | st.integers(0, 100)), min_size=1, max_size=25
    )
)
def test_the_trend_follows_adr_004_for_any_records(drawn: list[tuple[int, bool, int | None]]) -> None:
    rows = [row(at, success=ok, quality=None if score is None else score / 100) for at, ok, score in drawn]
    with tempfile.TemporaryDirectory() as root:
        summary = summary_of(root, rows)
    assert summary.trend == by_the_book(rows)
    assert summary.execution_count == len(rows)
    assert summary.success_rate == round(sum(ok for _, ok, _ in drawn) / len(drawn), 4)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 30))
def test_the_order_of_lines_with_different_timestamps_does_not_matter(seed: int, size: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    rows = [
        row(n, success=chance.random() < 0.5, quality=chance.random(), execution_time_s=chance.choice([0.1, 1.0, 1e16]))
        for n in range(size)
    ]
    shuffled = chance.sample(rows, size)
    with tempfile.TemporaryDirectory() as root:
        assert summary_of(root, rows) == summary_of(root, shuffled)


def peak_memory(root: Path, lines: int) -> int:
    """Return the peak memory while a file of that many lines is summarized."""
    path = root / metrics_path("coach")
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(row(1, quality=0.5, execution_time_s=0.1, metadata={"padding": "x" * 1000})) + "\n"
    path.write_text(line * (lines - 1) + json.dumps(row(2, success=False)) + "\n")
    assert path.stat().st_size > 4_000_000, "larger than any buffer"
    tracemalloc.start()
    try:
        summary, problems = summarize(str(root), "coach")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert summary is not None
    assert (summary.execution_count, summary.last_execution, problems) == (lines, "2026-06-01T00:00:02Z", ())
    return peak


def test_memory_use_does_not_grow_with_the_number_of_lines(tmp_path: Path) -> None:
    few, many = peak_memory(tmp_path, 5_000), peak_memory(tmp_path, 25_000)
    assert many - few < 20_000, "less than a byte for each further line"
    assert many < 8_000_000
