"""Diagnostics as text: the problem, its position, the source line with carets, the hint, and the help command."""

import sys
from collections.abc import Iterable

from kaizen_schedule_core.diagnostics import Diagnostic, Note, count, escape_control_chars, plural

from kaizen_schedule_cli.render.streams import wants_colour, write_stderr
from kaizen_schedule_cli.render.width import TERMINAL, cells

_WIDTH = 72
_BEFORE = 40
_COLOURS = {"error": "31", "warning": "33", "info": "36", "bold": "1", "frame": "34"}


def diagnostics_text(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """Return the diagnostics as text, each followed by a blank line."""
    return "".join(_one(diagnostic, colour=colour) + "\n\n" for diagnostic in diagnostics)


def write_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics to stderr, if there are any."""
    text = diagnostics_text(diagnostics, colour=wants_colour(sys.stderr)).rstrip("\n")
    if text:
        write_stderr(text)


def counts_text(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the counts: `1 error, 2 warnings`, or `0 problems`."""
    found = [plural(number, noun) for noun, number in count(diagnostics).items() if number]
    return ", ".join(found) or "0 problems"


def _one(diagnostic: Diagnostic, *, colour: bool) -> str:
    def paint(text: str, *styles: str) -> str:
        if not colour:
            return text
        codes = ";".join(map(_COLOURS.__getitem__, styles))
        return f"\x1b[{codes}m{text}\x1b[0m"

    line, column = diagnostic.line or 1, diagnostic.column or 1
    gutter = " " * len(f"{line} ")
    bar = paint(f"{gutter} |", "frame")
    item = f"{gutter} {paint('=', 'frame')}"
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity, "bold")
    rows = [
        f"{head}: {paint(diagnostic.message, 'bold')}",
        f"{gutter}{paint('-->', 'frame')} {escape_control_chars(diagnostic.file)}:{line}:{column}",
    ]
    hint = diagnostic.hint
    if diagnostic.excerpt is not None:
        shown, marks = _excerpt(diagnostic.excerpt, diagnostic, column)
        if hint is not None and len(gutter) + 3 + cells(f"{marks} {hint}") <= TERMINAL:
            marks, hint = f"{marks} {hint}", None
        number = paint(f" {line} |", "frame")
        rows += [bar, f"{number} {shown}".rstrip(), f"{bar} {paint(marks, diagnostic.severity)}"]
    rows.append(bar)
    if hint:
        rows.append(f"{item} {hint}")  # never wrapped, because it can be a command to copy
    for note in diagnostic.notes:
        first, *more = _wrapped(note, TERMINAL - len(gutter) - 3)
        rows += [f"{item} {first}", *(f"{gutter}   {rest}" for rest in more)]
    rows.append(f"{item} help: kaizen-agentic schedule explain {diagnostic.code}")
    return "\n".join(rows)


def _wrapped(note: Note, width: int) -> list[str]:
    import textwrap  # imported only if there is something to wrap

    place = f"{escape_control_chars(note.file or '')}:{note.line}:{note.column}: " if note.line else ""
    return textwrap.wrap(f"{place}{note.message}", width, break_on_hyphens=False) or [""]


def _excerpt(line: str, diagnostic: Diagnostic, column: int) -> tuple[str, str]:
    start = max(0, min(column - 1 - _BEFORE, len(line) - _WIDTH))
    stop = start + _WIDTH
    end = len(line) + 1
    if diagnostic.end_line == diagnostic.line and diagnostic.end_column:
        end = diagnostic.end_column
    lead = line[start : column - 1]
    shown = "".join(map(_one_column, line[start:stop]))
    if start:
        lead, shown = f"…{lead}", f"…{shown}"
    if stop < len(line):
        shown += "…"
    return shown, " " * cells(lead) + "^" * max(1, cells(line[column - 1 : min(end - 1, stop)]))


def _one_column(char: str) -> str:
    """Return the shown form of a character with the width of `cells`: a dot if it has no glyph."""
    if char.isprintable():
        return char
    return " " if char == "\t" else "·"
