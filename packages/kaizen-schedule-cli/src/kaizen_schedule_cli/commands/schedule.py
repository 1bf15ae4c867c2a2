"""`kaizen-agentic schedule`: the manifest of one repository, and the bundle of one agent."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import kaizen_schedule_core as core
import typer

from kaizen_schedule_cli.commands.options import AgentArgument, Format, OutputFormat, Target, example, group, read_value
from kaizen_schedule_cli.exits import exit_for
from kaizen_schedule_cli.render.diagnostics import counts_text, diagnostics_text
from kaizen_schedule_cli.render.explanations import explanation_text
from kaizen_schedule_cli.render.streams import answer, answer_json, colourful, plural, remark
from kaizen_schedule_cli.render.tables import table

app = group("The manifest of a repository, and the bundle of an agent.")

VALIDATE_VERSION = LIST_VERSION = "1"


class _BundleFormat(StrEnum):
    MARKDOWN = "markdown"
    JSON = "json"


@app.command(epilog=example("kaizen-agentic schedule init && kaizen-agentic schedule validate"))
def init(target: Target = ".") -> None:
    """Opt a repository in: write .kaizen/schedule.yml and its schema."""
    root = core.repository_root(target)
    done = core.opt_in(root, shown=core.manifest_of(target, root).shown)
    answer("".join(f"wrote {path}\n" for path in done.written) + "".join(f"kept {path}\n" for path in done.kept))
    remark("\nNext: kaizen-agentic schedule validate, then commit the folder .kaizen.")
    if not os.path.lexists(os.path.join(root, ".git")):
        remark("This folder is no git repository yet: a schedule takes effect for others once it is committed.")


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
    output: OutputFormat = Format.TEXT,
) -> None:
    """Check manifests: every problem at its line, and what to write."""
    if paths and target is not None:
        raise typer.BadParameter("give paths or --target, not both", param_hint="--target")
    moment = read_value("--now", lambda: core.parse_time(now, zone=UTC)) if now is not None else datetime.now(UTC)
    checked: list[tuple[str, bool]] = []
    found: list[core.Diagnostic] = []
    for place in _places(paths, target, found):
        problems = _check(place, moment)
        checked.append((place.shown, not core.has_errors(problems)))
        found.extend(problems)
    diagnostics = core.tidy(found)
    if output is Format.JSON:
        answer_json(
            {
                "version": VALIDATE_VERSION,
                "files": [{"file": file, "ok": ok} for file, ok in checked],
                "diagnostics": [diagnostic.as_json() for diagnostic in diagnostics],
                "counts": core.count(diagnostics),
            }
        )
    else:
        read = [file for file, _ in checked if not _unread(file, diagnostics)]
        scope = f"{plural(len(read), 'manifest')} checked, {counts_text(diagnostics)}"
        answer(diagnostics_text(diagnostics, colour=colourful(sys.stdout)) + scope)
    raise typer.Exit(exit_for(diagnostics))


def _unread(file: str, diagnostics: tuple[core.Diagnostic, ...]) -> bool:
    return any(one.file == file and core.CODES[one.code].unavailable for one in diagnostics)


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


def _check(place: core.ManifestPlace, now: datetime) -> tuple[core.Diagnostic, ...]:
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


@app.command("list", epilog=example("kaizen-agentic schedule list --all"))
def list_(
    target: Target = ".",
    everything: Annotated[bool, typer.Option("--all", help="Show paused agents too.")] = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show the scheduled agents and when each fires next."""
    root = core.repository_root(target)
    manifest = _valid_manifest(root, target)
    now = datetime.now(UTC)
    zone = core.load_zone(manifest.timezone)
    rows = []
    for name, schedule in manifest.agents.items():
        if not (schedule.enabled or everything):
            continue
        cron = core.parse_cron(schedule.effective_cron)
        fire = core.next_fire(cron, zone, now) if isinstance(cron, core.Cron) and schedule.enabled else None
        rows.append((name, schedule, fire))
    if output is Format.JSON:
        answer_json(
            {
                "version": LIST_VERSION,
                "repo": core.repo_name(root),
                "timezone": manifest.timezone,
                "agents": [
                    {
                        "agent": name,
                        "cadence": schedule.cadence,
                        "cron": schedule.effective_cron,
                        "timezone": manifest.timezone,
                        "enabled": schedule.enabled,
                        "next": core.utc_text(fire) if fire else None,
                    }
                    for name, schedule, fire in rows
                ],
            }
        )
        return
    cells = [
        (
            name,
            schedule.cadence,
            schedule.effective_cron,
            manifest.timezone,
            f"{fire.astimezone(zone):%a %Y-%m-%d %H:%M}" if fire else "paused",
        )
        for name, schedule, fire in rows
    ]
    answer(table(("agent", "cadence", "cron", "timezone", "next"), cells))
    paused = [name for name, schedule in manifest.agents.items() if not schedule.enabled]
    if paused and not everything:
        remark(f"\n{plural(len(paused), 'agent')} paused: {', '.join(paused)} (--all shows them)")


