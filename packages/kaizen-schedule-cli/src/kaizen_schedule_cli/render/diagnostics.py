"""Diagnostics as text: the problem, its place, the line with carets, what to write, where to read on."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from kaizen_schedule_core.diagnostics import Diagnostic, Note, count, inert

from kaizen_schedule_cli.render.streams import plural, wants_colour, write_stderr
from kaizen_schedule_cli.render.width import TERMINAL, cells

_WIDTH = 72
_BEFORE = 40
_COLOURS = {"error": "31", "warning": "33", "info": "36", "bold": "1", "frame": "34"}


def diagnostics_text(diagnostics: Iterable[Diagnostic], *, colour: bool = False) -> str:
    """All of them, each followed by a blank line."""
    return "".join(_one(diagnostic, colour=colour) + "\n\n" for diagnostic in diagnostics)


def write_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Write diagnostics to stderr; nothing if there are none."""
    text = diagnostics_text(diagnostics, colour=wants_colour(sys.stderr)).rstrip("\n")
    if text:
        write_stderr(text)


def counts_text(diagnostics: Iterable[Diagnostic]) -> str:
    """How many there are: `1 error, 2 warnings`, or `0 problems`."""
    found = [plural(number, noun) for noun, number in count(diagnostics).items() if number]
    return ", ".join(found) or "0 problems"


def _one(diagnostic: Diagnostic, *, colour: bool) -> str:
    import textwrap  # a clean run has nothing to wrap

    def paint(text: str, *styles: str) -> str:
        return f"\x1b[{';'.join(_COLOURS[style] for style in styles)}m{text}\x1b[0m" if colour else text

    line, column = diagnostic.line or 1, diagnostic.column or 1
    gutter = " " * (len(str(line)) + 1)
    bar = paint(f"{gutter} |", "frame")
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity, "bold")
    rows = [
        f"{head}: {paint(diagnostic.message, 'bold')}",
        f"{gutter}{paint('-->', 'frame')} {inert(diagnostic.file)}:{line}:{column}",
    ]
    hint = diagnostic.hint
    if diagnostic.excerpt is not None:
        shown, carets = _excerpt(diagnostic, column)
        beside = hint is not None and len(gutter) + 3 + cells(f"{carets} {hint}") <= TERMINAL
        marked = f"{carets} {hint}" if beside else carets
        rows += [
            bar,
            f"{paint(f' {line} |', 'frame')} {shown}".rstrip(),
            f"{bar} {paint(marked, diagnostic.severity)}",
        ]
        hint = None if beside else hint
    rows.append(bar)
    if hint:
        rows.append(f"{gutter} {paint('=', 'frame')} {hint}")  # never wrapped: it may be a command to paste
    for note in diagnostic.notes:
        first, *more = textwrap.wrap(_note(note), TERMINAL - len(gutter) - 3, break_on_hyphens=False) or [""]
        rows.append(f"{gutter} {paint('=', 'frame')} {first}")
        rows.extend(f"{gutter}   {rest}" for rest in more)
    rows.append(f"{gutter} {paint('=', 'frame')} help: kaizen-agentic schedule explain {diagnostic.code}")
    return "\n".join(rows)


def _note(note: Note) -> str:
    place = f"{inert(note.file or '')}:{note.line}:{note.column}: " if note.line else ""
    return f"{place}{note.message}"


def _excerpt(diagnostic: Diagnostic, column: int) -> tuple[str, str]:
    """The source line, or the stretch of it around the place, and the carets below it."""
    line = diagnostic.excerpt or ""
    start = 0 if len(line) <= _WIDTH else max(0, min(column - 1 - _BEFORE, len(line) - _WIDTH))
    shown = line[start : start + _WIDTH]
    lead = "…" if start else ""
    tail = "…" if start + _WIDTH < len(line) else ""
    end = diagnostic.end_column if diagnostic.end_line == diagnostic.line and diagnostic.end_column else len(line) + 1
    marked = line[column - 1 : min(end - 1, start + _WIDTH)]
    offset = cells(lead) + cells(line[start : column - 1])
    return f"{lead}{_plain(shown)}{tail}", " " * offset + "^" * max(1, cells(marked))


def _plain(text: str) -> str:
    """Every character as one that takes the room `cells` counts: what cannot be shown becomes a dot."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "·" for char in text)
