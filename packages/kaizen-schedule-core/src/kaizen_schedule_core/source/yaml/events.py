"""The events of a text with their depth and position, and empty values."""

from typing import Any

from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import CollectionEndEvent, CollectionStartEvent, ScalarEvent

DEPTH_LIMIT = 64
ODD_BLANKS = frozenset(["\u00a0", "\u1680", *map(chr, range(0x2000, 0x200C)), "\u202f", "\u205f", "\u3000", "\ufeff"])
"""Characters that look like a space and are text to YAML; a key cannot start with one."""


class Stop(Exception):
    """Ends the reading: there is something to report, or the problem limit is reached."""


class TooDeep(Stop):
    """A collection below the deepest level starts at an index of the text."""


class Events:
    """The events of a text, and their depth."""

    def __init__(self, text: str) -> None:
        self._get = CParser(text).get_event
        self._depth = 0

    def next(self) -> Any:
        """Return the next event. Raises TooDeep, and YAMLError."""
        event: Any = self._get()
        if isinstance(event, CollectionStartEvent):
            self._depth += 1
            if self._depth > DEPTH_LIMIT:
                raise TooDeep(extent(event)[0])
        elif isinstance(event, CollectionEndEvent):
            self._depth -= 1
        return event

    def skip(self, event: Any) -> None:
        """Skip the rest of a node."""
        inside = self._depth
        while isinstance(event, CollectionStartEvent) and self._depth >= inside:
            self.next()


def extent(event: Any) -> tuple[int, int]:
    """Return the start and end of an event, as indexes into the text."""
    return event.start_mark.index, event.end_mark.index


def is_empty(event: Any) -> bool:
    """Check whether a value is missing."""
    return type(event) is ScalarEvent and event.value == "" and event.implicit[0]
