from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from kaizen_schedule_core import ExecutionRecord, KaizenError, record_run, summarize
from kaizen_schedule_core.repo.metrics import Latest, read_latest
from kaizen_schedule_core.repo.paths import metrics_path

GOOD = b'{"timestamp":"2026-06-17T09:00:00Z","agent":"coach","success":true}\n'
LIMIT = 64 * 1024
SECOND = ExecutionRecord(timestamp="2026-06-18T09:00:00Z", agent="coach", success=False)


def file_of(root: Path, content: bytes) -> Path:
    path = root / metrics_path("coach")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def padded(size: int) -> bytes:
    """Return a valid record of exactly that many bytes, without the line end."""
    text = GOOD.decode().rstrip("}\n") + ',"metadata":{"x":"'
    return (text + "x" * (size - len(text) - 3) + '"}}\n').encode()


WRONG = {
    "too-long": (padded(LIMIT + 1), "KZ112"),
    "far-too-long": (b"a" * 5_000_000 + b"\n", "KZ112"),
    "not-json": (b"<<<<<<< HEAD\n", "KZ241"),
    "half-an-object": (GOOD[:20] + b"\n", "KZ241"),
    "two-on-a-line": (GOOD.rstrip() + GOOD, "KZ241"),
    "a-list": (b"[1]\n", "KZ241"),
    "null": (b"null\n", "KZ241"),
    "of-another-agent": (GOOD.replace(b"coach", b"optimization"), "KZ241"),
    "success-as-text": (GOOD.replace(b"true", b'"true"'), "KZ241"),
    "success-as-number": (GOOD.replace(b"true", b"1"), "KZ241"),
    "no-timestamp": (b'{"agent":"coach","success":true}\n', "KZ241"),
    "timestamp-without-offset": (GOOD.replace(b"00Z", b"00"), "KZ241"),
    "timestamp-as-number": (GOOD.replace(b'"2026-06-17T09:00:00Z"', b"1781686800"), "KZ241"),
    "timestamp-before-the-first-year": (GOOD.replace(b"2026-06-17T09:00:00Z", b"0001-01-01T00:00:00+14:00"), "KZ241"),
    "timestamp-with-line-end": (GOOD.replace(b"00Z", b"00Z\\n"), "KZ241"),
    "timestamp-that-no-calendar-has": (GOOD.replace(b"06-17", b"13-45"), "KZ241"),
    "nan": (GOOD.replace(b"}", b',"quality_score":NaN}'), "KZ241"),
    "infinity": (GOOD.replace(b"}", b',"execution_time_s":Infinity}'), "KZ241"),
    "beyond-any-float": (GOOD.replace(b"}", b',"execution_time_s":1e999}'), "KZ241"),
    "quality-over-1": (GOOD.replace(b"}", b',"quality_score":1.01}'), "KZ241"),
    "negative-time": (GOOD.replace(b"}", b',"execution_time_s":-1}'), "KZ241"),
    "nested-very-deep": (GOOD.replace(b"}", b',"metadata":{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}}"), "KZ241"),
    "nan-in-metadata": (GOOD.replace(b"}", b',"metadata":{"x":[-Infinity]}}'), "KZ241"),
    "key-given-twice": (GOOD.replace(b"}", b',"success":false}'), "KZ241"),
    "too-many-digits": (GOOD.replace(b"}", b',"metadata":{"x":' + b"9" * 5_001 + b"}}"), "KZ241"),
    "lone-surrogate": (GOOD.replace(b"}", b',"metadata":{"x":"\\uD83D"}}'), "KZ241"),
    "nested-500": (GOOD.replace(b"}", b',"metadata":{"a":' + b"[" * 500 + b"]" * 500 + b"}}"), "KZ241"),
    "not-utf8": (GOOD.replace(b"}", b',"session_id":"caf\xe9"}'), "KZ110"),
    "nul": (GOOD.replace(b"coach", b"coa\x00ch"), "KZ111"),
}


WORDS = {
    "not-json": "is invalid: not valid JSON (unexpected character 1)",
    "key-given-twice": 'is invalid: duplicate key "success"',
    "too-many-digits": "is invalid: number with too many digits",
    "lone-surrogate": "is invalid: a string contains half of a surrogate pair",
    "nested-500": "is invalid: nested deeper than 64 levels",
    "nested-very-deep": "is invalid: nested deeper than 64 levels",
    "nan-in-metadata": "is invalid: -Infinity is not a number",
    "infinity": "is invalid: Infinity is not a number",
    "beyond-any-float": "is invalid: number out of range",
    "a-list": "is invalid: it must be a mapping, not a list",
    "null": "is invalid: it must be a mapping, not nothing",
    "success-as-text": 'is invalid: success must be true or false, not "true"',
    "success-as-number": "is invalid: success must be true or false, not the number 1",
    "no-timestamp": 'is invalid: missing "timestamp"',
    "timestamp-without-offset": 'is invalid: timestamp: "2026-06-17T09:00:00" is not a time in the form ',
    "timestamp-that-no-calendar-has": 'is invalid: timestamp: "2026-13-45T09:00:00Z" is not a time in the form',
    "nan": "is invalid: NaN is not a number",
    "quality-over-1": "is invalid: quality_score must be 1 or less, not the number 1.01",
    "negative-time": "is invalid: execution_time_s must be 0 or more, not the number -1",
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_an_invalid_line_is_left_out_with_a_warning(tmp_path: Path, name: str) -> None:
    line, code = WRONG[name]
    path = file_of(tmp_path, GOOD + b"\n" + line + GOOD)
    summary, problems = summarize(str(tmp_path), "coach")
    assert summary is not None
    assert summary.execution_count == 2
    (problem,) = problems
    assert (problem.code, problem.severity, problem.file, problem.line) == (code, "warning", str(path), 3)
    latest = read_latest(str(tmp_path), "coach")
    assert latest.record is not None
    assert (latest.skipped, latest.problems) == (1, problems)
    assert (f"metrics line 3 {WORDS[name]}" if name in WORDS else "line 3") in problem.message
    assert problem.message.isprintable()


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_record_after_an_invalid_line_is_written_with_a_warning(tmp_path: Path, name: str) -> None:
    line, code = WRONG[name]
    path = file_of(tmp_path, GOOD + line)
    recorded = record_run(str(tmp_path), SECOND)
    assert recorded.appended
    assert [(problem.code, problem.severity, problem.line) for problem in recorded.diagnostics] == [
        (code, "warning", 2)
    ]
    content = path.read_bytes()
    assert content.startswith(GOOD + line), "existing lines are not changed"
    assert json.loads(content[len(GOOD + line) :])["success"] is False


def test_every_invalid_line_is_reported(tmp_path: Path) -> None:
    file_of(tmp_path, b"x\n" + GOOD + b"y\n" + b"z\n")
    _, problems = summarize(str(tmp_path), "coach")
    assert [problem.line for problem in problems] == [1, 3, 4]


TIMES = {
    "2026-11-23T10:00:00+02:00": "2026-11-23T08:00:00Z",
    "2026-11-23t10:00:00z": "2026-11-23T10:00:00Z",
    "2026-11-23 10:00:00.123456789Z": "2026-11-23T10:00:00Z",
    "2026-12-31T23:59:60Z": "2026-12-31T23:59:59Z",
    "2026-11-23T00:30:00-00:00": "2026-11-23T00:30:00Z",
}


@pytest.mark.parametrize("text", TIMES)
def test_any_rfc_3339_time_is_read(tmp_path: Path, text: str) -> None:
    file_of(tmp_path, GOOD.replace(b"2026-06-17T09:00:00Z", text.encode()))
    summary, problems = summarize(str(tmp_path), "coach")
    assert summary is not None
    assert (summary.last_execution, problems) == (TIMES[text], ())


def test_a_record_dated_after_now_is_left_out(tmp_path: Path) -> None:
    later = [GOOD.replace(b"09:00:00", time) for time in (b"09:05:00", b"09:05:01")]
    file_of(tmp_path, GOOD + later[0] + later[1])
    now = datetime(2026, 6, 17, 11, tzinfo=timezone(timedelta(hours=2)))
    summary, problems = summarize(str(tmp_path), "coach", now=now)
    assert summary is not None
    assert (summary.execution_count, summary.last_execution) == (2, "2026-06-17T09:05:00Z")
    assert [problem.message for problem in problems] == [
        "metrics line 3 is dated 2026-06-17T09:05:01Z, which is in the future"
    ]
    latest = read_latest(str(tmp_path), "coach", now=now)
    assert latest.record is not None
    assert (latest.record.timestamp, latest.problems) == ("2026-06-17T09:05:00Z", problems)


def test_in_the_past_later_records_are_ignored(tmp_path: Path) -> None:
    file_of(tmp_path, GOOD + GOOD.replace(b"06-17", b"06-18") + GOOD.replace(b"06-17", b"06-20"))
    day = timedelta(days=1)
    now = datetime(2026, 6, 17, 12, tzinfo=UTC)
    latest = read_latest(str(tmp_path), "coach", now=now, present=now + day)
    assert latest.record is not None
    assert latest.record.timestamp == "2026-06-17T09:00:00Z"
    assert [problem.line for problem in latest.problems] == [3]


def test_the_first_record_of_a_session_counts(tmp_path: Path) -> None:
    first = GOOD.replace(b"}", b',"session_id":"a"}')
    file_of(tmp_path, first + GOOD + first.replace(b"true", b"false"))
    summary, problems = summarize(str(tmp_path), "coach")
    assert summary is not None
    assert (summary.execution_count, summary.success_rate, problems) == (2, 1.0, ())


def numbered(number: int) -> bytes:
    return GOOD.replace(b"09:00:00", f"09:{number // 60:02}:{number % 60:02}".encode())


@pytest.mark.parametrize("bad", [b"", b"x\n", b"\r\n", b"y" * 200_000 + b"\n"])
def test_the_latest_record_is_found_from_the_end(tmp_path: Path, bad: bytes) -> None:
    lines = [numbered(number) for number in range(600)]
    swapped = [*lines[:590], lines[599], *lines[590:599]]
    file_of(tmp_path, b"".join(swapped) + bad * 3)
    latest = read_latest(str(tmp_path), "coach")
    assert latest.record is not None
    assert latest.record.timestamp == "2026-06-17T09:09:59Z"
    expected = [601, 602, 603] if bad.strip() else []
    assert [problem.line for problem in latest.problems] == expected


def test_only_the_last_records_are_searched(tmp_path: Path) -> None:
    file_of(tmp_path, b"x\n" + numbered(599) + b"".join(numbered(number) for number in range(20)))
    latest = read_latest(str(tmp_path), "coach")
    assert latest.record is not None
    assert (latest.record.timestamp, latest.skipped) == ("2026-06-17T09:00:19Z", 0)


@pytest.mark.parametrize("content", [b"", b"\n", b"{torn", b"x\n"])
def test_without_a_record_there_is_no_latest_one(tmp_path: Path, content: bytes) -> None:
    file_of(tmp_path, content)
    assert read_latest(str(tmp_path), "coach").record is None
    assert read_latest(str(tmp_path), "optimization") == Latest(record=None, skipped=0, problems=())


def test_a_line_of_exactly_64_kib_is_read(tmp_path: Path) -> None:
    line = padded(LIMIT)
    assert len(line) == LIMIT + 1
    file_of(tmp_path, line)
    summary, problems = summarize(str(tmp_path), "coach")
    assert summary is not None
    assert (summary.execution_count, problems) == (1, ())


def test_blank_lines_and_crlf_are_valid(tmp_path: Path) -> None:
    file_of(tmp_path, b"\n" + GOOD.replace(b"\n", b"\r\n") + b"\r\n  \n" + GOOD)
    summary, problems = summarize(str(tmp_path), "coach")
    assert summary is not None
    assert (summary.execution_count, problems) == (2, ())


TORN = {
    "half": GOOD[:30],
    "a-brace": b"{",
    "cut-in-a-character": b'{"agent":"\xc3',
    "nuls-of-a-crash": b"\x00" * 100,
    "longer-than-a-line-may-be": b'{"metadata":"' + b"x" * (3 * LIMIT),
}


@pytest.mark.parametrize("name", sorted(TORN))
def test_an_incomplete_last_line_is_a_warning_and_moved_by_the_next_record(tmp_path: Path, name: str) -> None:
    torn = TORN[name]
    path = file_of(tmp_path, GOOD + torn)
    summary, problems = summarize(str(tmp_path), "coach")
    assert summary is not None
    assert summary.execution_count == 1
    assert [(problem.code, problem.severity, problem.line) for problem in problems] == [("KZ242", "warning", 2)]
    assert record_run(str(tmp_path), SECOND).appended
    assert (path.parent / "torn.jsonl").read_bytes() == torn + b"\n"
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines[0] == GOOD
    assert [json.loads(line)["success"] for line in lines] == [True, False]


def test_all_incomplete_lines_are_kept_in_torn_jsonl(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"{one")
    record_run(str(tmp_path), SECOND)
    with path.open("ab") as file:
        file.write(b"{two")
    record_run(str(tmp_path), SECOND)
    assert (path.parent / "torn.jsonl").read_bytes() == b"{one\n{two\n"
    assert path.read_bytes().count(b"\n") == 2


def test_a_record_without_line_end_is_completed(tmp_path: Path) -> None:
    path = file_of(tmp_path, GOOD + GOOD.rstrip())
    summary, problems = summarize(str(tmp_path), "coach")
    assert summary is not None
    assert (summary.execution_count, problems) == (2, ())
    assert record_run(str(tmp_path), SECOND).diagnostics == ()
    assert path.read_bytes().startswith(GOOD + GOOD)
    assert path.read_bytes().count(b"\n") == 3
    assert not (path.parent / "torn.jsonl").exists()


def test_a_record_over_the_limit_is_an_error(tmp_path: Path) -> None:
    path = file_of(tmp_path, GOOD)
    for record in (
        SECOND.model_copy(update={"metadata": {"x": "y" * LIMIT}}),
        SECOND.model_copy(update={"session_id": "y" * LIMIT}),
    ):
        with pytest.raises(KaizenError) as caught:
            record_run(str(tmp_path), record)
        assert caught.value.diagnostics[0].code == "KZ112"
        assert path.read_bytes() == GOOD


@pytest.mark.parametrize("kind", ["fifo", "folder", "circle", "outside"])
def test_other_than_files_of_the_repository_are_not_read_or_written(tmp_path: Path, kind: str) -> None:
    root, outside = tmp_path / "repo", tmp_path / "outside.jsonl"
    path = file_of(root, b"")
    path.unlink()
    outside.write_bytes(GOOD)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(path.name if kind == "circle" else outside)
    code = "KZ102" if kind in {"fifo", "folder"} else "KZ104"
    for use in (lambda: summarize(str(root), "coach"), lambda: record_run(str(root), SECOND)):
        with pytest.raises(KaizenError) as caught:
            use()
        assert caught.value.diagnostics[0].code == code
    assert outside.read_bytes() == GOOD


@pytest.mark.parametrize("name", ["executions.jsonl.lock", "torn.jsonl", "summary.json"])
@pytest.mark.parametrize("kind", ["fifo", "folder", "outside"])
def test_special_files_next_to_the_records_are_harmless(tmp_path: Path, name: str, kind: str) -> None:
    root, outside = tmp_path / "repo", tmp_path / "outside"
    outside.write_text("theirs")
    path = file_of(root, GOOD + b"{torn")
    trap = path.parent / name
    if kind == "fifo":
        os.mkfifo(trap)
    elif kind == "folder":
        trap.mkdir()
    else:
        trap.symlink_to(outside)
    script = (
        "import sys, kaizen_schedule_core as k\n"
        "record = k.ExecutionRecord(timestamp='2026-06-18T09:00:00Z', agent='coach', success=False)\n"
        "try: k.record_run(sys.argv[1], record)\n"
        "except k.KaizenError as error: sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(root)], timeout=10, check=False, capture_output=True)
    assert done.returncode in {0, 7}, done.stderr.decode()
    assert outside.read_text() == "theirs"
    counted = b'"success":false' in path.read_bytes()
    assert counted == (done.returncode == 0), "a record is in the file exactly if the writer exits with 0"


UNREADABLE: dict[str, tuple[dict[str, object], str]] = {
    "inf": ({"metadata": {"x": float("inf")}}, "Infinity is not a number"),
    "nan": ({"metadata": {"x": [float("nan")]}}, "NaN is not a number"),
    "deep": ({"metadata": {"x": json.loads("[" * 200 + "]" * 200)}}, "nested deeper than 64 levels"),
    "digits": ({"metadata": {"x": 10**5_001}}, ""),
    "surrogate": ({"session_id": "\ud800"}, ""),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_record_that_could_not_be_read_again_is_refused(tmp_path: Path, name: str) -> None:
    values, reason = UNREADABLE[name]
    path = file_of(tmp_path, GOOD)
    with pytest.raises(KaizenError) as caught:
        record_run(str(tmp_path), SECOND.model_copy(update=values))
    [problem] = caught.value.diagnostics
    assert (problem.code, problem.severity) == ("KZ241", "error")
    assert reason in problem.message
    assert path.read_bytes() == GOOD


def test_the_summary_has_the_valid_records(tmp_path: Path) -> None:
    file_of(tmp_path, GOOD + b"<<<<<<< ours\n")
    assert [problem.severity for problem in record_run(str(tmp_path), SECOND).diagnostics] == ["warning"]
    summary = json.loads((tmp_path / ".kaizen/metrics/coach/summary.json").read_bytes())
    assert (summary["execution_count"], summary["success_rate"]) == (2, 0.5)


def test_a_repeated_session_renews_the_summary(tmp_path: Path) -> None:
    record = SECOND.model_copy(update={"session_id": "a"})
    assert record_run(str(tmp_path), record).appended
    summary = tmp_path / ".kaizen/metrics/coach/summary.json"
    expected = summary.read_bytes()
    summary.unlink()
    assert not record_run(str(tmp_path), record).appended
    assert summary.read_bytes() == expected
