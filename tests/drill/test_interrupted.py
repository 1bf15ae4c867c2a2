"""However the drill ends, no process and no file of it is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180.0


def marked(mark: str) -> list[str]:
    """The processes whose environment or command line holds a mark: TMPDIR is below it for all of the drill's."""
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


def begun(folder: Path, command: list[str], words: str) -> subprocess.Popen[str]:
    """A drill that has said certain words, and is in the middle of things."""
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
    raise AssertionError(f"the drill ended without saying {words}")


def nothing_is_left(folder: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while (left := [*marked(str(folder)), *os.listdir(folder)]) and time.monotonic() < end:
        time.sleep(0.2)
    assert left == []


DRILL = [sys.executable, "-m", "drill", "--only", "hub-down"]
MOMENTS = ("hub-down: begins", "the hub is down")


@pytest.mark.parametrize("words", MOMENTS)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda one: one.name)
def test_a_drill_that_is_ended_half_way_leaves_nothing(tmp_path: Path, ending: signal.Signals, words: str) -> None:
    process = begun(tmp_path, DRILL, words)
    assert marked(str(tmp_path)), "there is something to end"
    assert os.listdir(tmp_path)
    process.send_signal(ending)
    out, _ = process.communicate(timeout=PATIENCE_S)
    if ending != signal.SIGKILL:
        assert process.returncode == 130
        assert out.rstrip().endswith("interrupted")
    nothing_is_left(tmp_path)


def test_a_drill_whose_starter_is_killed_ends_by_itself(tmp_path: Path) -> None:
    starter = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    process = begun(tmp_path, [sys.executable, "-c", starter, *DRILL], MOMENTS[0])
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    nothing_is_left(tmp_path)
