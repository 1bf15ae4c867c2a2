"""A task sink in place of issue-core: `POST /issues/` stores one task per key. It can be made to fail."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_CREATED, _KNOWN, _FAILED = 201, 200, 503


class Sink:
    """The sink in a thread; `requested` are the keys of all requests, `tasks` the stored tasks, in order."""

    def __init__(self, *, knows_keys: bool = True) -> None:
        """Listen on a free loopback port. Without `knows_keys`, every request stores a task."""
        self.tasks: list[dict[str, Any]] = []
        self.requested: list[str] = []
        self.refused = 0
        self.fail_every = 0  # 2: the response to every second request is 503, and nothing is stored
        self.hold_after = -1  # after so many stored tasks, requests wait, so that a worker can be killed
        self._knows_keys = knows_keys
        self._ended = False
        self._changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self.release()
        self._server.shutdown()
        self._server.server_close()

    @property
    def keys(self) -> list[str]:
        """Return the keys of the stored tasks, sorted."""
        return sorted(task["key"] for task in self.tasks)

    def release(self) -> None:
        """Continue the waiting requests."""
        with self._changed:
            self.hold_after = -1
            self._changed.notify_all()

    async def until(self, holds: Callable[[Sink], bool], seconds: float) -> bool:
        """Wait until a condition is true; return False after a timeout."""

        def wait() -> bool:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or holds(self), seconds)
                return holds(self)

        return await asyncio.to_thread(wait)

    def take(self, task: dict[str, Any]) -> int:
        """Store a task and return the status of the response."""
        with self._changed:
            self.requested.append(task["key"])
            self._changed.notify_all()
            self._changed.wait_for(lambda: not 0 <= self.hold_after <= len(self.tasks))
            if self.fail_every and len(self.requested) % self.fail_every == 0:
                self.refused += 1
                return _FAILED
            if self._knows_keys and any(kept["key"] == task["key"] for kept in self.tasks):
                return _KNOWN
            self.tasks.append(task)
            self._changed.notify_all()
            return _CREATED


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Ignore errors of workers that were killed during a request."""


def _handler(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known = self.path == "/issues/"
            self._answer(sink.take(json.loads(body)) if known else 404, b"{}")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing; the sink has all requests."""

    return Handler
