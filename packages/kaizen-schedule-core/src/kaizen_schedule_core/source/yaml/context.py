"""The text around the position at which the YAML parser stopped."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.source.text import line_start
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

_LINES_ABOVE = 3
_LINE = re.compile(r"[^\r\n]+")


class Finding(NamedTuple):
    """A mistake that starts at an index of the text."""

    at: int
    message: str
    hint: str
    width: int = 1
    code: Code = reading.SYNTAX


@dataclass(frozen=True)
class ErrorContext:
    """The text, and the two positions of a parser error: where it stopped, and where that construct starts."""

    text: str
    stopped: int
    began: int
    keys: QuotedKeys | None

    @property
    def char(self) -> str:
        """The character at which the parser stopped."""
        return self.text[self.stopped : self.stopped + 1]

    @property
    def opener(self) -> str:
        """The first character of the construct that the parser was reading."""
        return self.text[self.began : self.began + 1]

    @cached_property
    def line(self) -> int:
        """The index at which the line of the stop starts."""
        return line_start(self.text, self.stopped)

    @cached_property
    def before(self) -> str:
        """The text of the line before the stop, without white space around it."""
        return self.text[self.line : self.stopped].strip()

    @cached_property
    def above(self) -> list[int]:
        """The start indexes of the lines above the stop, without blank lines and comments."""
        lines = _LINE.finditer(self.text, 0, self.line)  # searched once: a hostile file has a hundred thousand
        return [line.start() for line in lines if line[0].lstrip()[:1] not in {"", "#"}]

    @cached_property
    def lines_up(self) -> tuple[int, ...]:
        """The start indexes of the line of the stop, and of the nearest lines above it, without comments."""
        return (self.line, *reversed(self.above[-_LINES_ABOVE:]))

    def odd_line(self) -> int:
        """The line with an indentation that no other line has: that of the stop, or one that it is compared with."""
        # The line at which the parser stops is often correct. The wrong line has an indentation that no other line
        # has: it is the nearest line with less indentation, or the line after that.
        outer, inner = None, self.line
        own = indent(self.text, self.line)
        for start in reversed(self.above):
            if indent(self.text, start) <= own:
                outer = start
                break
            inner = start
        depths = Counter(len(line) - len(line.lstrip(" ")) for line in self.text.splitlines() if line.strip())
        for suspect in (outer, inner):
            if suspect is None:
                continue
            depth = indent(self.text, suspect)
            alone = depth not in {0, own} and depths[depth] == 1
            if alone and (depths[own] > 1 or (depth % 2 and not own % 2)):
                return suspect
        return self.line


def indent(text: str, start: int) -> int:
    """Return the indentation of the line that starts at an index."""
    end = start
    while text.startswith(" ", end):
        end += 1
    return end - start
