"""The output of a command: passed on unchanged, and kept in part."""

import os
import threading
from collections.abc import Sequence

LOG_BYTES = 512 * 1024
"""How many bytes are kept of the beginning, and as many of the end, for the log."""
RESULT_BYTES = 4 * 1024 * 1024
"""How many bytes are kept of the end of stdout, for the result."""


class Kept:
    """The first `head` and the last `tail` bytes of an output; several threads may add to it."""

    def __init__(self, *, head: int, tail: int) -> None:
        """Start without output."""
        self.size = 0
        self._head_limit, self._tail_limit = head, tail
        self._head, self._tail = bytearray(), bytearray()
        self._lock = threading.Lock()

    def add(self, data: bytes) -> None:
        """Add output."""
        with self._lock:
            self.size += len(data)
            left = self._head_limit - len(self._head)
            if left > 0:
                self._head += data[:left]
                data = data[left:]
            self._tail += data
            if len(self._tail) > 2 * self._tail_limit:
                del self._tail[: -self._tail_limit]

    def parts(self) -> tuple[bytes, int, bytes]:
        """Return the first bytes, the number of bytes that were left out after them, and the last bytes."""
        with self._lock:
            tail = bytes(self._tail[-self._tail_limit :])
            return bytes(self._head), self.size - len(self._head) - len(tail), tail


class Stream:
    """A stream of the command: everything goes to a file descriptor of this process, and is kept."""

    def __init__(self, descriptor: int, kept: Sequence[Kept]) -> None:
        """Start without output."""
        self.failure: OSError | None = None
        self._descriptor, self._kept = descriptor, kept

    def __call__(self, data: bytes) -> None:
        """Pass output on. After an error, for example a closed pipe, it is only kept: the command goes on."""
        for kept in self._kept:
            kept.add(data)
        if self.failure is None:
            try:
                while data:
                    data = data[os.write(self._descriptor, data) :]
            except OSError as error:
                self.failure = error
