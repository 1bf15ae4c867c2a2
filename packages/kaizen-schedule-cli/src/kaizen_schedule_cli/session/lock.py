"""One run at a time in a checkout: two agents in one working tree would damage each other's work."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import diagnose
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import locate_inside, os_problem

_LOCK = ".kaizen/run.lock"
_POLL_SECONDS = 0.1


@contextmanager
def checkout_lock(root: str, *, seconds: float, on_wait: Callable[[], None]) -> Iterator[bool]:
    """Hold the lock of a checkout, and yield whether this process waited for it, at most for the given time.

    `on_wait` is called before waiting. The lock of a process that has died is free.
    Raises KaizenError: KZ333 if another run holds it, KZ104 or KZ106 if the lock file cannot be used.
    """
    from filelock import FileLock, Timeout

    path = os.path.join(root, _LOCK)
    locate_inside(root, _LOCK, shown=path)
    lock = FileLock(path)
    waited = False
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if not seconds:
                raise
            on_wait()
            waited = True
            lock.acquire(timeout=seconds, poll_interval=_POLL_SECONDS)
    except Timeout:
        raise _busy(path, seconds) from None
    except OSError as error:
        raise os_problem(error, path) from None
    try:
        yield waited
    finally:
        with suppress(OSError):  # a remaining lock file does no harm
            os.unlink(path)  # before the release: the next process then creates it again
        lock.release()


def _busy(path: str, seconds: float) -> KaizenError:
    message = "another run is in progress in this checkout"
    hint = "wait for its end with --overlap wait"
    if seconds:
        message += f", and did not end within {seconds:g} seconds"
        hint = "pass a longer --wait, or limit the runs with --timeout"
    return KaizenError(diagnose(values.RUN_IN_PROGRESS, message, file=path, hint=hint))
