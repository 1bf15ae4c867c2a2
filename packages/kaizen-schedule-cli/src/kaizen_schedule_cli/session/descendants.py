"""The processes that a command has started, on Linux."""

import ctypes
import os
import sys
from contextlib import suppress

_PR_SET_CHILD_SUBREAPER = 36
_ZOMBIE = "Z"


def adopt_orphans() -> None:
    """Become the parent of orphaned descendants, so that `descendants` finds them; without effect outside Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants() -> set[int]:
    """Return the ids of all processes below this one that have not exited; an empty set outside Linux."""
    if sys.platform != "linux":
        return set()
    children: dict[int, list[int]] = {}
    zombies: set[int] = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            state, parent = _status(name)
            children.setdefault(parent, []).append(int(name))
            if state == _ZOMBIE:
                zombies.add(int(name))
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting += below
    return found - zombies


def _status(pid: str) -> tuple[str, int]:
    """Return the state and the parent of a process; ("", 0) if it has exited."""
    with suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
        state, parent, *_ = stream.read().rpartition(")")[2].split()  # the name before it may contain anything
        return state, int(parent)
    return "", 0
