"""The output of `schedule validate` and `definitions validate`."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, NoReturn

import typer
from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import Diagnostic, count, plural, tidy
from kaizen_schedule_core.repo.roots import git_root

from kaizen_schedule_cli.exits import exit_for
from kaizen_schedule_cli.render.diagnostics import counts_text, diagnostics_text
from kaizen_schedule_cli.render.streams import wants_colour, write_json, write_stdout


class FindingsFormat(StrEnum):
    """The output formats of the validate commands."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


FindingsOutput = Annotated[FindingsFormat, typer.Option("--format", help="Output format.")]


def report_findings(
    noun: str, checked: Sequence[tuple[str, bool]], found: Sequence[Diagnostic], output: FindingsFormat
) -> NoReturn:
    """Write the diagnostics of the checked files, and exit with the matching code."""
    diagnostics = tidy(found)
    if output in {FindingsFormat.SARIF, FindingsFormat.GITHUB}:
        diagnostics = tuple(map(_from_root, diagnostics))
        checked = [(_path_from_root(file), ok) for file, ok in checked]
    if output is FindingsFormat.JSON:
        _write_json(checked, diagnostics)
    elif output is FindingsFormat.SARIF:
        from kaizen_schedule_cli.render.sarif import sarif_log

        write_json(sarif_log(diagnostics, list(dict(checked))))
    else:
        unread = {one.file for one in diagnostics if CODES[one.code].unavailable}
        read = len(dict(checked).keys() - unread)
        lines = _lines(diagnostics, output)
        write_stdout(f"{lines}{plural(read, noun)} checked, {counts_text(diagnostics)}")
    raise typer.Exit(exit_for(diagnostics))


def _from_root(found: Diagnostic) -> Diagnostic:
    """Return a diagnostic with its paths relative to the root of the Git repository, as code scanning expects them."""
    notes = [note if note.file is None else replace(note, file=_path_from_root(note.file)) for note in found.notes]
    return replace(found, file=_path_from_root(found.file), notes=tuple(notes))


def _path_from_root(file: str) -> str:
    root = git_root(os.curdir) or git_root(file)
    path = os.path.abspath(file)
    if file == "-" or root is None or not path.startswith(f"{root.rstrip('/')}/"):
        return file
    return os.path.relpath(path, root)


def _write_json(checked: Sequence[tuple[str, bool]], diagnostics: Sequence[Diagnostic]) -> None:
    from kaizen_schedule_cli.answers import answer_from
    from kaizen_schedule_cli.answers.findings import CheckedFile, Finding, FindingsAnswer

    files = tuple(CheckedFile(file=file, ok=ok) for file, ok in checked)
    findings = tuple(answer_from(diagnostic, Finding) for diagnostic in diagnostics)
    write_json(FindingsAnswer(files=files, diagnostics=findings, counts=count(diagnostics)))


def _lines(diagnostics: Sequence[Diagnostic], output: FindingsFormat) -> str:
    if output is FindingsFormat.TEXT:
        return diagnostics_text(diagnostics, colour=wants_colour(sys.stdout))
    from kaizen_schedule_cli.render.annotations import annotations_text

    return annotations_text(diagnostics)
