"""Quoting in YAML: of a string that is written, and keys whose values a person must quote."""

import re
from dataclasses import dataclass

from kaizen_schedule_core.codes import Code

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*")
_RESERVED = frozenset({"false", "n", "no", "null", "off", "on", "true", "y", "yes"})  # not strings in YAML 1.1


def yaml_string(text: str) -> str:
    """Return a printable text as a YAML string, quoted if a parser could read it as another type."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _RESERVED:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotedKeys:
    """Keys whose values can start with reserved characters, with the code of an unquoted one.

    `noun` and `form` describe a value in messages.
    """

    keys: frozenset[str]
    noun: str
    code: Code
    form: str
