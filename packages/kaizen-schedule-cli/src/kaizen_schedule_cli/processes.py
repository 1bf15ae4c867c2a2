"""Work in several processes."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
# A fork shares the loaded modules and the roster; on macOS it is not safe.
_METHOD = "fork" if sys.platform == "linux" else "spawn"


def processors() -> int:
    """Return the number of processors that this process can use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_processes(
    task: Callable[[Item], Result], items: Sequence[Item], *, jobs: int, chunk: int
) -> Iterator[Result]:
    """Yield the result of a task for each item, in the order of the items, `chunk` items at a time.

    With one job or one chunk, this process does the work. The task and its results must be picklable.
    """
    jobs = min(jobs, -(-len(items) // chunk))
    if jobs <= 1:
        yield from map(task, items)
        return
    context = multiprocessing.get_context(_METHOD)
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts) as pool:
        try:
            yield from pool.map(task, items, chunksize=chunk)
        finally:
            pool.shutdown(cancel_futures=True)  # waits for the items in progress, which are short


def _ignore_interrupts() -> None:
    """Leave SIGINT to the parent, which then cancels the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
