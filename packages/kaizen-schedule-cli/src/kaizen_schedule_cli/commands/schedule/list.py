"""`schedule list`: the agents of a manifest."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.clock.fires import next_fire
from kaizen_schedule_core.diagnostics import plural
from kaizen_schedule_core.manifest.model import AgentSchedule, Manifest
from kaizen_schedule_core.repo.roots import repo_name, repository_root

from kaizen_schedule_cli.answers import utc_or_none
from kaizen_schedule_cli.answers.schedule import ListAnswer, ListedAgent
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.manifests import load_valid_manifest
from kaizen_schedule_cli.commands.options import Format, OutputFormat, RepoSlug, Target
from kaizen_schedule_cli.render.fires import agents_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


@as_command("kaizen-agentic schedule list --all")
def command(
    target: Target = ".",
    repo: RepoSlug = None,
    everything: Annotated[bool, typer.Option("--all", help="Also show paused agents.")] = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List the scheduled agents and their next fires."""
    root = repository_root(target)
    manifest, _ = load_valid_manifest(root, target)
    now = datetime.now(UTC)
    agents: list[ListedAgent] = []
    paused: list[str] = []
    for name, schedule in manifest.agents.items():
        if not schedule.enabled:
            paused.append(name)
        if schedule.enabled or everything:
            agents.append(_agent(name, schedule, manifest, now))
    answer = ListAnswer(repo=repo or repo_name(root), timezone=manifest.timezone, agents=tuple(agents))
    if output is Format.JSON:
        write_json(answer)
        return
    write_stdout(agents_text(answer))
    if paused and not everything:
        write_stderr(f"\n{plural(len(paused), 'agent')} paused: {', '.join(paused)} (--all shows them)")


def _agent(name: str, schedule: AgentSchedule, manifest: Manifest, now: datetime) -> ListedAgent:
    fire = next_fire(schedule.cron, manifest.zone, now) if schedule.enabled else None
    return ListedAgent(
        agent=name,
        cadence=schedule.cadence,
        cron=schedule.cron.text,
        timezone=manifest.timezone,
        enabled=schedule.enabled,
        next=utc_or_none(fire),
    )
