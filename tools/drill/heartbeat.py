"""A sign of life for an activity that is busy in one long call. For activity-core to lift."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import activity

_BEAT_S = 2.0


@contextmanager
def beating() -> Iterator[None]:
    """Tell the server that this worker lives, however long it resolves."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(_BEAT_S):
            activity.heartbeat()

    beater = threading.Thread(target=contextvars.copy_context().run, args=(beat,), daemon=True)
    beater.start()
    try:
        yield
    finally:
        done.set()
        beater.join()