def _valid_manifest(root: str, target: str) -> core.Manifest:
    shown = core.manifest_of(target, root).shown
    checked = core.load_manifest(root, agents=core.RepositoryAgents(root), now=datetime.now(UTC), shown=shown)
    if checked.manifest is None:
        raise core.KaizenError(checked.diagnostics)
    return checked.manifest


@app.command(epilog=example("kaizen-agentic schedule prepare coach > orientation.md"))
def prepare(
    agent: AgentArgument,
    target: Target = ".",
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", metavar="N", min=1, help="How large the markdown may be, in bytes.")
    ] = core.DEFAULT_MAX_BYTES,
    unscheduled: Annotated[
        bool, typer.Option("--unscheduled", help="Also for an agent that is not scheduled here, or paused.")
    ] = False,
    output: Annotated[
        _BundleFormat, typer.Option("--format", help="How to write the bundle.")
    ] = _BundleFormat.MARKDOWN,
) -> None:
    """Print what an agent's session needs to begin, from files alone."""
    root = core.repository_root(target)
    bundle = core.prepare_bundle(
        root, agent, max_bytes=max_bytes, unscheduled=unscheduled, shown=core.manifest_of(target, root).shown
    )
    if bundle.diagnostics:
        remark(diagnostics_text(bundle.diagnostics, colour=colourful(sys.stderr)).rstrip("\n"))
    if output is _BundleFormat.JSON:
        answer_json(bundle.as_json())
    else:
        answer(bundle.markdown)


@app.command(epilog=example("kaizen-agentic schedule agents"))
def agents(target: Target = ".") -> None:
    """List the agents that can be scheduled here."""
    names = core.RepositoryAgents(core.repository_root(target))
    rows = []
    unusable: list[core.Diagnostic] = []
    for name in names.known:
        try:
            agent = core.load_agent(names, name)
        except core.KaizenError as error:
            unusable.extend(error.diagnostics)
        else:
            rows.append((name, agent.origin, agent.description))
    if unusable:
        raise core.KaizenError(unusable)
    answer(table(("agent", "from", "what it does"), rows))


@app.command(epilog=example("kaizen-agentic schedule explain KZ203"))
def explain(code: Annotated[str, typer.Argument(metavar="CODE", help="A code such as KZ203.")]) -> None:
    """Explain a code, with an example of wrong and right."""
    known = core.CODES.get(code.upper())
    if known is None:
        near = core.did_you_mean(code.upper(), core.CODES) or f"codes run from {min(core.CODES)} to {max(core.CODES)}"
        raise typer.BadParameter(f"unknown code {core.quoted(code)}: {near}", param_hint="CODE")
    answer(explanation_text(known))


@app.command(epilog=example("kaizen-agentic schedule schema > .kaizen/schedule.schema.json"))
def schema() -> None:
    """Print the JSON Schema of the manifest, for editors."""
    answer(core.schema_text())
