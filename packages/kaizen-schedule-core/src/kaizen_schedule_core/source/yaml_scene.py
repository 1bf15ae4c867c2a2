"""The text around the place where the YAML parser stopped, and what can be said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.source.text import line_at

_LINES_ABOVE = 3


class Finding(NamedTuple):
    """What is wrong, from an index of the text on."""

    at: int
    message: str
    hint: str
    width: int = 1
    code: Code = reading.SYNTAX


@dataclass(frozen=True)
class Scene:
    """The text, and the two places the parser names: where it stopped, and where what it was reading began."""

    text: str
    stopped: int
    began: int
    cron_keys: Collection[str]

    @property
    def char(self) -> str:
        """The character at which the parser stopped."""
        return self.text[self.stopped : self.stopped + 1]

    @property
    def opener(self) -> str:
        """The character with which began what the parser was reading."""
        return self.text[self.began : self.began + 1]

    @cached_property
    def line(self) -> int:
        """Where the line of the stop begins."""
        return line_start(self.text, self.stopped)

    @cached_property
    def before(self) -> str:
        """The line of the stop up to it, less the blanks around."""
        return self.text[self.line : self.stopped].strip()

    def lines_up(self) -> Iterator[int]:
        """Where the line of the stop begins, and then the nearest lines above that hold more than comments."""
        start: int | None = self.line
        for _ in range(_LINES_ABOVE + 1):
            if start is None:
                return
            yield start
            start = line_above(self.text, start)

    def odd_line(self) -> int:
        """The line whose indentation no other line shares: that of the stop, or one that it was measured against."""
        start, inner = self.line, self.line
        own = indent(self.text, start)
        while (above := line_above(self.text, start)) is not None and indent(self.text, above) > own:
            start = inner = above
        depths = Counter(len(line) - len(line.lstrip(" ")) for line in self.text.splitlines() if line.strip())
        for suspect in (above, inner):
            depth = 0 if suspect is None else indent(self.text, suspect)
            if suspect is not None and depth not in {0, own} and depths[depth] == 1:
                stands_out = depths[own] > 1 or (depth % 2 and not own % 2)
                if stands_out:
                    return suspect
        return self.line


def line_start(text: str, at: int) -> int:
    """Where the line that holds an index begins."""
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_above(text: str, start: int) -> int | None:
    """Where the nearest line above begins that holds more than blanks and comments."""
    while start > 0:
        start = line_start(text, start - 1)
        line = line_at(text, start).strip()
        if line and not line.startswith("#"):
            return start
    return None


def indent(text: str, start: int) -> int:
    """By how many spaces the line that begins at an index is indented."""
    line = line_at(text, start)
    return len(line) - len(line.lstrip(" "))
