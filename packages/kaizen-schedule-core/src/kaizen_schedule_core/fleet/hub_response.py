"""What a hub's response lists: it is read as strictly as a roster file, so that both mean the same."""

import json
from collections import Counter
from typing import Any

from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.source.yaml.events import DEPTH_LIMIT

_EXCERPT = 60
_TOO_DEEP = f"nests deeper than {DEPTH_LIMIT}"


class InvalidListing(Exception):
    """A response that is not a list of repositories: what is wrong, to follow "the answer", and a hint."""

    def __init__(self, what: str, hint: str = "try again; look into the hub's log") -> None:
        """Keep the hint beside the message."""
        super().__init__(what)
        self.hint = hint


def rows_of(body: bytes, *, private: bool) -> list[Any]:
    """Return the rows of a response, which must be a plain JSON list. Raises InvalidListing.

    The response to a request with credentials is `private`: it may repeat them, and is never quoted.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text, object_pairs_hook=lambda pairs: _object(pairs, private=private), parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise InvalidListing("is not UTF-8", "the hub must answer with plain JSON, not compressed") from None
    except json.JSONDecodeError as error:
        raise _not_json(text, error.pos, private=private) from None
    except RecursionError:
        raise InvalidListing(_TOO_DEEP) from None
    except ValueError:  # Python's guard against long numbers
        raise InvalidListing("is no usable JSON: a number in it has too many digits") from None
    if not isinstance(value, list):
        raise _not_a_list(value, private=private)
    if _is_too_deep(value):
        raise InvalidListing(_TOO_DEEP)
    return value


def _object(pairs: list[tuple[str, Any]], *, private: bool) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    times = Counter(key for key, _ in pairs)
    twice = next(key for key in value if times[key] > 1)
    what = "a key" if private else f"the key {quoted(twice)}"
    raise InvalidListing(f"is no usable JSON: {what} is given twice in one object")


def _refuse_constant(word: str) -> None:
    raise InvalidListing(f"is no usable JSON: {word} is no number")


def _not_json(text: str, position: int, *, private: bool) -> InvalidListing:
    if text.lstrip().startswith("["):
        at = f"goes wrong at character {position + 1}" if position < len(text) else "breaks off at its end"
        return InvalidListing(f"is not whole JSON: it {at}")
    what = "is not JSON"
    if text.strip() and not private:
        what += f": it begins with {quoted(text[:_EXCERPT].strip())}"
    return InvalidListing(what, "give the address of State Hub itself, not of a page before it")


def _not_a_list(value: object, *, private: bool) -> InvalidListing:
    what = "is no list"
    if isinstance(value, dict) and value and not private:
        what = f"is an object with {', '.join(map(quoted, list(value)[:3]))}"
    hint = "an envelope or a page may hide repositories: the hub must answer with the whole list"
    return InvalidListing(f"{what}, where a plain list of repositories is expected", hint)


def _is_too_deep(value: Any, depth: int = 0) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == DEPTH_LIMIT or any(_is_too_deep(one, depth + 1) for one in inner)
