"""Diagnostics as a SARIF 2.1.0 log, for code scanning services."""

import os
from collections.abc import Sequence
from importlib.metadata import version
from operator import attrgetter
from urllib.parse import quote

from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import Diagnostic

from kaizen_schedule_cli.render.explanations import example_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_REGION = ("startLine", "startColumn", "endLine", "endColumn")
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif_log(diagnostics: Sequence[Diagnostic], files: Sequence[str]) -> dict[str, object]:
    """Return the log of one run over these files; columns count code points."""
    rules = sorted(set(map(attrgetter("code"), diagnostics)))
    driver = {"name": "kaizen-agentic", "version": version("kaizen-schedule-cli"), "rules": list(map(_rule, rules))}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(file)}} for file in files],
        "results": [_result(diagnostic, rules) for diagnostic in diagnostics],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code_id: str) -> dict[str, object]:
    code = CODES[code_id]
    return {
        "id": code.id,
        "name": code.title.title().replace(" ", ""),
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.explanation},
        "help": {"text": example_text(code)},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(found: Diagnostic, rules: list[str]) -> dict[str, object]:
    notes: list[str] = []
    related: list[dict[str, object]] = []
    for note in dict.fromkeys(found.notes):  # related locations must differ
        if note.file is not None and note.line is not None:
            related.append({"message": {"text": note.message}, **_location(note.file, note.line, note.column)})
        else:
            notes.append(note.message)
    result: dict[str, object] = {
        "ruleId": found.code,
        "ruleIndex": rules.index(found.code),
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join(filter(None, [found.message, found.hint, *notes]))},
        "locations": [_location(found.file, found.line, found.column, found.end_line, found.end_column)],
    }
    if related:
        result["relatedLocations"] = related
    return result


def _location(file: str, line: int | None, *rest: int | None) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(file)}}
    if line is not None:
        place["region"] = {key: at for key, at in zip(_REGION, (line, *rest), strict=False) if at is not None}
    return {"physicalLocation": place}


def _uri(file: str) -> str:
    if file == "-":
        return "stdin"
    path = quote(os.fsencode(file))
    return f"file://{path}" if path.startswith("/") else path
