"""The text of a file, the values read from it, and their positions."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kaizen_schedule_core.codes import Code
from kaizen_schedule_core.diagnostics import TOP, Diagnostic, Note, Severity, Span, diagnose
from kaizen_schedule_core.source.text import line_at

Path = tuple[str | int, ...]


PROBLEM_LIMIT = 100
"""The maximum number of problems reported for a file: a hostile file can have millions."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class Unknown:
    """The type of `UNKNOWN`, which replaces a value that could not be read and was already reported."""

    def __repr__(self) -> str:
        """Return its name, for debuggers."""
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(slots=True)
class Positions:
    """The positions of keys and values, as (start, end) indexes into the text."""

    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """The text of a file, the values read from it, and their positions.

    `value` consists of dict, list, str, bool, int, float and None, and of UNKNOWN for what could not be read.
    `problems` are those found while reading; `file` is the path as typed. `locate` finds all positions; it is called
    only if there is something to report. `holds_null` is false if no value is None.
    """

    file: str
    text: str
    value: Any
    problems: tuple[Diagnostic, ...] = ()
    locate: Callable[[], Positions] = Positions
    holds_null: bool = True

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @cached_property
    def _positions(self) -> Positions:
        return self.locate()

    def reach(self, path: Path) -> tuple[Path, Any]:
        """Return the part of a path that exists, and its value."""
        value = self.value
        for depth, part in enumerate(path):
            inside = isinstance(value, dict) and part in value
            if not inside and not (isinstance(value, list) and isinstance(part, int) and part < len(value)):
                return path[:depth], value
            value = value[part]
        return path, value

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Return the span of a path's value or key; for a missing path, the span of the key of the nearest mapping."""
        while path and path not in self._positions.values:
            path, key = path[:-1], True
        if not path and (key or path not in self._positions.values):
            return TOP
        start, end = self._positions.values[path]
        if (key or start == end) and path in self._positions.keys:
            start, end = self._positions.keys[path]
        line, column = self._place(start)
        end_line, end_column = self._place(end)
        return Span(line=line, column=column, end_line=end_line, end_column=end_column)

    def _place(self, index: int) -> tuple[int, int]:
        line = bisect_right(self._lines, index)
        return line, index - self._lines[line - 1] + 1

    def place(self, path: Path) -> tuple[int, int]:
        """Return the start and end index of the value of an existing path."""
        return self._positions.values[path]

    def diagnose(
        self,
        code: Code,
        message: str,
        path: Path,
        *,
        key: bool = False,
        hint: str | None = None,
        notes: Iterable[Note] = (),
        severity: Severity | None = None,
    ) -> Diagnostic:
        """Return a diagnostic at the value of a path, or at its key."""
        span = self.span(path, key=key)
        return diagnose(
            code,
            message,
            file=self.file,
            span=span,
            hint=hint,
            notes=notes,
            severity=severity,
            excerpt=line_at(self.text, self._lines[span.line - 1]),
        )

    def narrow(self, found: Diagnostic, path: Path, part: tuple[int, int] | None) -> Diagnostic:
        """Return the diagnostic of a text at text[start:end] only, if the file contains the text without escapes."""
        if part is None or path not in self._positions.values:
            return found
        (start, end), (_, value) = self._positions.values[path], self.reach(path)
        quote = self.text[start : end - len(value)][:1]  # empty for a plain value
        if self.text[start:end] != f"{quote}{value}{quote}":
            return found
        line, column = self._place(start + len(quote) + part[0])
        return replace(found, line=line, column=column, end_line=line, end_column=column + part[1] - part[0])
