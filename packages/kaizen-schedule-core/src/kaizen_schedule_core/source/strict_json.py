"""Strict parsing of JSON: only what every program reads alike (RFC 8259, RFC 7493)."""

import json
from collections import Counter
from typing import Any

DEPTH_LIMIT = 64


class InvalidJson(ValueError):
    """Text that is not JSON, or JSON that programs read differently. `key` is the user's key at fault, if any."""

    def __init__(self, reason: str, *, key: str | None = None, is_json: bool = True) -> None:
        """Keep the reason, and whether the text is JSON at all."""
        super().__init__(reason)
        self.key = key
        self.is_json = is_json


def parse_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises InvalidJson for a syntax error, a duplicate key, a number that is not finite or has thousands of digits, and
    more than 64 levels. Strings can contain half of a surrogate pair: see `has_surrogate`.
    """
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        at = f"unexpected character {error.pos + 1}" if error.pos < len(text) else "unexpected end"
        raise InvalidJson(at, is_json=False) from None
    except RecursionError:
        raise InvalidJson(f"nested deeper than {DEPTH_LIMIT} levels") from None
    except InvalidJson:
        raise
    except ValueError:  # Python limits the digits of a number
        raise InvalidJson("number with too many digits") from None
    if text.count("[") + text.count("{") > DEPTH_LIMIT and _is_too_deep(value):
        raise InvalidJson(f"nested deeper than {DEPTH_LIMIT} levels")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    times = Counter(key for key, _ in pairs)
    twice = next(key for key in value if times[key] > 1)
    raise InvalidJson("duplicate key", key=twice)


def _refuse_constant(word: str) -> None:
    raise InvalidJson(f"{word} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise InvalidJson("number out of range")
    return number


# Made once: `json.loads` with these functions would make one for each text.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite)


def _is_too_deep(value: Any, depth: int = 0) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return depth == DEPTH_LIMIT or any(_is_too_deep(one, depth + 1) for one in inner)


def has_surrogate(value: Any) -> bool:
    """Check whether a string in a value has half of a surrogate pair, which cannot be written as UTF-8."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
