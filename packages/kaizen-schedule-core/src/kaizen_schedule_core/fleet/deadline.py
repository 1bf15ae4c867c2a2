"""Calls with a deadline."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

Result = TypeVar("Result")


class DeadlineExceeded(Exception):
    """A call that exceeds its deadline."""


def call_within(seconds: float, call: Callable[[], Result]) -> Result:
    """Return the result of a call, or raise its exception. Raises DeadlineExceeded after the given seconds.

    The call runs on a daemon thread, which is abandoned at the deadline: socket timeouts do not limit name resolution
    or headers that arrive byte by byte, and nothing else can interrupt code that hangs.
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
