"""A case as files: its roster, and the repositories that the roster names."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kaizen_schedule_core.conformance.case import Case, Content, Fifo, InLatin1, Repeated, Symlink

ROSTER = "roster.yml"
_HERE = "{here}"
_PATIENCE_SECONDS = 2.0


def lay_out(case: Case, here: str) -> str:
    """Write the case into a folder that does not exist yet; the path of its roster file, which may be absent."""
    os.makedirs(here)
    for folder, files in case.repos.items():
        os.makedirs(os.path.join(here, folder), exist_ok=True)
        for relative, content in files.items():
            path = os.path.join(here, folder, relative)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _make(path, content)
    roster = os.path.join(here, ROSTER)
    if isinstance(case.roster, str):
        _make(roster, case.roster)
    elif case.roster is not None:
        rows = {"version": "1", "repos": [_placed(row, here) for row in case.roster]}
        _make(roster, json.dumps(rows, indent=2, ensure_ascii=False) + "\n")  # JSON is YAML, read alike by all
    return roster


def _placed(row: Any, here: str) -> Any:
    if isinstance(row, dict):
        return {key: _placed(value, here) for key, value in row.items()}
    return row.replace(_HERE, here) if isinstance(row, str) else row


def _make(path: str, content: Content) -> None:
    if isinstance(content, Symlink):
        os.symlink(content.symlink, path)
    elif isinstance(content, Fifo):
        os.mkfifo(path)
    else:
        with open(path, "wb") as stream:
            stream.write(_bytes(content))


def _bytes(content: str | Repeated | InLatin1) -> bytes:
    if isinstance(content, InLatin1):
        return content.latin1.encode("latin-1")
    return (content.repeat * content.times if isinstance(content, Repeated) else content).encode()


def contents(here: str) -> frozenset[tuple[str, str]]:
    """Everything below a folder, by its path in it, each with what tells it from what may stand there later."""
    return frozenset(
        (os.path.relpath(path, here), _mark(path))
        for folder, folders, files in os.walk(here)
        for path in (os.path.join(folder, name) for name in (*folders, *files))
    )


def _mark(path: str) -> str:
    if os.path.islink(path):
        return os.readlink(path)
    if not os.path.isfile(path):
        return "no file"
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


@contextmanager
def fifos_watched(case: Case, here: str) -> Iterator[list[str]]:
    """Free whoever has waited too long for a FIFO of the case, so that the kit never hangs; the FIFOs it was."""
    fifos = {
        os.path.join(folder, relative): os.path.join(here, folder, relative)
        for folder, files in case.repos.items()
        for relative, content in files.items()
        if isinstance(content, Fifo)
    }
    waited_for: list[str] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_PATIENCE_SECONDS):
            waited_for.extend(shown for shown, path in fifos.items() if _release(path) and shown not in waited_for)

    watcher = threading.Thread(target=watch, daemon=True)
    if fifos:
        watcher.start()
    try:
        yield waited_for
    finally:
        done.set()
        if fifos:
            watcher.join()


def _release(path: str) -> bool:
    """Give a waiting reader an end of file; whether there was one."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False  # nobody reads
    return True
