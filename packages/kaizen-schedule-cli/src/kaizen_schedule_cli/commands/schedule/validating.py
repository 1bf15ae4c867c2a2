"""`schedule validate`."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import parse_moment
from kaizen_schedule_core.diagnostics import Diagnostic, has_errors
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import os_problem, read_file
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.manifest.discovery import ManifestPlace, find_manifests, manifest_of
from kaizen_schedule_core.manifest.loading import check_manifest, load_manifest
from kaizen_schedule_core.manifest.opt_in import check_schema_file
from kaizen_schedule_core.repo.agents import RepositoryAgents, unusable_agents
from kaizen_schedule_core.repo.roots import repository_root

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
    moment = read_value("--now", lambda: parse_moment(now)) if now is not None else datetime.now(UTC)
    checked: list[tuple[str, bool]] = []
    found: list[Diagnostic] = []
    for place in _places(paths, target, found):
        problems = _check(place, moment)
        checked.append((place.shown, not has_errors(problems)))
        found.extend(problems)
    tell("manifest", checked, found, output)


def _places(paths: list[str] | None, target: str | None, found: list[Diagnostic]) -> list[ManifestPlace]:
    """What is to be checked; a path that means nothing is a finding, and the others are checked all the same."""
    if not paths:
        target = "." if target is None else target
        try:
            return [manifest_of(target, repository_root(target))]
        except KaizenError as error:
            found.extend(error.diagnostics)
            return []
    places: dict[str, ManifestPlace] = {}
    for path in paths:
        if not path:
            raise typer.BadParameter("an empty path", param_hint="PATH")
        if path == "-":
            places[path] = ManifestPlace(shown=path, root=None)
            continue
        try:
            meant, closed = find_manifests(path)
        except KaizenError as error:
            found.extend(error.diagnostics)
        else:
            found.extend(closed)
            places.update((place.shown, place) for place in meant)
    return [places[shown] for shown in sorted(places)]


def _check(place: ManifestPlace, now: datetime | date) -> tuple[Diagnostic, ...]:
    agents = RepositoryAgents(place.root)
    try:
        if place.root is not None:
            checked = load_manifest(
                place.root, agents=agents, relative=place.relative, now=now, shown=place.shown, advice=True
            )
            unusable = unusable_agents(agents, checked.manifest.agents if checked.manifest else ())
            return (*checked.diagnostics, *check_schema_file(place.root, shown=place.shown), *unusable)
        data = _read_stdin() if place.shown == "-" else read_file(place.shown, limit=MANIFEST_LIMIT)
        return check_manifest(data, file=place.shown, agents=agents, now=now).diagnostics
    except KaizenError as error:
        return error.diagnostics


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise os_problem(OSError(None, "standard input is closed"), "-")
    return sys.stdin.buffer.read(MANIFEST_LIMIT + 1)
