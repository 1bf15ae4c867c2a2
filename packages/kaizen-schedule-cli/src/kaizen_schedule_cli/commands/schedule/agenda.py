"""`schedule list` and `schedule next`: when the agents of a repository fire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.clock.fires import FIRING_DIALECT, next_fire
from kaizen_schedule_core.clock.preview import preview
from kaizen_schedule_core.clock.times import parse_time, utc_text
from kaizen_schedule_core.clock.zones import tzdata_version
from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import did_you_mean, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.manifest.discovery import manifest_of
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.repo.roots import repo_name, repository_root
from kaizen_schedule_core.source.document import Document

from kaizen_schedule_cli.commands.options import Format, OutputFormat, Target, example, read_value
from kaizen_schedule_cli.commands.schedule.group import app
from kaizen_schedule_cli.render.streams import answer, answer_json, plural, remark
from kaizen_schedule_cli.render.tables import table

LIST_VERSION = NEXT_VERSION = "1"
_FIRES = 5
_MOST = 100_000


@app.command("list", epilog=example("kaizen-agentic schedule list --all"))
def list_(
    target: Target = ".",
    everything: Annotated[bool, typer.Option("--all", help="Show paused agents too.")] = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show the scheduled agents and when each fires next."""
    root = repository_root(target)
    manifest, _ = _valid_manifest(root, target)
    now = datetime.now(UTC)
    zone = manifest.zone
    rows = []
    for name, schedule in manifest.agents.items():
        if not (schedule.enabled or everything):
            continue
        fire = next_fire(schedule.cron, manifest.zone, now) if schedule.enabled else None
        rows.append((name, schedule, fire))
    if output is Format.JSON:
        answer_json(
            {
                "version": LIST_VERSION,
                "repo": repo_name(root),
                "timezone": manifest.timezone,
                "agents": [
                    {
                        "agent": name,
                        "cadence": schedule.cadence,
                        "cron": schedule.cron.text,
                        "timezone": manifest.timezone,
                        "enabled": schedule.enabled,
                        "next": utc_text(fire) if fire else None,
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
            schedule.cron.text,
            manifest.timezone,
            f"{fire.astimezone(zone):%a %Y-%m-%d %H:%M}" if fire else "paused",
        )
        for name, schedule, fire in rows
    ]
    answer(table(("agent", "cadence", "cron", "timezone", "next"), cells))
    paused = [name for name, schedule in manifest.agents.items() if not schedule.enabled]
    if paused and not everything:
        remark(f"\n{plural(len(paused), 'agent')} paused: {', '.join(paused)} (--all shows them)")


@app.command("next", epilog=example("kaizen-agentic schedule next coach --from 2026-10-24 --count 3"))
def next_(
    agent: Annotated[str | None, typer.Argument(metavar="AGENT", help="Only this agent.")] = None,
    target: Target = ".",
    after: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Fires after this: a time with offset, or a date.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Fires up to this.")] = None,
    count: Annotated[
        int | None, typer.Option("--count", metavar="N", min=1, max=_MOST, help="Fires per agent; 5 without --until.")
    ] = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show when agents will fire, by the clock that fires them."""
    root = repository_root(target)
    manifest, document = _valid_manifest(root, target)
    zone = manifest.zone
    start = read_value("--from", lambda: parse_time(after, zone=zone)) if after is not None else datetime.now(UTC)
    end = read_value("--until", lambda: parse_time(until, zone=zone)) if until is not None else None
    if end is not None and end <= start:
        raise typer.BadParameter("it must lie after --from, which is now by default", param_hint="--until")
    if count is None:
        count = _MOST + 1 if end else _FIRES
    rows = []
    chosen = _chosen(manifest, agent, document)
    for name in chosen:
        cron = manifest.agents[name].cron
        rows += [(fire, name) for fire in preview(cron, zone, start, until=end, count=count)]
    if len(rows) > _MOST:
        raise typer.BadParameter(f"more than {_MOST:,} fires; give --count, or end sooner", param_hint="--until")
    rows.sort(key=lambda row: (row[0].at.timestamp(), row[1]))
    if output is Format.JSON:
        answer_json(
            {
                "version": NEXT_VERSION,
                "dialect": FIRING_DIALECT,
                "tzdata": tzdata_version(),
                "fires": [
                    {"agent": name, "at": fire.at.isoformat(), "utc": utc_text(fire.at), "note": fire.note}
                    for fire, name in rows
                ],
            }
        )
        return
    from kaizen_schedule_cli.render.fires import next_text

    answer(next_text(rows, manifest.timezone))
    if not rows:
        remark("No fire: " + ("none in that time" if chosen else "no agent is enabled") + ".")


def _chosen(manifest: Manifest, agent: str | None, document: Document) -> list[str]:
    """The enabled agents, or the one that was asked for."""
    if agent is None:
        return [name for name, schedule in manifest.agents.items() if schedule.enabled]
    schedule = manifest.agents.get(agent)
    if schedule is not None and schedule.enabled:
        return [agent]
    if schedule is not None:
        message = f"agent {quoted(agent)} is paused by enabled: false, so it will not fire"
        problem = document.diagnose(
            meaning.DISABLED_AGENT, message, ("agents", agent, "enabled"), hint="set enabled: true"
        )
    else:
        message = f"agent {quoted(agent)} is not declared in this manifest"
        hint = did_you_mean(agent, manifest.agents) or f"declared: {', '.join(manifest.agents)}"
        problem = document.diagnose(meaning.UNDECLARED_AGENT, message, ("agents",), key=True, hint=hint)
    raise KaizenError(problem)


def _valid_manifest(root: str, target: str) -> tuple[Manifest, Document]:
    shown = manifest_of(target, root).shown
    checked = load_manifest(root, agents=RepositoryAgents(root), now=datetime.now(UTC), shown=shown)
    if checked.manifest is None:
        raise KaizenError(checked.diagnostics)
    return checked.manifest, checked.document
