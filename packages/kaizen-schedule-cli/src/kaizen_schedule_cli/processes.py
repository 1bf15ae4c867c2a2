"""Work in several processes."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


_PR_SET_PDEATHSIG = 1  # of Linux
_MANY = 2000  # files from which several processes are faster


class ProcessLostError(Exception):
    """A process that ended before its work, for example because the machine has too little memory."""


def jobs_for(files: int, jobs: int | None) -> int:
    """Return the number of processes for a number of files: the given one, or by default the processors for many."""
    if jobs is not None:
        return jobs
    return processors() if files >= _MANY else 1


def processors() -> int:
    """Return the number of processors that this process can use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_processes(
    task: Callable[[Item], Result], items: Sequence[Item], *, jobs: int, chunk: int
) -> Iterator[Result]:
    """Yield the result of a task for each item, in the order of the items, `chunk` items at a time.

    With one job or one chunk, and on other systems than Linux, this process does the work. The processes are forks,
    which share the task without a copy; items and results must be picklable.
    """
    jobs = min(jobs, -(-len(items) // chunk))
    if jobs <= 1 or sys.platform != "linux":
        yield from map(task, items)
        return
    import multiprocessing  # most calls do not need it
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("fork")
    try:
        pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(task,))
    except (OSError, NotImplementedError):  # a container without shared memory
        yield from map(task, items)
        return
    try:
        yield from pool.map(_work, items, chunksize=chunk)
    except BrokenProcessPool:
        raise ProcessLostError from None
    finally:
        pool.shutdown(cancel_futures=True)  # waits for the items in progress, which are short


_task: Callable[[Any], Any]


def _start_worker(task: Callable[[Any], Any]) -> None:
    """Keep the task, leave SIGINT to the parent, and end with it."""
    global _task  # noqa: PLW0603 - the state of a worker process
    _task = task
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(item: Any) -> Any:
    return _task(item)
