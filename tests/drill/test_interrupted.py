"""After the drill was interrupted or killed, none of its processes and files are left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 180.0


def marked(mark: str) -> list[str]:
    """Return the processes with this text in their environment or command line, for example in TMPDIR."""
    if os.path.isdir("/proc/self"):
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                text = path.joinpath("environ").read_bytes() + path.joinpath("cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in text:
                found.append(text.decode(errors="replace"))
        return found
    listed = subprocess.run(["ps", "axeww", "-o", "command"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if mark in line]


def started(folder: Path, command: list[str], words: str) -> subprocess.Popen[str]:
    """Start a drill and return it as soon as it has printed these words."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return process
    raise AssertionError(f"the drill ended without printing {words}")


def assert_nothing_left(folder: Path) -> None:
    end = time.monotonic() + TIMEOUT_S
    while (left := [*marked(str(folder)), *os.listdir(folder)]) and time.monotonic() < end:
        time.sleep(0.2)
    assert left == []


DRILL = [sys.executable, "-m", "drill", "--only", "hub-down"]
STEPS = ("hub-down: started", "the hub is down")


@pytest.mark.parametrize("words", STEPS)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_interrupted_drill_leaves_nothing(tmp_path: Path, ending: signal.Signals, words: str) -> None:
    process = started(tmp_path, DRILL, words)
    assert marked(str(tmp_path)), "the drill has started no process"
    assert os.listdir(tmp_path)
    process.send_signal(ending)
    out, _ = process.communicate(timeout=TIMEOUT_S)
    if ending != signal.SIGKILL:
        assert process.returncode == 130
        assert out.rstrip().endswith("interrupted")
    assert_nothing_left(tmp_path)


def test_drill_ends_if_its_parent_is_killed(tmp_path: Path) -> None:
    starter = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    process = started(tmp_path, [sys.executable, "-c", starter, *DRILL], STEPS[0])
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    assert_nothing_left(tmp_path)
