"""The request to a hub: retries, redirects on the same host, and a response of limited size."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from kaizen_schedule_core.codes import Code, roster
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars
from kaizen_schedule_core.errors import RosterError
from kaizen_schedule_core.fleet.roster import ROSTER_LIMIT

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_PAUSES = (0.0, 0.5)  # seconds before the second and the third attempt
_REDIRECTS = 5
_SERVER_FAILED = range(500, 600)
_OK = 200
_CHUNK = 64 * 1024
_HINTS = {
    401: "add user and password to the address: http://USER:PASSWORD@HOST",
    403: "use a user who can read the roster: http://USER:PASSWORD@HOST",
    404: "pass the address without a path: /repos/ is added to it",
}


@dataclass(frozen=True, slots=True)
class HubRequest:
    """One GET request: the address without credentials, the header with them, and the deadline."""

    address: str
    authorization: str | None
    timeout: float
    deadline: float
    failures: list[RosterError] = field(default_factory=list)
    """The errors of the attempts that are retried; the last one is the reason if there is no time for another."""

    def send(self) -> tuple[bytes, Mapping[str, str]]:
        """Return the body and the headers of the response. Raises RosterError (KZ402 to KZ404)."""
        try:
            from urllib3 import PoolManager, Timeout
        except ImportError:
            message = "State Hub requires urllib3, which is not installed"
            hint = "install it with: pip install 'kaizen-schedule-core[hub]'"
            raise RosterError(diagnose(roster.HUB_UNREACHABLE, message, file=self.address, hint=hint)) from None
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        if self.authorization is not None:
            headers["authorization"] = self.authorization
        with PoolManager(headers=headers, retries=False, timeout=Timeout(total=self.timeout)) as pool:
            response = _follow(pool, self)
            return _body(response, self), response.headers

    def error(self, code: Code, what: str, hint: str) -> RosterError:
        """Return the exception for a failed request; `what` completes the sentence about the hub or its response."""
        subject = "the response of the hub" if code is roster.HUB_INVALID else "the hub"
        return RosterError(diagnose(code, f"{subject} {self.address} {what}", file=self.address, hint=hint))

    def unexpected(self, status: int) -> RosterError:
        """Return the exception for a response with this status."""
        hint = _HINTS.get(status, "check the hub's log")
        return self.error(roster.HUB_UNEXPECTED, f"responded with status {status}", hint)

    def timed_out(self) -> RosterError:
        """Return the exception for a request that exceeds its deadline: the last failure, if there was one."""
        if self.failures:
            return self.failures[-1]
        what = f"did not respond within {self.timeout:g} seconds"
        return self.error(roster.HUB_UNREACHABLE, what, "check that it is running and not overloaded")


def _follow(pool: PoolManager, request: HubRequest) -> BaseHTTPResponse:
    """Return the response after redirects, which must stay on the same host."""
    url = request.address
    for _ in range(_REDIRECTS):
        response = _try(pool, url, request)
        if response.status == _OK:
            return response
        response.close()
        location = response.get_redirect_location()
        if location is False:
            raise request.unexpected(response.status)
        target = _target(url, location or "")
        if target is None:
            what = "redirected to another host or port, or to an invalid address"
            raise request.error(roster.HUB_UNEXPECTED, what, "if you trust the new address, pass it with --hub")
        url = target
    what = f"redirected more than {_REDIRECTS} times"
    raise request.error(roster.HUB_UNEXPECTED, what, "check the address, and any proxy in front of the hub")


def _target(url: str, location: str) -> str | None:
    """Return the target URL of a redirect; None for another host or port, or for https to http.

    Another port is another server, which must not get the credentials; only http to https may change the default port.
    """
    try:
        old, new = urlsplit(url), urlsplit(urljoin(url, location))
        same = (new.scheme, new.port) == (old.scheme, old.port)
        safer = (old.scheme, new.scheme) == ("http", "https") and {old.port, new.port} <= {None, 80, 443}
        if (same or safer) and new.hostname == old.hostname and new.username is None:
            return urlunsplit(new)
    except ValueError:
        pass
    return None


def _try(pool: PoolManager, url: str, request: HubRequest) -> BaseHTTPResponse:
    """Return the response to a GET request, which is retried after a connection error or a 5xx status."""
    for pause in _PAUSES:
        try:
            response = _get(pool, url, request)
        except RosterError as error:
            request.failures.append(error)
        else:
            if response.status not in _SERVER_FAILED:
                break
            response.close()
            request.failures.append(request.unexpected(response.status))
        time.sleep(pause)
    else:
        response = _get(pool, url, request)
    request.failures.clear()
    return response


def _get(pool: PoolManager, url: str, request: HubRequest) -> BaseHTTPResponse:
    from urllib3 import exceptions

    try:
        return pool.request("GET", url, redirect=False, preload_content=False)
    except exceptions.NewConnectionError as error:  # a TimeoutError for urllib3
        reason = _reason(error)
    except exceptions.TimeoutError:
        raise request.timed_out() from None
    except (exceptions.HTTPError, ValueError, OSError) as error:  # urllib3 does not wrap all errors of http.client
        reason = _reason(error)
    raise request.error(roster.HUB_UNREACHABLE, f"cannot be reached: {reason}", "start it, or check the address")


def _reason(error: Exception) -> str:
    """Return the operating system's message, without urllib3's prefix, and without text from the hub."""
    from http.client import HTTPException

    cause = error.args[-1] if isinstance(error.args[-1], Exception) else error.__context__ or error
    if isinstance(cause, HTTPException) and not isinstance(cause, OSError):
        return "its response is not HTTP"
    words = getattr(cause, "strerror", None) or str(cause).rpartition(": ")[2]
    return escape_control_chars(str(words)).lower() or type(cause).__name__


def _body(response: BaseHTTPResponse, request: HubRequest) -> bytes:
    from urllib3 import exceptions

    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in response.stream(_CHUNK, decode_content=False):
            chunks.append(chunk)
            size += len(chunk)
            if size > ROSTER_LIMIT:
                what = f"is larger than {ROSTER_LIMIT // 2**20} MiB"
                raise request.error(roster.HUB_INVALID, what, "check the entries in the hub")
            if time.monotonic() > request.deadline:
                raise request.timed_out()
    except exceptions.TimeoutError:
        raise request.timed_out() from None
    except (exceptions.HTTPError, ValueError, OSError):  # a negative chunk size is a ValueError
        what = "is incomplete"
        raise request.error(roster.HUB_INVALID, what, "try again, or check the hub's log") from None
    finally:
        response.close()
    return b"".join(chunks)
