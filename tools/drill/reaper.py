"""What ends everything, however the drill ends: a process beside it, which sees its pipe close.

`python -m drill.reaper` makes a folder and a process group, and prints both. When its stdin ends, because the drill
closed it or was killed, it kills the group and removes the folder. A process that joins the group between fork and
exec cannot outlive it: the group is gone then, and joining fails.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

_NO = subprocess.DEVNULL
_GONE_S = 10.0
_TIDY_S = 300.0  # a folder of many thousand repositories, on a busy machine


class Reaper:
    """The folder and the process group of a drill, from the drill's side."""

    def __init__(self) -> None:
        """Start the process, in a group of its own so that no Ctrl-C meets it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drill.reaper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        if self._process.stdout is None:
            raise AssertionError("its stdout is a pipe")
        group, _, folder = self._process.stdout.readline().strip().partition(" ")
        self.group, self.folder = int(group), Path(folder)

    def reap(self, children: Iterable[subprocess.Popen[bytes]]) -> str:
        """End everything, take leave of our own children, and say what is left: nothing, if all is well."""
        self._process.communicate(timeout=2 * _TIDY_S)
        for child in children:
            child.wait(_GONE_S)
        return self.left()

    def left(self) -> str:
        """What there still is of the drill."""
        left = [f"the folder {self.folder}"] if self.folder.exists() else []
        if _alive(self.group):
            left.append(f"processes of the group {self.group}")
        return ", ".join(left) or "nothing"


def _alive(group: int) -> bool:
    """Whether a group has a member; a dead one whose new parent has not looked yet is given a moment."""
    end = time.monotonic() + _GONE_S
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True


def main() -> None:
    """Wait for the end, and tidy up."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    folder = tempfile.mkdtemp(prefix="kaizen-drill-")
    # It keeps the group alive, and no pipe.
    anchor = subprocess.Popen(["sleep", "2147483647"], stdin=_NO, stdout=_NO, stderr=_NO, process_group=0)  # noqa: S607
    try:
        print(anchor.pid, folder, flush=True)  # noqa: T201
        sys.stdin.read()
    finally:
        os.killpg(anchor.pid, signal.SIGKILL)
        anchor.wait()
        end = time.monotonic() + _TIDY_S
        while os.path.exists(folder) and time.monotonic() < end:  # what was killed may still be half way in a write
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
