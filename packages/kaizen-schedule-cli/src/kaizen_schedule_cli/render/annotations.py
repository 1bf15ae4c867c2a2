"""Diagnostics as workflow commands, which GitHub shows as annotations beside the lines."""

from __future__ import annotations

from collections.abc import Iterable

from kaizen_schedule_core.diagnostics import Diagnostic, inert

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def annotations_text(diagnostics: Iterable[Diagnostic]) -> str:
    """One line for each diagnostic, with everything it says."""
    return "".join(_one(diagnostic) + "\n" for diagnostic in diagnostics)


def _one(diagnostic: Diagnostic) -> str:
    properties = {
        "file": inert(diagnostic.file),
        "line": diagnostic.line,
        "col": diagnostic.column,
        "endLine": diagnostic.end_line,
        "endColumn": diagnostic.end_column,
        "title": diagnostic.code,
    }
    known = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    notes = [f"{note.file}:{note.line}: {note.message}" if note.line else note.message for note in diagnostic.notes]
    text = "\n".join(filter(None, [diagnostic.message, diagnostic.hint, *notes]))
    return f"::{_COMMANDS[diagnostic.severity]} {known}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
