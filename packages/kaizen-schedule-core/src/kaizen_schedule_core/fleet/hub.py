"""State Hub as the source of a roster: one GET request, limited in time and size.

The request has no filter, so that a file and a hub with the same content give the same result (contract section 7).
Paginated responses are rejected, because repositories could be missing.
"""

import time
from urllib.parse import urlsplit, urlunsplit

from kaizen_schedule_core.codes import roster
from kaizen_schedule_core.fleet.credentials import basic_authorization
from kaizen_schedule_core.fleet.deadline import DeadlineExceeded, call_within
from kaizen_schedule_core.fleet.hub_request import HubRequest
from kaizen_schedule_core.fleet.hub_response import InvalidListing, require_whole, rows_of
from kaizen_schedule_core.fleet.roster import Roster, roster_of

HUB_TIMEOUT = 10.0
"""The seconds for a request to the hub, including retries and redirects."""


def is_hub_url(source: str) -> bool:
    """Check whether a roster's source is the URL of a hub."""
    return source.lower().startswith(("http://", "https://"))


def load_hub(url: str, *, timeout: float = HUB_TIMEOUT) -> Roster:
    """Return the roster of a State Hub: `GET <url>/repos/`, a JSON list.

    User and password of the URL are sent as basic authentication and never shown. Connection errors and 5xx
    responses are retried; redirects are followed on the same host and port, or from http to https. `timeout` is the
    limit in seconds for everything. Raises RosterError: KZ402 if the hub is unreachable, KZ403 for an unexpected
    response, KZ404 for an invalid roster, KZ401 for an empty one; ValueError with a hint for an invalid URL.
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
        raise ValueError("use an address such as http://127.0.0.1:8000")
    netloc = parts.netloc.rpartition("@")[2]
    path = parts.path.rstrip("/").removesuffix("/repos") + "/repos/"
    return urlunsplit((parts.scheme.lower(), netloc, path, "", ""))


def _read(request: HubRequest) -> Roster:
    body, headers = request.send()
    try:
        rows = rows_of(body, private=request.authorization is not None)
        require_whole(headers, len(rows))
    except InvalidListing as error:
        raise request.error(roster.HUB_INVALID, str(error), error.hint) from None
    return roster_of(rows, source=request.address, base=None)
