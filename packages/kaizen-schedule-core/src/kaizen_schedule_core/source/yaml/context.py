"""The text around the place where the YAML parser stopped."""

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
    """What is wrong, from an index of the text on."""

    at: int
    message: str
    hint: str
    width: int = 1
    code: Code = reading.SYNTAX


@dataclass(frozen=True)
class ErrorContext:
    """The text, and the two places the parser names: where it stopped, and where what it was reading began."""

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

    @cached_property
    def above(self) -> list[int]:
        """Where the lines above that of the stop begin, those of nothing but blanks or a comment left out."""
        lines = _LINE.finditer(self.text, 0, self.line)  # looked at once: a hostile file has a hundred thousand
        return [line.start() for line in lines if line[0].lstrip()[:1] not in {"", "#"}]

    @cached_property
    def lines_up(self) -> tuple[int, ...]:
        """Where the line of the stop begins, and then the nearest lines above that hold more than comments."""
        return (self.line, *reversed(self.above[-_LINES_ABOVE:]))

    def odd_line(self) -> int:
        """The line whose indentation no other line shares: that of the stop, or one that it was measured against."""
        # The line at which the parser stops is often innocent. The odd one has a depth that no other line has: it is
        # the nearest line further out, or the one just inside of that.
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
    """By how many spaces the line that begins at an index is indented."""
    end = start
    while text.startswith(" ", end):
        end += 1
    return end - start
