"""`definitions validate`: check definitions."""

import os
from collections.abc import Iterable
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
        typer.Argument(metavar="PATH", help="Definitions, or folders that hold them; else the packaged ones."),
    ] = None,
    output: FindingsOutput = FindingsFormat.TEXT,
) -> None:
    """Check definitions, each and all together: every problem at its line, and what to write."""
    problems: list[Diagnostic] = []
    if paths:
        files, problems = _files_at(paths)
    else:
        files = {definition.file for definition in packaged_definitions()}
    checked, found = check_definitions(sorted(files))
    report_findings("definition", checked, [*problems, *found], output)


def _files_at(paths: Iterable[str]) -> tuple[set[str], list[Diagnostic]]:
    """Return the files that paths name, and the problems of the folders that cannot be searched."""
    files: set[str] = set()
    problems: list[Diagnostic] = []
    for path in paths:
        if not path:
            raise typer.BadParameter("an empty path", param_hint="PATH")
        if not os.path.isdir(path):
            files.add(path)
            continue
        try:
            files.update(definition_files(path))
        except KaizenError as error:
            problems += error.diagnostics
    return files, problems
