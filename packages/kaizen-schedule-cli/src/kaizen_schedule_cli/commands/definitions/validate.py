"""`definitions validate`: check definitions."""

import os
from collections.abc import Iterable
from operator import attrgetter
from typing import Annotated

import typer
from kaizen_activity_defs.catalog import check_definitions, definition_files
from kaizen_activity_defs.loading import packaged_definitions
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError

from kaizen_schedule_cli.commands.findings import FindingsFormat, FindingsOutput, report_findings
from kaizen_schedule_cli.commands.lazy import as_command


@as_command("kaizen-agentic definitions validate catalog")
def command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Definitions or directories; default: the packaged definitions."),
    ] = None,
    output: FindingsOutput = FindingsFormat.TEXT,
) -> None:
    """Check definitions and report every problem with its line."""
    problems: list[Diagnostic] = []
    if paths:
        files, problems = _files_at(paths)
    else:
        files = set(map(attrgetter("file"), packaged_definitions()))
    checked, found = check_definitions(sorted(files))
    report_findings("definition", checked, [*problems, *found], output)


def _files_at(paths: Iterable[str]) -> tuple[set[str], list[Diagnostic]]:
    """Return the files at the paths, and the problems of unreadable directories."""
    files: set[str] = set()
    problems: list[Diagnostic] = []
    for path in paths:
        if not path:
            raise typer.BadParameter("the path is empty", param_hint="PATH")
        if not os.path.isdir(path):
            files.add(path)
            continue
        try:
            files.update(definition_files(path))
        except KaizenError as error:
            problems += error.diagnostics
    return files, problems
