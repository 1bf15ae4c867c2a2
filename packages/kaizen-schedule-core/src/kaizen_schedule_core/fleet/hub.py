"""State Hub as the source of a roster: one GET, bounded in time and size, and a failure is never an empty answer.

The hub's list is asked for whole, without any filter, so that a file and a hub with the same content give the same
answer (contract section 7). An envelope or a page of the list is refused: an undercounted fleet looks healthy.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from kaizen_schedule_core.codes import Code, roster
from kaizen_schedule_core.diagnostics import diagnose, inert
from kaizen_schedule_core.errors import RosterError
from kaizen_schedule_core.fleet.credentials import basic_authorization
from kaizen_schedule_core.fleet.hub_response import NoListing, rows_of
from kaizen_schedule_core.fleet.roster import ROSTER_LIMIT, Roster, roster_of

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

HUB_TIMEOUT = 10.0
"""Seconds in which the hub must have answered, retries and redirects included."""

_ATTEMPTS = 3
_BACKOFF = 0.25  # seconds before the second attempt, twice as many before the third
_REDIRECTS = 5
_SERVER_FAILED = range(500, 600)
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_OK = 200
_CHUNK = 64 * 1024


def is_hub_url(source: str) -> bool:
    """Whether a roster's source is the URL of a hub rather than the path of a file."""
    return source.lower().startswith(("http://", "https://"))


def load_hub(url: str, *, timeout: float | None = None) -> Roster:
    """The roster that a State Hub holds: `GET <url>/repos/`, a plain JSON list.

    User and password of the URL are sent as basic authentication and shown nowhere. Connection errors and answers
    of 5xx are tried again; redirects are followed on the same host and port, or from http to https. `timeout` is in
    seconds, for all of it, and 10 unless given. Raises RosterError: KZ402 for a hub that cannot be reached, KZ403 for
    one that refuses, KZ404 for an answer that is no roster, KZ401 for an empty one; ValueError, with what to write,
    for a text that is no usable URL.
    """
    address, authorization = _split(url)
    timeout = HUB_TIMEOUT if timeout is None else timeout
    call = _Call(address, timeout, time.monotonic() + timeout, authorization)
    answers: list[Roster | BaseException] = []

    def ask() -> None:
        try:
            answers.append(_ask(call))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the caller can see it
            answers.append(error)

    # A thread, since no timeout of a socket bounds a name server, or a header that drips in byte by byte.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    if not answers:
        raise call.late()
    if isinstance(answers[0], Roster):
        return answers[0]
    raise answers[0]


@dataclass(frozen=True, slots=True)
class _Call:
    """One look-up: the address, without credentials, when it must be over, and the header that signs in if any."""

    address: str
    timeout: float
    deadline: float
    authorization: str | None

    @property
    def hub(self) -> str:
        return f"the hub {self.address}"

    def problem(self, code: Code, message: str, hint: str) -> RosterError:
        return RosterError(diagnose(code, message, file=self.address, hint=hint))

    def nonsense(self, what: str, hint: str) -> RosterError:
        return self.problem(roster.HUB_NONSENSE, f"the answer of {self.hub} {what}", hint)

    def late(self) -> RosterError:
        message = f"{self.hub} did not answer within {self.timeout:g} seconds"
        return self.problem(roster.HUB_UNREACHABLE, message, "look whether it is up, and what it is busy with")


