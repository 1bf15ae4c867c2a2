"""What a hub's answer lists: the text is read as strictly as a roster file, so that both mean the same."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.source.yaml.events import DEPTH_LIMIT

_EXCERPT = 60
_LOOK = "try again; look into the hub's log"
_TOO_DEEP = f"nests deeper than {DEPTH_LIMIT}"


class NoListing(Exception):
    """An answer that is no list of repositories: what is wrong with it, to stand behind "the answer", and a hint."""

    def __init__(self, what: str, hint: str = _LOOK) -> None:
        """Keep the hint beside the message."""
        super().__init__(what)
        self.hint = hint


def rows_of(body: bytes, *, private: bool) -> list[Any]:
    """The rows of an answer, which must be a plain JSON list. Raises NoListing.

    An answer to a request with credentials is `private`: it may repeat them, and is never quoted.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text, object_pairs_hook=lambda pairs: _object(pairs, private=private), parse_constant=_no_number
        )
    except UnicodeDecodeError:
        raise NoListing("is not UTF-8", "the hub must answer with plain JSON, not compressed") from None
    except json.JSONDecodeError as error:
        raise _no_json(text, error.pos, private=private) from None
    except RecursionError:
        raise NoListing(_TOO_DEEP) from None
    except ValueError:  # Python's guard against long numbers
        raise NoListing("is no usable JSON: a number in it has too many digits") from None
    if not isinstance(value, list):
        keys = list(value) if isinstance(value, dict) and not private else []
        what = f"is an object with {', '.join(map(quoted, keys[:3]))}" if keys else "is no list"
        hint = "an envelope or a page may hide repositories: the hub must answer with the whole list"
        raise NoListing(f"{what}, where a plain list of repositories is expected", hint)
    if _is_too_deep(value):
        raise NoListing(_TOO_DEEP)
    return value


def _object(pairs: list[tuple[str, Any]], *, private: bool) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        key = "a key" if private else f"the key {quoted(twice)}"
        raise NoListing(f"is no usable JSON: {key} is given twice in one object")
    return value


def _no_number(word: str) -> None:
    raise NoListing(f"is no usable JSON: {word} is no number")


def _no_json(text: str, position: int, *, private: bool) -> NoListing:
    if text.lstrip().startswith("["):
        at = "breaks off at its end" if position >= len(text) else f"goes wrong at character {position + 1}"
        return NoListing(f"is not whole JSON: it {at}")
    began = f": it begins with {quoted(text[:_EXCERPT].strip())}" if text.strip() and not private else ""
    return NoListing(f"is not JSON{began}", "give the address of State Hub itself, not of a page before it")


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH_LIMIT):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
