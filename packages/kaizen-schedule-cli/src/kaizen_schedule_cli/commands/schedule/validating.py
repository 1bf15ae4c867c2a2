"""`schedule validate`."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import kaizen_schedule_core as core
import typer

from kaizen_schedule_cli.commands.findings import FindingsFormat, FindingsOutput, tell
from kaizen_schedule_cli.commands.options import example, filled, read_value
from kaizen_schedule_cli.commands.schedule.group import app


@app.command(epilog=example("kaizen-agentic schedule validate services/*/.kaizen/schedule.yml"))
def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Manifests, folders to search, or - for stdin."),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="DIR", help="The repository's root.", callback=filled)
    ] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="Judge from this moment instead of now.")
    ] = None,
    output: FindingsOutput = FindingsFormat.TEXT,
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
    tell("manifest", checked, found, output)


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
        if path == "-":
            places[path] = core.ManifestPlace(shown=path, root=None)
            continue
        try:
            meant, closed = core.find_manifests(path)
        except core.KaizenError as error:
            found.extend(error.diagnostics)
        else:
            found.extend(closed)
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
