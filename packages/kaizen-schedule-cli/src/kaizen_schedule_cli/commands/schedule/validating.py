"""`schedule validate`."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import kaizen_schedule_core as core
import typer

from kaizen_schedule_cli.commands.options import example, read_value
from kaizen_schedule_cli.commands.schedule.group import app
from kaizen_schedule_cli.exits import exit_for
from kaizen_schedule_cli.render.diagnostics import counts_text, diagnostics_text
from kaizen_schedule_cli.render.streams import answer, answer_json, colourful, plural

VALIDATE_VERSION = "1"


class _Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


@app.command(epilog=example("kaizen-agentic schedule validate services/*/.kaizen/schedule.yml"))
def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Manifests, folders to search, or - for stdin."),
    ] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="DIR", help="The repository's root.")] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="Judge from this moment instead of now.")
    ] = None,
    output: Annotated[_Format, typer.Option("--format", help="How to write the findings.")] = _Format.TEXT,
) -> None:
    """Check manifests: every problem at its line, and what to write."""
    if paths and target is not None:
        raise typer.BadParameter("give paths or --target, not both", param_hint="--target")
    moment = read_value("--now", lambda: core.parse_moment(now)) if now is not None else datetime.now(UTC)
    checked: list[tuple[str, bool]] = []
    found: list[core.Diagnostic] = []
    for place in _places(paths, target, found):
        problems = _check(place, moment)
        checked.append((place.shown, not core.has_errors(problems)))
        found.extend(problems)
    diagnostics = core.tidy(found)
    if output is _Format.JSON:
        answer_json(
            {
                "version": VALIDATE_VERSION,
                "files": [{"file": file, "ok": ok} for file, ok in checked],
                "diagnostics": [diagnostic.as_json() for diagnostic in diagnostics],
                "counts": core.count(diagnostics),
            }
        )
    elif output is _Format.SARIF:
        from kaizen_schedule_cli.render.sarif import sarif_log

        answer_json(sarif_log(diagnostics, [file for file, _ in checked]))
    else:
        unread = {one.file for one in diagnostics if core.CODES[one.code].unavailable}
        read = sum(file not in unread for file, _ in checked)
        scope = f"{plural(read, 'manifest')} checked, {counts_text(diagnostics)}"
        answer(_lines(diagnostics, output) + scope)
    raise typer.Exit(exit_for(diagnostics))


def _lines(diagnostics: tuple[core.Diagnostic, ...], output: _Format) -> str:
    if output is _Format.TEXT:
        return diagnostics_text(diagnostics, colour=colourful(sys.stdout))
    from kaizen_schedule_cli.render.annotations import annotations_text

    return annotations_text(diagnostics)


def _places(paths: list[str] | None, target: str | None, found: list[core.Diagnostic]) -> list[core.ManifestPlace]:
    """What is to be checked; a path that means nothing is a finding, and the others are checked all the same."""
    if not paths:
        target = "." if target is None else target
        try:
            return [core.manifest_of(target, core.repository_root(target))]
        except core.KaizenError as error:
            found.extend(error.diagnostics)
            return []
    places: dict[str, core.ManifestPlace] = {}
    for path in paths:
        if not path:
            raise typer.BadParameter("an empty path", param_hint="PATH")
        try:
            meant = [core.ManifestPlace(shown="-", root=None)] if path == "-" else core.find_manifests(path)
        except core.KaizenError as error:
            found.extend(error.diagnostics)
        else:
            places.update((place.shown, place) for place in meant)
    return [places[shown] for shown in sorted(places)]


def _check(place: core.ManifestPlace, now: datetime | date) -> tuple[core.Diagnostic, ...]:
    agents = core.RepositoryAgents(place.root)
    try:
        if place.root is not None:
            checked = core.load_manifest(
                place.root, agents=agents, relative=place.relative, now=now, shown=place.shown, advice=True
            )
            unusable = core.unusable_agents(agents, checked.manifest.agents if checked.manifest else ())
            return (*checked.diagnostics, *core.check_schema_file(place.root, shown=place.shown), *unusable)
        data = _read_stdin() if place.shown == "-" else core.read_file(place.shown, limit=core.MANIFEST_LIMIT)
        around = core.Surroundings(agents=agents, now=now)
        return core.check_manifest(data, file=place.shown, around=around).diagnostics
    except core.KaizenError as error:
        return error.diagnostics


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise core.os_problem(OSError(None, "standard input is closed"), "-")
    return sys.stdin.buffer.read(core.MANIFEST_LIMIT + 1)
