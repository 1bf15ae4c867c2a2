from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kaizen_schedule_core import ExecutionRecord, KaizenError, record_run, summarize
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
    "timestamp-with-offset": (GOOD.replace(b"00Z", b"00+02:00"), "KZ241"),
    "timestamp-with-line-end": (GOOD.replace(b"00Z", b"00Z\\n"), "KZ241"),
    "timestamp-that-no-calendar-has": (GOOD.replace(b"06-17", b"13-45"), "KZ241"),
    "nan": (GOOD.replace(b"}", b',"quality_score":NaN}'), "KZ241"),
    "infinity": (GOOD.replace(b"}", b',"execution_time_s":Infinity}'), "KZ241"),
    "beyond-any-float": (GOOD.replace(b"}", b',"execution_time_s":1e999}'), "KZ241"),
    "quality-over-1": (GOOD.replace(b"}", b',"quality_score":1.01}'), "KZ241"),
    "negative-time": (GOOD.replace(b"}", b',"execution_time_s":-1}'), "KZ241"),
    "nested-very-deep": (GOOD.replace(b"}", b',"metadata":{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}}"), "KZ241"),
    "not-utf8": (GOOD.replace(b"}", b',"session_id":"caf\xe9"}'), "KZ110"),
    "nul": (GOOD.replace(b"coach", b"coa\x00ch"), "KZ111"),
}


WORDS = {
    "not-json": "is invalid: not valid JSON",
    "a-list": "is invalid: it must be a mapping, not a list",
    "null": "is invalid: it must be a mapping, not nothing",
    "success-as-text": 'is invalid: success must be true or false, not "true"',
    "success-as-number": "is invalid: success must be true or false, not the number 1",
    "no-timestamp": 'is invalid: missing "timestamp"',
    "timestamp-with-offset": 'is invalid: timestamp: "2026-06-17T09:00:00+02:00" is not UTC in the form ',
    "timestamp-that-no-calendar-has": 'is invalid: timestamp: "2026-13-45T09:00:00Z" is not UTC in the form',
    "nan": "is invalid: quality_score must be a finite number, not the number nan",
    "quality-over-1": "is invalid: quality_score must be 1 or less, not the number 1.01",
    "negative-time": "is invalid: execution_time_s must be 0 or more, not the number -1",
}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_an_invalid_line_is_an_error_with_its_number(tmp_path: Path, name: str) -> None:
    line, code = WRONG[name]
    path = file_of(tmp_path, GOOD + b"\n" + line + GOOD)
    with pytest.raises(KaizenError) as caught:
        summarize(str(tmp_path), "coach")
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.severity, problem.file, problem.line) == (code, "error", str(path), 3)
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
    with pytest.raises(KaizenError) as caught:
        summarize(str(tmp_path), "coach")
    assert [problem.line for problem in caught.value.diagnostics] == [1, 3, 4]


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


def test_no_summary_of_only_some_records_remains(tmp_path: Path) -> None:
    root = str(tmp_path)
    run = ExecutionRecord(timestamp="2026-06-17T09:00:12Z", agent="coach", success=True)
    record_run(root, run)
    summary = tmp_path / ".kaizen/metrics/coach/summary.json"
    assert summary.exists()
    with (tmp_path / metrics_path("coach")).open("a") as lines:
        lines.write("<<<<<<< ours\n")
    assert [problem.severity for problem in record_run(root, run).diagnostics] == ["warning"]
    assert not summary.exists()
