"""Parsing of a hub's response, as strict as for roster files, so that both give the same result."""

import re
from collections.abc import Mapping
from typing import Any

from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.source.strict_json import InvalidJson, parse_json

_EXCERPT = 60
_TOTALS = ("x-total-count", "x-total", "total-count")
_NUMBER = re.compile(r"[0-9]{1,18}")
_NEXT = re.compile(r';\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:[;,]|$))', re.IGNORECASE)
_WHOLE = "the hub must send the complete list, because a page could hide repositories"


class InvalidListing(Exception):
    """A response that is not a list of repositories; the message completes "the response of the hub …"."""

    def __init__(self, what: str, hint: str = "try again, or check the hub's log") -> None:
        """Keep the message and the hint."""
        super().__init__(what)
        self.hint = hint


def rows_of(body: bytes, *, private: bool) -> list[Any]:
    """Return the entries of a response, which must be a JSON list. Raises InvalidListing.

    A response to a request with credentials is `private`: it can contain them, so it is never quoted.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidListing("is not UTF-8", "the hub must send uncompressed JSON in UTF-8") from None
    try:
        value = parse_json(text)
    except InvalidJson as error:
        raise _invalid(error, text, private=private) from None
    if not isinstance(value, list):
        raise _not_a_list(value, private=private)
    return value


def _invalid(error: InvalidJson, text: str, *, private: bool) -> InvalidListing:
    if error.is_json or text.lstrip().startswith("["):
        what = f"is invalid JSON: {error}"
        if error.key is not None and not private:
            what += f" {quoted(error.key)}"
        return InvalidListing(what)
    what = "is not JSON"
    if text.strip() and not private:
        what += f": it starts with {quoted(text[:_EXCERPT].strip())}"
    return InvalidListing(what, "pass the address of State Hub itself")


def require_whole(headers: Mapping[str, str], count: int) -> None:
    """Raise InvalidListing if the headers of a response announce more entries than the `count` that it has.

    These are `Link` with rel=next (RFC 8288), a number of the next page, a total, and `Content-Range` (RFC 9110).
    """
    if _NEXT.search(re.sub("<[^>]*>", "", headers.get("link", ""))) or headers.get("x-next-page", "").strip():
        raise InvalidListing("is a page: its headers name a next page", _WHOLE)
    totals = [headers.get(name, "").strip() for name in _TOTALS]
    totals.append(headers.get("content-range", "").rpartition("/")[2].strip())
    largest = max((int(total) for total in totals if _NUMBER.fullmatch(total)), default=count)
    if largest > count:
        raise InvalidListing(f"is a page: {count} of {largest} entries", _WHOLE)


def _not_a_list(value: object, *, private: bool) -> InvalidListing:
    what = "is not a list"
    if isinstance(value, dict) and value and not private:
        what = f"is an object with {', '.join(map(quoted, list(value)[:3]))}"
    return InvalidListing(f"{what}, but must be a list of repositories", _WHOLE)
