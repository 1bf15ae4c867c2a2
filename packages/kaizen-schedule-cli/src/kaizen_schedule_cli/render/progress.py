"""Progress of work that takes more than a second, on a terminal."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_DELAY_SECONDS = 1.0
_PERIOD_SECONDS = 0.1
_CLEAR = "\r\x1b[K"


class Progress:
    """A line on stderr such as "1,250 of 10,000 repositories"; nothing without a terminal, and in CI."""

    def __init__(self, total: int, noun: str) -> None:
        """Start at 0."""
        self._total, self._noun = total, noun
        self._done = 0
        self._next = time.monotonic() + _DELAY_SECONDS
        self._visible = sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
        self._shown = False

    def advance(self, number: int) -> None:
        """Count finished items, and show the line if it is due."""
        self._done += number
        now = time.monotonic()
        if self._visible and now >= self._next:
            self._next = now + _PERIOD_SECONDS
            self._shown = True
            sys.stderr.write(f"{_CLEAR}{self._done:,} of {self._total:,} {self._noun}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._shown = False
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()


@contextmanager
def progress(total: int, noun: str) -> Iterator[Progress]:
    """Yield the progress of some items, whose line is removed at the end."""
    shown = Progress(total, noun)
    try:
        yield shown
    finally:
        shown.clear()
