"""Values of unquoted YAML 1.2 scalars (ADR-007)."""

import re

_WORDS = {"true": True, "false": False, "null": None, "Null": None, "NULL": None, "~": None, "": None}
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+")
_INFINITE = re.compile(r"([-+]?)\.(?:(inf|Inf|INF)|nan|NaN|NAN)")
_NUMBER_START = frozenset("+-.0123456789")
_LONGEST_NUMBER = 40


def resolve_plain(text: str) -> str | bool | int | float | None:
    """Return the value of an unquoted scalar; only `true` and `false` are booleans."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START or len(text) > _LONGEST_NUMBER:
        return text
    infinite = _INFINITE.fullmatch(text)
    if infinite:
        return float(infinite[1] + (infinite[2] or "nan"))
    if not _NUMBER.fullmatch(text):
        return text
    digits = text.lstrip("+-")
    if digits.isdigit():
        return int(text)
    if digits[:2] in {"0o", "0x"}:
        return int(text, 0)
    return float(text)
