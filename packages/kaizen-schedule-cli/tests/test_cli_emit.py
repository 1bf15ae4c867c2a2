"""`schedule prepare --emit file:`, and invalid targets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_schedule_core import PreparedEvent

if TYPE_CHECKING:
    from conftest import Cli


def test_each_bundle_appends_a_line(cli: Cli, repo: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    first = cli("schedule", "prepare", "coach", "--emit", f"file:{path}")
    assert (first.code, first.err) == (0, "")
    assert first.out == cli("schedule", "prepare", "coach").out
    assert cli("schedule", "prepare", "optimization", "--emit", f"file:{path}", "--format", "json").code == 0
    lines = path.read_text(encoding="utf-8").splitlines()
    events = [PreparedEvent.model_validate_json(line) for line in lines]
    assert [event.agent for event in events] == ["coach", "optimization"]
    assert {event.root for event in events} == {str(repo)}
    assert events[0].bundle.bytes == len(first.out.encode())


def test_parallel_processes_append(repo: Path, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    command = [sys.executable, "-m", "kaizen_schedule_cli", "schedule", "prepare", "coach", "--target", str(repo)]
    started = [subprocess.Popen([*command, "--emit", f"file:{path}"], stdout=subprocess.DEVNULL) for _ in range(8)]
    assert [process.wait(300) for process in started] == [0] * 8
    ids = {json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()}
    assert len(ids) == 1
    assert len(path.read_text(encoding="utf-8").splitlines()) == 8


def test_incomplete_last_line_does_not_affect_the_next(cli: Cli, repo: Path, tmp_path: Path) -> None:
    del repo
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"whole": 1}\n{"torn": ')
    for _ in range(2):
        assert cli("schedule", "prepare", "coach", "--emit", f"file:{path}").code == 0
    whole, torn, *events = path.read_text(encoding="utf-8").splitlines()
    assert (whole, torn) == ('{"whole": 1}', '{"torn": ')
    assert [PreparedEvent.model_validate_json(line).agent for line in events] == ["coach", "coach"]


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "absent folder"])
def test_failed_emit_still_prints_the_bundle(cli: Cli, repo: Path, tmp_path: Path, kind: str) -> None:
    del repo
    path = tmp_path / "events"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/full")
    else:
        path = tmp_path / "missing/events"
    ran = cli("schedule", "prepare", "coach", "--emit", f"file:{path}")
    assert ran.code == 4
    assert ran.out.startswith("# Orientation")
    assert "error[KZ10" in ran.err


def test_symlink_to_a_file_is_followed(cli: Cli, repo: Path, tmp_path: Path) -> None:
    del repo
    (tmp_path / "real.jsonl").write_text("before\n", encoding="utf-8")
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    assert cli("schedule", "prepare", "coach", "--emit", f"file:{tmp_path}/link.jsonl").code == 0
    assert len((tmp_path / "real.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    "target",
    ["", "file:", "events.jsonl", "http://x", "nats://", "nats://h/path", "nats://h:x", "nats://h:99999", "tls://h"],
)
def test_invalid_target_is_wrong_usage(cli: Cli, repo: Path, target: str) -> None:
    del repo
    ran = cli("schedule", "prepare", "coach", "--emit", target)
    assert (ran.code, ran.out) == (2, "")
    assert "file:PATH or nats://HOST:PORT" in " ".join(ran.err.split())


def test_no_event_without_a_bundle(cli: Cli, repo: Path, tmp_path: Path) -> None:
    del repo
    assert cli("schedule", "prepare", "nobody", "--emit", f"file:{tmp_path}/e.jsonl").code == 1
    assert not (tmp_path / "e.jsonl").exists()


def test_missing_extra_is_an_error_with_the_install_command(repo: Path) -> None:
    script = (
        "import sys; sys.modules['nats'] = None; from kaizen_schedule_cli.app import main\n"
        "sys.argv = ['kaizen-agentic', 'schedule', 'prepare', 'coach', '--emit', 'nats://u:s3cret@127.0.0.1:1']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=repo, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 4
    assert done.stdout.startswith("# Orientation")
    assert "kaizen-schedule-cli[events]" in done.stderr
    assert "s3cret" not in done.stderr
