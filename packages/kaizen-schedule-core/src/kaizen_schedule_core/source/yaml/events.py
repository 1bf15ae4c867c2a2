"""What the parser's events say of the text: where they stand, what is empty, and which anchor and tag a node has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yaml.events import ScalarEvent

_PROPERTY = re.compile(r"[ \t]*([&!](?:<[^>\s]*>|[^\s,\[\]{}]*))")


def extent(event: Any) -> tuple[int, int]:
    """The indexes into the text between which an event stands."""
    return event.start_mark.index, event.end_mark.index


def is_empty(event: Any) -> bool:
    """Whether nothing at all stands where a value is expected."""
    return type(event) is ScalarEvent and event.value == "" and event.implicit[0]


def properties(text: str, at: int) -> Iterator[tuple[int, str]]:
    """The anchor and the tag of the node that starts at an index, as written: (index, word)."""
    seen = ""
    while (match := _PROPERTY.match(text, at)) and match[1][0] not in seen:
        yield match.start(1), match[1]
        at, seen = match.end(), seen + match[1][0]
