"""Diagnostics as a SARIF 2.1.0 log, which code scanning services read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from urllib.parse import quote

from kaizen_schedule_core.codes import CODES, Code
from kaizen_schedule_core.diagnostics import Diagnostic

from kaizen_schedule_cli.render.explanations import example_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif_log(diagnostics: Sequence[Diagnostic], files: Sequence[str]) -> dict[str, object]:
    """The log of one run over these files. Columns count code points, as everywhere."""
    rules = sorted({diagnostic.code for diagnostic in diagnostics})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "kaizen-agentic",
                        "version": version("kaizen-schedule-cli"),
                        "rules": [_rule(CODES[code]) for code in rules],
                    }
                },
                "invocations": [{"executionSuccessful": True}],
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": _uri(file)}} for file in files],
                "results": [_result(diagnostic, rules) for diagnostic in diagnostics],
            }
        ],
    }


def _rule(code: Code) -> dict[str, object]:
    return {
        "id": code.id,
        "name": code.title.title().replace(" ", ""),
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.explanation},
        "help": {"text": example_text(code)},
        "defaultConfiguration": {"level": _LEVELS[code.severity]},
    }


def _result(diagnostic: Diagnostic, rules: list[str]) -> dict[str, object]:
    remarks = [diagnostic.message, diagnostic.hint, *(note.message for note in diagnostic.notes if note.line is None)]
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rules.index(diagnostic.code),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": "\n".join(remark for remark in remarks if remark)},
        "locations": [
            _location(
                diagnostic.file,
                startLine=diagnostic.line,
                startColumn=diagnostic.column,
                endLine=diagnostic.end_line,
                endColumn=diagnostic.end_column,
            )
        ],
    }
    related = [
        {"message": {"text": note.message}, **_location(note.file, startLine=note.line, startColumn=note.column)}
        for note in dict.fromkeys(diagnostic.notes)  # related places must differ
        if note.file is not None and note.line is not None
    ]
    return {**result, "relatedLocations": related} if related else result


def _location(file: str, **region: int | None) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(file)}}
    if region["startLine"] is not None:
        place["region"] = {key: value for key, value in region.items() if value is not None}
    return {"physicalLocation": place}


def _uri(file: str) -> str:
    """A URI reference for a path as typed: relative stays relative, and bytes that are no text are kept as such."""
    path = quote(os.fsencode(file))
    if path.startswith("/"):
        return f"file://{path}"
    return path if file != "-" else "stdin"
