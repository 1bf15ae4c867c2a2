"""Heartbeats of an activity during one long call. activity-core can copy this module."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio import activity

_BEAT_S = 2.0


@contextmanager
def heartbeating() -> Iterator[None]:
    """Send heartbeats to the server from a thread."""
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
