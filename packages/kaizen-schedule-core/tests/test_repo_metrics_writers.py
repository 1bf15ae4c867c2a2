from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
from kaizen_schedule_core import ExecutionRecord, KaizenError, record_run, summarize
from kaizen_schedule_core.repo.paths import metrics_path

# Prints the session of every record once record_run has confirmed it.
WRITER = """
import sys
import kaizen_schedule_core as k
root, who, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
for n in range(times):
    record = k.ExecutionRecord(
        timestamp=f"2026-06-17T09:{n // 60 % 60:02d}:{n % 60:02d}Z", agent="coach", success=n % 2 == 0,
        session_id=f"{who}-{n}", quality_score=0.5, metadata={"padding": "x" * 2000},
    )
    assert k.record_run(root, record).appended
    print(f"{who}-{n}", flush=True)
"""


def record(session: str | None = None, *, success: bool = True) -> ExecutionRecord:
    return ExecutionRecord(timestamp="2026-06-17T09:00:00Z", agent="coach", success=success, session_id=session)


def start(root: Path, who: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(root), who, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> list[str]:
    """Return the sessions that the writer reported, without an incomplete last line."""
    assert process.stdout is not None
    with process.stdout:  # not communicate(): it passes over what a readline() has already taken from the pipe
        output = process.stdout.read()
    process.wait(timeout=80)
    return [line.strip() for line in output.splitlines(keepends=True) if line.endswith("\n")]


def sessions_in(root: Path) -> list[str]:
    lines = (root / metrics_path("coach")).read_bytes().splitlines(keepends=True)
    assert all(line.endswith(b"\n") for line in lines)
    return [str(json.loads(line)["session_id"]) for line in lines]


def require_right_summary(root: Path, count: int) -> None:
    summary, problems = summarize(str(root), "coach")
    assert summary is not None
    assert (summary.execution_count, problems) == (count, ())
    written = json.loads((root / metrics_path("coach")).with_name("summary.json").read_text())
    assert written == asdict(summary)


def test_records_of_eight_concurrent_processes_are_all_kept(tmp_path: Path) -> None:
    writers = [start(tmp_path, f"w{n}", 25) for n in range(8)]
    reported = [session for writer in writers for session in finish(writer)]
    assert [writer.returncode for writer in writers] == [0] * 8
    assert len(reported) == 200
    assert Counter(sessions_in(tmp_path)) == Counter(reported)
    require_right_summary(tmp_path, 200)
    assert not (tmp_path / metrics_path("coach")).with_name("torn.jsonl").exists()


def test_writers_killed_at_random_lose_no_reported_record(tmp_path: Path) -> None:
    chance = random.Random(20260617)  # noqa: S311 - no secret hangs on it
    patient = [start(tmp_path, f"patient{n}", 20) for n in range(3)]
    reported: list[str] = []
    killed = 0
    for number in range(12):
        doomed = start(tmp_path, f"doomed{number}", 100_000)
        assert doomed.stdout is not None
        first = doomed.stdout.readline().strip()  # it is at work: the kill falls somewhere into a record
        time.sleep(chance.random() * 0.1)
        doomed.send_signal(signal.SIGKILL)
        reported += [first, *finish(doomed)]
        killed += doomed.returncode == -signal.SIGKILL
    reported += [session for writer in patient for session in finish(writer)]
    assert killed == 12
    assert [writer.returncode for writer in patient] == [0] * 3

    assert record_run(str(tmp_path), record("last")).appended, "the next append repairs the file"
    found = sessions_in(tmp_path)
    assert set(reported) <= set(found), "what was reported is never lost"
    assert max(Counter(found).values()) == 1
    assert len(found) - len(reported) - 1 <= killed, "a killed process leaves at most its current record"
    require_right_summary(tmp_path, len(found))


def test_a_writer_killed_within_a_line_loses_only_that_line(tmp_path: Path) -> None:
    assert record_run(str(tmp_path), record("first")).appended
    script = (
        "import os, signal, sys, kaizen_schedule_core as k\n"
        "real = os.write\n"
        "def half(descriptor, data):\n"
        "    if b'timestamp' not in data: return real(descriptor, data)\n"
        "    real(descriptor, data[: len(data) // 2])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "os.write = half\n"
        "k.record_run(sys.argv[1], k.ExecutionRecord(\n"
        "    timestamp='2026-06-17T09:00:00Z', agent='coach', success=True, session_id='second'))\n"
    )
    torn = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, timeout=30)
    assert torn.returncode == -signal.SIGKILL
    path = tmp_path / metrics_path("coach")
    assert not path.read_bytes().endswith(b"\n"), "the test is valid: the line is incomplete"
    assert record_run(str(tmp_path), record("second")).appended, "the incomplete record can be recorded again"
    assert sessions_in(tmp_path) == ["first", "second"]
    assert path.with_name("torn.jsonl").read_bytes().startswith(b'{"timestamp"')
    require_right_summary(tmp_path, 2)