def _split(url: str) -> tuple[str, str | None]:
    """The address of the list without credentials, and the header that sends them."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:  # a port that is none
        host = None
    if (
        not host
        or not url.isascii()
        or not url.isprintable()
        or set(url) & {" ", "\\"}
        or parts.query
        or parts.fragment
    ):
        raise ValueError("write the hub's address, such as http://127.0.0.1:8000")
    netloc = parts.netloc.rpartition("@")[2]
    path = parts.path.rstrip("/").removesuffix("/repos") + "/repos/"
    return urlunsplit((parts.scheme.lower(), netloc, path, "", "")), basic_authorization(url)


def _ask(call: _Call) -> Roster:
    try:
        from urllib3 import PoolManager, Timeout
    except ImportError:
        hint = "pip install 'kaizen-schedule-core[hub]'"
        raise call.problem(roster.HUB_UNREACHABLE, "asking a hub needs urllib3, which is not installed", hint) from None
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    if call.authorization is not None:
        headers["authorization"] = call.authorization
    with PoolManager(headers=headers, retries=False, timeout=Timeout(total=call.timeout)) as pool:
        response = _follow(pool, call)
        body = _body(response, call)
    try:
        rows = rows_of(body, private=call.authorization is not None)
    except NoListing as error:
        raise call.nonsense(str(error), error.hint) from None
    return roster_of(rows, source=call.address, base=None)


def _follow(pool: PoolManager, call: _Call) -> BaseHTTPResponse:
    """The answer at the end of the redirects, which must stay on the host."""
    url = call.address
    for _ in range(_REDIRECTS):
        response = _try(pool, url, call)
        if response.status == _OK:
            return response
        response.close()
        if response.status not in _REDIRECTING:
            message = f"{call.hub} answers with status {response.status}"
            hint = _HINTS.get(response.status, "look into the hub's log")
            raise call.problem(roster.HUB_REFUSED, message, hint)
        target = _target(url, response.headers.get("location", ""))
        if target is None:
            message = f"{call.hub} redirects to another host or port, or to no usable address"
            raise call.problem(roster.HUB_REFUSED, message, "give the address it should be asked at, if you trust it")
        url = target
    message = f"{call.hub} redirects more than {_REDIRECTS} times"
    raise call.problem(roster.HUB_REFUSED, message, "look at its address, and at any proxy before it")


def _target(url: str, location: str) -> str | None:
    """Where a redirect leads; None when that is another host or port, or less safe than before.

    Another port is another server, which must not get the credentials; from http to https both may be the usual ones.
    """
    try:
        old, new = urlsplit(url), urlsplit(urljoin(url, location))
        same = (new.scheme, new.port) == (old.scheme, old.port) or (
            (old.scheme, new.scheme) == ("http", "https") and {old.port, new.port} <= {None, 80, 443}
        )
        if same and new.hostname == old.hostname and new.username is None:
            return urlunsplit(new)
    except ValueError:
        pass
    return None


_HINTS = {
    401: "give user and password in the address: http://USER:PASSWORD@HOST",
    403: "give a user who may read the roster: http://USER:PASSWORD@HOST",
    404: "give the address without a path: the list is asked for at /repos/",
}


def _try(pool: PoolManager, url: str, call: _Call) -> BaseHTTPResponse:
    """One request, tried again after a connection error or an answer of 5xx."""
    from urllib3.exceptions import HTTPError, NewConnectionError
    from urllib3.exceptions import TimeoutError as TookTooLong

    for attempt in range(_ATTEMPTS):
        last = attempt == _ATTEMPTS - 1
        try:
            response = pool.request("GET", url, redirect=False, preload_content=False)
        except (HTTPError, ValueError, OSError) as error:  # urllib3 lets some of what http.client finds pass
            if isinstance(error, TookTooLong) and not isinstance(error, NewConnectionError):
                raise call.late() from None
            if last:
                message = f"{call.hub} cannot be reached: {_reason(error)}"
                raise call.problem(roster.HUB_UNREACHABLE, message, "start it, or correct its address") from None
        else:
            if last or response.status not in _SERVER_FAILED:
                return response
            response.close()
        wait = _BACKOFF * 2**attempt
        if time.monotonic() + wait > call.deadline:
            raise call.late()
        time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def _reason(error: Exception) -> str:
    """The system's own words, without urllib3's frame and addresses of objects, and never the hub's."""
    from http.client import HTTPException

    cause = error.__context__ or error
    if isinstance(cause, HTTPException) and not isinstance(cause, OSError):
        return "what it says is not HTTP"
    words = getattr(cause, "strerror", None) or str(cause).rpartition(": ")[2]
    return inert(str(words)).lower() or type(cause).__name__


def _body(response: BaseHTTPResponse, call: _Call) -> bytes:
    from urllib3.exceptions import HTTPError
    from urllib3.exceptions import TimeoutError as TookTooLong

    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in response.stream(_CHUNK, decode_content=False):
            chunks.append(chunk)
            size += len(chunk)
            if size > ROSTER_LIMIT:
                raise call.nonsense(f"is larger than {ROSTER_LIMIT // 2**20} MiB", "look at what the hub lists")
            if time.monotonic() > call.deadline:
                raise call.late()
    except TookTooLong:
        raise call.late() from None
    except (HTTPError, ValueError, OSError):  # a chunk of negative size is a ValueError
        raise call.nonsense("ended before it was whole", "try again; look into the hub's log") from None
    finally:
        response.close()
    return b"".join(chunks)
