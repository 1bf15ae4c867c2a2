"""Pings in the Healthchecks protocol: `/start`, then `/<exit status>` or `/fail`. A ping that fails is a warning."""

import threading
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import Request, urlopen

from kaizen_schedule_core.fleet.deadline import DeadlineExceeded, call_within

PING_SECONDS = 5.0


def check_ping_url(text: str) -> str:
    """Return the URL of --ping. Raises ValueError with a hint."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is not a number
        usable = False
    if not usable or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("use an address such as https://hc-ping.com/UUID")
    return text


class Pings:
    """The pings of one run, which are sent on a thread, one after the other."""

    def __init__(self, url: str, session_id: str, *, seconds: float = PING_SECONDS) -> None:
        """Use the session's id as the id of the run; `seconds` limits each ping."""
        self.problems: list[str] = []
        self._url, self._session_id, self._seconds = url, session_id, seconds
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Report the start of the run, without waiting for the answer."""
        self._thread = threading.Thread(target=self._send, args=("start",), daemon=True)
        self._thread.start()

    def end(self, status: int | None) -> None:
        """Report the end of the run, and wait for the answer; None is a failure without an exit status."""
        if self._thread is not None:
            self._thread.join(2 * self._seconds)
        path = "fail"
        if status is not None:
            path = str(status)
        self._send(path)

    def _send(self, path: str) -> None:
        scheme, host, folder, query, _ = urlsplit(self._url)
        rid = f"rid={self._session_id}"
        if query:
            rid = f"{query}&{rid}"
        url = urlunsplit((scheme, host, f"{folder.rstrip('/')}/{path}", rid, ""))
        try:
            call_within(self._seconds, lambda: self._post(url))
        except HTTPError as error:
            reason = f"status {error.code}"
        except DeadlineExceeded:
            reason = f"no response within {self._seconds:g} seconds"
        except (OSError, HTTPException, ValueError) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        else:
            return
        self.problems.append(f"the ping /{path} failed: {reason}")

    def _post(self, url: str) -> None:
        with urlopen(Request(url, method="POST"), timeout=self._seconds):  # noqa: S310 - http or https
            pass
