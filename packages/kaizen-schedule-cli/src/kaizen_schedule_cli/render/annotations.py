"""Diagnostics as workflow commands, which GitHub shows as annotations."""

from collections.abc import Iterable

from kaizen_schedule_core.diagnostics import Diagnostic, Note, escape_control_chars

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def annotations_text(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one line for each diagnostic, with its message, hint and notes."""
    return "".join(map(_annotation, diagnostics))


def _annotation(diagnostic: Diagnostic) -> str:
    properties = {
        "file": escape_control_chars(diagnostic.file),
        "line": diagnostic.line,
        "col": diagnostic.column,
        "endLine": diagnostic.end_line,
        "endColumn": diagnostic.end_column,
        "title": diagnostic.code,
    }
    known = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value is not None)
    text = "\n".join(filter(None, [diagnostic.message, diagnostic.hint, *map(_note, diagnostic.notes)]))
    return f"::{_COMMANDS[diagnostic.severity]} {known}::{_data(text)}\n"


def _note(note: Note) -> str:
    return f"{note.file}:{note.line}: {note.message}" if note.line else note.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