@pytest.mark.parametrize("limit", [1, 40, 120])
def test_a_full_disk_leaves_no_partial_line(tmp_path: Path, limit: int) -> None:
    assert record_run(str(tmp_path), record("first")).appended
    path = tmp_path / metrics_path("coach")
    before = path.read_bytes()
    script = (
        "import os, resource, signal, sys, kaizen_schedule_core as k\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "size = os.path.getsize(sys.argv[2]) + int(sys.argv[3])\n"
        "record = k.ExecutionRecord(timestamp='2026-06-17T09:00:00Z', agent='coach', success=True,\n"
        "                           session_id='second', metadata={'x': 'y' * 500})\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "try: k.record_run(sys.argv[1], record)\n"
        "except k.KaizenError as error: sys.exit(error.diagnostics[0].code)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(path), str(limit)]
    full = subprocess.run(command, check=False, timeout=30, capture_output=True, text=True)
    assert (full.returncode, full.stderr.strip()) == (1, "KZ106")
    assert path.read_bytes() == before
    assert record_run(str(tmp_path), record("second")).appended
    require_right_summary(tmp_path, 2)


def test_only_the_first_record_of_a_session_is_kept(tmp_path: Path) -> None:
    assert record_run(str(tmp_path), record("s", success=True)).appended
    before = (tmp_path / metrics_path("coach")).read_bytes()
    again = record_run(str(tmp_path), record("s", success=False))
    assert (again.appended, again.diagnostics) == (False, ())
    assert (tmp_path / metrics_path("coach")).read_bytes() == before
    require_right_summary(tmp_path, 1)


def test_the_summary_file_is_indented_json(tmp_path: Path) -> None:
    root = str(tmp_path)
    record_run(root, ExecutionRecord(timestamp="2026-06-17T09:00:00Z", agent="coach", success=True, quality_score=0.5))
    record_run(root, record(success=False))
    record_run(root, record(success=True))
    assert (tmp_path / metrics_path("coach")).with_name("summary.json").read_text(encoding="utf-8") == (
        "{\n"
        '  "execution_count": 3,\n'
        '  "success_rate": 0.6667,\n'
        '  "avg_quality_score": 0.5,\n'
        '  "avg_execution_time_s": null,\n'
        '  "last_execution": "2026-06-17T09:00:00Z",\n'
        '  "trend": {\n    "success_rate": "unknown",\n    "quality_score": "unknown"\n  }\n'
        "}\n"
    )


def test_records_without_a_session_are_all_kept(tmp_path: Path) -> None:
    assert all(record_run(str(tmp_path), record()).appended for _ in range(3))
    require_right_summary(tmp_path, 3)


def test_ten_processes_with_one_session_write_one_record(tmp_path: Path) -> None:
    script = (
        "import sys, kaizen_schedule_core as k\n"
        "record = k.ExecutionRecord(timestamp='2026-06-17T09:00:00Z', agent='coach', success=True, session_id='s')\n"
        "sys.stdin.read()\n"
        "print(k.record_run(sys.argv[1], record).appended)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(10)]
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    reported = [process.communicate(timeout=60)[0].strip() for process in started]
    assert sorted(reported) == ["False"] * 9 + ["True"]
    require_right_summary(tmp_path, 1)


def test_a_record_has_the_format_of_the_contract(tmp_path: Path) -> None:
    full = ExecutionRecord(
        timestamp="2026-06-17T09:00:00Z",
        agent="coach",
        success=True,
        session_id="s\n\u2028\u00e4",
        execution_time_s=12.5,
        quality_score=0.9,
        primary_metric={"name": "n", "value": 1, "target": 2},
        metadata={"note": "two\nlines"},
    )
    record_run(str(tmp_path), full)
    record_run(str(tmp_path), record())
    first, second = (tmp_path / metrics_path("coach")).read_bytes().split(b"\n")[:2]
    assert json.loads(first) == full.model_dump()
    assert json.loads(second) == {"timestamp": "2026-06-17T09:00:00Z", "agent": "coach", "success": True}


def test_a_read_only_directory_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    for folder in [*list(tmp_path.parents)[:3], tmp_path]:
        folder.chmod(folder.stat().st_mode | 0o011)
    root, warm = tmp_path / "repo", tmp_path / "warm"
    root.mkdir(mode=0o555)
    warm.mkdir()
    script = (
        "import os, sys, kaizen_schedule_core as k\n"
        "record = k.ExecutionRecord(timestamp='2026-06-17T09:00:00Z', agent='coach', success=True)\n"
        "k.record_run(sys.argv[2], record)\n"  # whatever is imported on the way: nobody may not read the interpreter
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: k.record_run(sys.argv[1], record)\n"
        "except k.KaizenError as error: sys.exit(error.diagnostics[0].code)\n"
    )
    command = [sys.executable, "-c", script, str(root), str(warm)]
    done = subprocess.run(command, check=False, timeout=30, capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (1, "KZ103")
    assert os.listdir(root) == []


def test_a_record_with_invalid_values_cannot_be_created() -> None:
    for wrong in ({"quality_score": 1.5}, {"execution_time_s": float("nan")}, {"timestamp": "yesterday"}):
        with pytest.raises(ValueError, match="1 validation error"):
            ExecutionRecord.model_validate({**record().model_dump(), **wrong})


def test_nothing_is_written_through_a_symlink_to_the_outside(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (root / ".kaizen").symlink_to(tmp_path)
    with pytest.raises(KaizenError) as caught:
        record_run(str(root), record())
    assert caught.value.diagnostics[0].code == "KZ104"
    assert sorted(os.listdir(tmp_path)) == ["repo"]


def test_a_metrics_directory_can_be_a_symlink_inside_the_repository(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / ".kaizen").mkdir()
    (tmp_path / ".kaizen" / "metrics").symlink_to("../data")
    assert record_run(str(tmp_path), record()).appended
    assert (tmp_path / "data" / "coach" / "executions.jsonl").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("name", ["executions.jsonl.lock", "torn.jsonl", "executions.jsonl"])
def test_a_symlink_instead_of_a_sidecar_file_is_not_followed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "repo" / ".kaizen/metrics/coach"
    folder.mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.write_text("precious", encoding="utf-8")
    (folder / "executions.jsonl").write_text('{"timestamp": "20', encoding="utf-8")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(outside)
    with pytest.raises(KaizenError) as caught:
        record_run(str(tmp_path / "repo"), record())
    assert (caught.value.diagnostics[0].code, caught.value.diagnostics[0].file) == ("KZ104", str(folder / name))
    assert outside.read_text(encoding="utf-8") == "precious"
