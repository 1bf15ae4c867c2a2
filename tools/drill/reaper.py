"""Clean up after the drill, even if it is killed.

`python -m drill.reaper` creates a folder and a process group, and prints both. When its stdin is closed, because the
drill closed it or was killed, it kills the group and removes the folder. A process cannot join the group after that:
joining a group that no longer exists fails.
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
_EXIT_S = 10.0
_CLEANUP_S = 300.0  # for a folder with many thousand repositories on a busy machine


class Reaper:
    """The process that cleans up, with the folder and the process group of a drill."""

    def __init__(self) -> None:
        """Start the process in a separate group, so that Ctrl-C does not interrupt it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drill.reaper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        if self._process.stdout is None:
            raise AssertionError("stdout must be a pipe")
        group, _, folder = self._process.stdout.readline().strip().partition(" ")
        self.group, self.folder = int(group), Path(folder)

    def reap(self, children: Iterable[subprocess.Popen[bytes]]) -> str:
        """Stop everything, wait for the child processes, and return what is left (`nothing` if all is gone)."""
        self._process.communicate(timeout=2 * _CLEANUP_S)
        for child in children:
            child.wait(_EXIT_S)
        return self.left()

    def left(self) -> str:
        """Return the folder and processes that still exist, or `nothing`."""
        left = [f"the folder {self.folder}"] if self.folder.exists() else []
        if _alive(self.group):
            left.append(f"processes of the group {self.group}")
        return ", ".join(left) or "nothing"


def _alive(group: int) -> bool:
    """Return whether a group has a member, after waiting for dead ones that were not reaped yet."""
    end = time.monotonic() + _EXIT_S
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True


def main() -> None:
    """Wait until stdin is closed, and clean up."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    folder = tempfile.mkdtemp(prefix="kaizen-drill-")
    # This process keeps the group alive, and no pipe open.
    anchor = subprocess.Popen(["sleep", "2147483647"], stdin=_NO, stdout=_NO, stderr=_NO, process_group=0)  # noqa: S607
    try:
        print(anchor.pid, folder, flush=True)  # noqa: T201
        sys.stdin.read()
    finally:
        os.killpg(anchor.pid, signal.SIGKILL)
        anchor.wait()
        end = time.monotonic() + _CLEANUP_S
        while os.path.exists(folder) and time.monotonic() < end:  # a killed process may still finish a write
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
