"""`schedule validate`: check manifests."""

import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import parse_time_or_date
from kaizen_schedule_core.diagnostics import Diagnostic, has_errors
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import os_problem, read_file
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.manifest.discovery import ManifestPlace, find_manifests, manifest_of
from kaizen_schedule_core.manifest.loading import check_manifest, load_manifest
from kaizen_schedule_core.manifest.opt_in import check_schema_file
from kaizen_schedule_core.repo.agents import RepositoryAgents, agent_problems
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.findings import FindingsFormat, FindingsOutput, report_findings
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Jobs, UsageError, read_optional, text_option
from kaizen_schedule_cli.processes import jobs_for, map_in_processes
from kaizen_schedule_cli.render.progress import progress

_STDIN = "-"
_CHUNK = 100  # manifests that one process checks at a time


@as_command("kaizen-agentic schedule validate services/*/.kaizen/schedule.yml")
def command(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="Manifests, directories to search, or - for stdin.")
    ] = None,
    target: Annotated[str | None, text_option("--target", "DIR", "The repository's root.")] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="Evaluate as of this time instead of now.")
    ] = None,
    jobs: Jobs = None,
    output: FindingsOutput = FindingsFormat.TEXT,
) -> None:
    """Check manifests and report every problem with its line."""
    if paths and target is not None:
        raise UsageError("--target cannot be combined with paths")
    moment = read_optional("--now", now, parse_time_or_date) or datetime.now(UTC)
    if paths:
        places, found = _manifests_at(paths)
    else:
        places, found = _manifest_of(target or ".")
    checked: list[tuple[str, bool]] = []
    number = 1 if any(place.shown == _STDIN for place in places) else jobs_for(len(places), jobs)
    results = map_in_processes(lambda place: _check(place, moment), places, jobs=number, chunk=_CHUNK)
    with progress(len(places), "manifests") as shown:
        for place, problems in zip(places, results, strict=True):
            checked.append((place.shown, not has_errors(problems)))
            found += problems
            shown.advance(1)
    report_findings("manifest", checked, found, output)


def _manifest_of(target: str) -> tuple[list[ManifestPlace], list[Diagnostic]]:
    """Return the manifest of a repository, or the problems of its directory."""
    try:
        return [manifest_of(target, repository_root(target))], []
    except KaizenError as error:
        return [], list(error.diagnostics)


def _manifests_at(paths: Iterable[str]) -> tuple[list[ManifestPlace], list[Diagnostic]]:
    """Return the manifests at the paths, sorted, and the problems of unreadable directories."""
    places: dict[str, ManifestPlace] = {}
    problems: list[Diagnostic] = []
    for path in paths:
        if not path:
            raise typer.BadParameter("the path is empty", param_hint="PATH")
        if path == _STDIN:
            places[path] = ManifestPlace(shown=path, root=None)
            continue
        try:
            found, closed = find_manifests(path)
        except KaizenError as error:
            problems += error.diagnostics
        else:
            problems += closed
            for place in found:
                places[place.shown] = place
    return sorted(places.values(), key=attrgetter("shown")), problems


def _check(place: ManifestPlace, now: datetime | date) -> tuple[Diagnostic, ...]:
    agents = RepositoryAgents(place.root)
    try:
        if place.root is not None:
            return _check_in_repository(place, place.root, agents, now)
        data = _read_stdin() if place.shown == _STDIN else read_file(place.shown, limit=MANIFEST_LIMIT)
        return check_manifest(data, file=place.shown, agents=agents, now=now).diagnostics
    except KaizenError as error:
        return error.diagnostics


def _check_in_repository(
    place: ManifestPlace, root: str, agents: RepositoryAgents, now: datetime | date
) -> tuple[Diagnostic, ...]:
    checked = load_manifest(root, agents=agents, relative=place.relative, now=now, shown=place.shown, advice=True)
    problems = (*checked.diagnostics, *check_schema_file(root, shown=place.shown))
    if checked.manifest is None:
        return problems
    return (*problems, *agent_problems(agents, checked.manifest.agents))


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise os_problem(OSError(None, "standard input is closed"), "-")
    return sys.stdin.buffer.read(MANIFEST_LIMIT + 1)
