"""Parsing of a hub's response, as strict as for roster files, so that both give the same result."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.source.yaml.events import DEPTH_LIMIT

_EXCERPT = 60
_TOTALS = ("x-total-count", "x-total", "total-count")
_NUMBER = re.compile(r"[0-9]{1,18}")
_TOO_DEEP = f"is nested deeper than {DEPTH_LIMIT} levels"


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
        value = json.loads(
            text, object_pairs_hook=lambda pairs: _object(pairs, private=private), parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise InvalidListing("is not UTF-8", "the hub must send uncompressed JSON in UTF-8") from None
    except json.JSONDecodeError as error:
        raise _not_json(text, error.pos, private=private) from None
    except RecursionError:
        raise InvalidListing(_TOO_DEEP) from None
    except ValueError:  # Python limits the digits of a number
        raise InvalidListing("is invalid JSON: number with too many digits") from None
    if not isinstance(value, list):
        raise _not_a_list(value, private=private)
    if _is_too_deep(value):
        raise InvalidListing(_TOO_DEEP)
    return value


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


def _object(pairs: list[tuple[str, Any]], *, private: bool) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    times = Counter(key for key, _ in pairs)
    twice = next(key for key in value if times[key] > 1)
    what = "" if private else f" {quoted(twice)}"
    raise InvalidListing(f"is invalid JSON: duplicate key{what}")


def _refuse_constant(word: str) -> None:
    raise InvalidListing(f"is invalid JSON: {word} is not a number")


def _not_json(text: str, position: int, *, private: bool) -> InvalidListing:
    if text.lstrip().startswith("["):
        at = f"unexpected character {position + 1}" if position < len(text) else "unexpected end"
        return InvalidListing(f"is invalid JSON: {at}")
    what = "is not JSON"
    if text.strip() and not private:
        what += f": it starts with {quoted(text[:_EXCERPT].strip())}"
    return InvalidListing(what, "pass the address of State Hub itself")


def _not_a_list(value: object, *, private: bool) -> InvalidListing:
    what = "is not a list"
    if isinstance(value, dict) and value and not private:
        what = f"is an object with {', '.join(map(quoted, list(value)[:3]))}"
    return InvalidListing(f"{what}, but must be a list of repositories", _WHOLE)


def _is_too_deep(value: Any, depth: int = 0) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == DEPTH_LIMIT or any(_is_too_deep(one, depth + 1) for one in inner)
