"""State Hub as the source of a roster: one GET, limited in time and size; a failure is never an empty answer.

The hub is asked for its whole list, without a filter, so that a file and a hub with the same content give the same
answer (contract section 7). An envelope or a page of the list is refused: an undercounted fleet looks healthy.
"""

import time
from urllib.parse import urlsplit, urlunsplit

from kaizen_schedule_core.codes import roster
from kaizen_schedule_core.fleet.credentials import basic_authorization
from kaizen_schedule_core.fleet.deadline import DeadlineExceeded, call_within
from kaizen_schedule_core.fleet.hub_request import HubRequest
from kaizen_schedule_core.fleet.hub_response import InvalidListing, rows_of
from kaizen_schedule_core.fleet.roster import Roster, roster_of

HUB_TIMEOUT = 10.0
"""Seconds in which the hub must have answered, retries and redirects included."""


def is_hub_url(source: str) -> bool:
    """Return whether a roster's source is the URL of a hub rather than the path of a file."""
    return source.lower().startswith(("http://", "https://"))


def load_hub(url: str, *, timeout: float = HUB_TIMEOUT) -> Roster:
    """Return the roster that a State Hub holds: `GET <url>/repos/`, a plain JSON list.

    User and password of the URL are sent as basic authentication and shown nowhere. Connection errors and answers
    of 5xx are tried again; redirects are followed on the same host and port, or from http to https. `timeout` is in
    seconds, for all of it. Raises RosterError: KZ402 for a hub that cannot be reached, KZ403 for one that refuses,
    KZ404 for an answer that is no roster, KZ401 for an empty one; ValueError, with what to write, for a text that is
    no usable URL.
    """
    request = HubRequest(_list_address(url), basic_authorization(url), timeout, time.monotonic() + timeout)
    try:
        return call_within(timeout, lambda: _read(request))
    except DeadlineExceeded:
        raise request.timed_out() from None


def _list_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is not a number, or too large
        usable = False
    odd = not url.isascii() or not url.isprintable() or " " in url or "\\" in url
    if odd or not usable or parts.query or parts.fragment:
        raise ValueError("write the hub's address, such as http://127.0.0.1:8000")
    netloc = parts.netloc.rpartition("@")[2]
    path = parts.path.rstrip("/").removesuffix("/repos") + "/repos/"
    return urlunsplit((parts.scheme.lower(), netloc, path, "", ""))


def _read(request: HubRequest) -> Roster:
    body = request.send()
    try:
        rows = rows_of(body, private=request.authorization is not None)
    except InvalidListing as error:
        raise request.error(roster.HUB_INVALID, str(error), error.hint) from None
    return roster_of(rows, source=request.address, base=None)
