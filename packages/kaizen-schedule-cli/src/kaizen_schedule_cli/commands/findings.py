"""How the two commands that validate tell what they found: one set of formats, one JSON form, one count line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, NoReturn

import typer
from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import Diagnostic, count, tidy

from kaizen_schedule_cli.exits import exit_for
from kaizen_schedule_cli.render.diagnostics import counts_text, diagnostics_text
from kaizen_schedule_cli.render.streams import answer, answer_json, colourful, plural

VALIDATE_VERSION = "1"


class FindingsFormat(StrEnum):
    """The formats of findings."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


FindingsOutput = Annotated[FindingsFormat, typer.Option("--format", help="How to write the findings.")]


def tell(
    noun: str, checked: Sequence[tuple[str, bool]], found: Sequence[Diagnostic], output: FindingsFormat
) -> NoReturn:
    """Write what was found in the files that were checked, each with whether it is fine, and exit accordingly."""
    diagnostics = tidy(found)
    if output is FindingsFormat.JSON:
        answer_json(
            {
                "version": VALIDATE_VERSION,
                "files": [{"file": file, "ok": ok} for file, ok in checked],
                "diagnostics": [diagnostic.as_json() for diagnostic in diagnostics],
                "counts": count(diagnostics),
            }
        )
    elif output is FindingsFormat.SARIF:
        from kaizen_schedule_cli.render.sarif import sarif_log

        answer_json(sarif_log(diagnostics, [file for file, _ in checked]))
    else:
        unread = {one.file for one in diagnostics if CODES[one.code].unavailable}
        read = sum(file not in unread for file, _ in checked)
        answer(_lines(diagnostics, output) + f"{plural(read, noun)} checked, {counts_text(diagnostics)}")
    raise typer.Exit(exit_for(diagnostics))


def _lines(diagnostics: tuple[Diagnostic, ...], output: FindingsFormat) -> str:
    if output is FindingsFormat.TEXT:
        return diagnostics_text(diagnostics, colour=colourful(sys.stdout))
    from kaizen_schedule_cli.render.annotations import annotations_text

    return annotations_text(diagnostics)
