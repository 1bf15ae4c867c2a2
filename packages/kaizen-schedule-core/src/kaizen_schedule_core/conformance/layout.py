"""The files of a case: its roster and its repositories."""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kaizen_schedule_core.conformance.case import Case, Content, Fifo, InLatin1, Repeated, Symlink


def write_case(case: Case, here: str) -> str:
    """Write the case into a new directory; return the path of its roster file, which can be missing."""
    os.makedirs(here)
    for folder, files in case.repos.items():
        os.makedirs(os.path.join(here, folder), exist_ok=True)
        for relative, content in files.items():
            path = os.path.join(here, folder, relative)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            _write(path, content)
    roster = os.path.join(here, "roster.yml")
    if isinstance(case.roster, str):
        _write(roster, case.roster)
    elif case.roster is not None:
        # JSON is valid YAML for all parsers.
        text = json.dumps({"version": "1", "repos": case.roster}, indent=2, ensure_ascii=False)
        _write(roster, text.replace("{here}", json.dumps(here, ensure_ascii=False)[1:-1]) + "\n")
    return roster


def _write(path: str, content: Content) -> None:
    if isinstance(content, Symlink):
        os.symlink(content.symlink, path)
    elif isinstance(content, Fifo):
        os.mkfifo(path)
    else:
        with open(path, "wb") as file:
            file.write(_bytes(content))


def _bytes(content: str | Repeated | InLatin1) -> bytes:
    if isinstance(content, InLatin1):
        return content.latin1.encode("latin-1")
    if isinstance(content, Repeated):
        return (content.repeat * content.times).encode()
    return content.encode()


def snapshot(here: str) -> frozenset[tuple[str, str]]:
    """Return a text for everything in a directory, by relative path, that changes with its content."""
    found: set[tuple[str, str]] = set()
    for folder, folders, files in os.walk(here):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            found.add((os.path.relpath(path, here), _fingerprint(path)))
    return frozenset(found)


def _fingerprint(path: str) -> str:
    if os.path.islink(path):
        return os.readlink(path)
    if not os.path.isfile(path):
        return "not a file"
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@contextmanager
def release_fifos(case: Case, here: str, patience: float) -> Iterator[list[str]]:
    """Release a resolver that waits for a FIFO of the case after `patience` seconds, so that the kit never hangs.

    Yields the list of those FIFOs.
    """
    fifos: list[str] = []
    for folder, files in case.repos.items():
        for relative, content in files.items():
            if isinstance(content, Fifo):
                fifos.append(os.path.join(folder, relative))
    blocked: list[str] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(patience):
            for path in fifos:
                if _release(os.path.join(here, path)) and path not in blocked:
                    blocked.append(path)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield blocked
    finally:
        done.set()
        watcher.join()


def _release(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return False  # no reader
    return True
