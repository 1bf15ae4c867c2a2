"""`schedule list` and `schedule next`: when the agents of a repository fire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import kaizen_schedule_core as core
import typer

from kaizen_schedule_cli.commands.options import Format, OutputFormat, Target, example
from kaizen_schedule_cli.commands.schedule.group import app
from kaizen_schedule_cli.render.streams import answer, answer_json, plural, remark
from kaizen_schedule_cli.render.tables import table

LIST_VERSION = "1"


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
