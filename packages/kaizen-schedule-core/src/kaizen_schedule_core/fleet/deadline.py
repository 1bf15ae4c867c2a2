"""Calls that must end in time."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

Result = TypeVar("Result")


class DeadlineExceeded(Exception):
    """A call that takes longer than it may."""


def call_within(seconds: float, call: Callable[[], Result]) -> Result:
    """Return what a call returns, or raise what it raises. Raises DeadlineExceeded after so many seconds.

    It runs on a daemon thread, which is left alone then: no timeout of a socket limits a name server or a header that
    arrives byte by byte, and nothing else ends the wait for code that hangs.
    """
    from concurrent.futures import Future, wait  # loads logging

    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - raised again below
            future.set_exception(error)

    threading.Thread(target=copy_context().run, args=(run,), daemon=True).start()
    wait([future], timeout=seconds)
    if not future.done():
        raise DeadlineExceeded
    return future.result()
