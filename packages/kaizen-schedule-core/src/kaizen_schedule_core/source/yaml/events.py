"""The position of parser events, empty values, and the anchor and tag of a node."""

import re
from collections.abc import Iterator
from typing import Any

from yaml.events import ScalarEvent

DEPTH_LIMIT = 64
_PROPERTY = re.compile(r"[ \t]*([&!](?:<[^>\s]*>|[^\s,\[\]{}]*))")


class Stop(Exception):
    """Ends the reading: there is something to report, or the problem limit is reached."""


def extent(event: Any) -> tuple[int, int]:
    """Return the start and end of an event, as indexes into the text."""
    return event.start_mark.index, event.end_mark.index


def is_empty(event: Any) -> bool:
    """Check whether a value is missing."""
    return type(event) is ScalarEvent and event.value == "" and event.implicit[0]


def properties(text: str, at: int) -> Iterator[tuple[int, str]]:
    """Yield the anchor and the tag of the node that starts at an index: (index, text)."""
    seen = ""
    while (match := _PROPERTY.match(text, at)) and match[1][0] not in seen:
        yield match.start(1), match[1]
        at, seen = match.end(), seen + match[1][0]
