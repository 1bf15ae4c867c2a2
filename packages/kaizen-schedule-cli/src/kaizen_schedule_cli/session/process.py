"""A command with a time limit: none of the processes that it starts outlives it."""

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

from kaizen_schedule_cli.session.descendants import adopt_orphans, descendants

GRACE_SECONDS = 10.0
"""The time between SIGTERM and SIGKILL."""
_EXITED = 0
_POLL_SECONDS = 0.02
_DRAIN_SECONDS = 5.0
_CHUNK = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The end of a command: `status` is its exit status, or the negative number of the signal that ended it.

    `interrupt` is the signal that this process received and passed on.
    """

    status: int
    seconds: float
    timed_out: bool = False
    interrupt: int | None = None


def run_command(
    command: Sequence[str],
    *,
    folder: str,
    env: Mapping[str, str],
    stdin: IO[bytes] | int,
    out: Callable[[bytes], None],
    err: Callable[[bytes], None],
    timeout: float,
    grace: float = GRACE_SECONDS,
) -> Ended:
    """Run a command in a process group, and return how it ended; `timeout` and `grace` are in seconds.

    SIGINT and SIGTERM are passed on. After a signal or the timeout, processes that remain get SIGTERM, and SIGKILL
    when `grace` is over, or at a second signal. Raises OSError if the command cannot be started.
    """
    adopt_orphans()
    others = descendants()
    with _messages() as (messages, writer):
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - the command of the user, without a shell
            command,
            cwd=folder,
            env=env,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        threads = [
            threading.Thread(target=_copy, args=(process.stdout, out), daemon=True),
            threading.Thread(target=_copy, args=(process.stderr, err), daemon=True),
        ]
        exit_reporter = threading.Thread(target=_report_exit, args=(process, writer), daemon=True)
        for thread in (*threads, exit_reporter):
            thread.start()
        message = _next_message(messages, timeout)
        ended_by_itself = message == _EXITED
        if not ended_by_itself:
            _send(message or signal.SIGTERM, process.pid, others)
        deadline = time.monotonic() + grace
        if not ended_by_itself and _next_message(messages, grace) != _EXITED:
            _send(signal.SIGKILL, process.pid, others)
        status = process.wait()
        exit_reporter.join()  # before its pipe is closed
        seconds = time.monotonic() - begun
        _end_remaining(process.pid, others, deadline)
        for thread in threads:
            thread.join(_DRAIN_SECONDS)
    return Ended(status=status, seconds=seconds, timed_out=message is None, interrupt=message or None)


@contextmanager
def _messages() -> Iterator[tuple[int, int]]:
    """Yield the two ends of a pipe for one byte per event: the number of a received signal, or 0 for the exit."""
    reader, writer = os.pipe()
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = [signal.signal(number, lambda received, _: os.write(writer, bytes([received]))) for number in numbers]
    try:
        yield reader, writer
    finally:
        for number, handler in zip(numbers, previous, strict=True):
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)


def _report_exit(process: subprocess.Popen[bytes], writer: int) -> None:
    process.wait()
    os.write(writer, bytes([_EXITED]))


def _next_message(messages: int, seconds: float) -> int | None:
    """Return the next message, or None after the given time."""
    ready, _, _ = select.select([messages], [], [], seconds)
    if not ready:
        return None
    return os.read(messages, 1)[0]


def _copy(source: IO[bytes], sink: Callable[[bytes], None]) -> None:
    with source:
        while data := os.read(source.fileno(), _CHUNK):
            sink(data)


def _end_remaining(group: int, others: set[int], deadline: float) -> None:
    """End the processes that the command has left: SIGTERM, and SIGKILL at the deadline."""
    if not _remain(group, others):
        return
    _send(signal.SIGTERM, group, others)
    while _remain(group, others) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    end = time.monotonic() + _DRAIN_SECONDS
    while _remain(group, others) and time.monotonic() < end:
        _send(signal.SIGKILL, group, others)
        time.sleep(_POLL_SECONDS)


def _remain(group: int, others: set[int]) -> bool:
    if sys.platform == "linux":
        return bool(descendants() - others)
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True


def _send(number: int, group: int, others: set[int]) -> None:
    """Send a signal to the process group of the command, and to its descendants in other groups."""
    with suppress(OSError):
        os.killpg(group, number)
    for pid in descendants() - others:
        with suppress(OSError):
            if os.getpgid(pid) != group:
                os.kill(pid, number)
