"""`schedule next`: the next fires of agents."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.clock.engine_clocks import ENGINE_CLOCKS, EngineClock
from kaizen_schedule_core.clock.preview import preview
from kaizen_schedule_core.clock.stepping import NoNextFire
from kaizen_schedule_core.clock.times import parse_time, utc_text
from kaizen_schedule_core.clock.zones import tzdata_version
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import Diagnostic, did_you_mean, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.repo.roots import repo_name, repository_root
from kaizen_schedule_core.source.document import Document

from kaizen_schedule_cli.answers.schedule import Fire, NextAnswer
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.manifests import load_valid_manifest
from kaizen_schedule_cli.commands.options import (
    FiresFormat,
    FiresOutputFormat,
    RepoSlug,
    Target,
    read_optional,
    text_option,
)
from kaizen_schedule_cli.render.fires import next_text
from kaizen_schedule_cli.render.icalendar import calendar_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout

_FIRES = 5
_MOST = 100_000


@as_command("kaizen-agentic schedule next coach --from 2026-10-24 --count 3")
def command(
    agent: Annotated[str | None, typer.Argument(metavar="AGENT", help="Only this agent.")] = None,
    target: Target = ".",
    repo: RepoSlug = None,
    after: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Start, exclusive: a time with offset, or a date.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="End, inclusive.")] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--count", metavar="N", min=1, max=_MOST, help="Fires per agent [default: 5, or all until --until]."
        ),
    ] = None,
    engine: Annotated[
        str, text_option("--engine", "ENGINE", "Compute the fires as temporal, systemd, kubernetes, … does.")
    ] = "temporal",
    output: FiresOutputFormat = FiresFormat.TEXT,
) -> None:
    """Show the next fires of agents."""
    clock = _clock(engine)
    root = repository_root(target)
    manifest, document = load_valid_manifest(root, target)
    start = read_optional("--from", after, lambda text: parse_time(text, zone=manifest.zone)) or datetime.now(UTC)
    end = read_optional("--until", until, lambda text: parse_time(text, zone=manifest.zone))
    if end is not None and end <= start:
        raise typer.BadParameter("it must be after --from (default: now)", param_hint="--until")
    if count is None:
        count = _MOST + 1 if end else _FIRES
    agents = _chosen(manifest, agent, document)
    try:
        fires = _fires(manifest, agents, start, end, count, clock)
    except _EngineFails as error:
        raise KaizenError(_refusal(document, engine, error.agent)) from None
    answer = NextAnswer(dialect=clock.dialect, tzdata=tzdata_version(), fires=fires)
    if output is FiresFormat.JSON:
        write_json(answer)
        return
    if output is FiresFormat.ICS:
        slug = repo or repo_name(root)
        write_stdout(calendar_text((slug, fire.agent, datetime.fromisoformat(fire.utc)) for fire in fires))
        return
    write_stdout(next_text(answer, manifest.timezone))
    if not clock.tested:
        write_stderr(f"The rules of {engine} are from its documentation; they were not tested with its evaluator.")
    if not agents:
        write_stderr("No fires: no agent is enabled.")
    elif not fires:
        write_stderr("No fires in this period.")


class _EngineFails(Exception):
    """The engine cannot compute the fires of an agent."""

    def __init__(self, agent: str) -> None:
        super().__init__(agent)
        self.agent = agent


def _clock(engine: str) -> EngineClock:
    if engine not in ENGINE_CLOCKS:
        near = did_you_mean(engine, ENGINE_CLOCKS) or f"use one of {', '.join(ENGINE_CLOCKS)}"
        raise typer.BadParameter(f"unknown engine {quoted(engine)}: {near}", param_hint="--engine")
    return ENGINE_CLOCKS[engine]


def _refusal(document: Document, engine: str, agent: str) -> Diagnostic:
    message = f"{engine} does not find the next fire of agent {quoted(agent)}"
    hint = "choose an hour that no clock change affects, or fewer hours"
    path = ("agents", agent, "cron")
    return document.diagnose(values.ENGINE_FAILS, message, path, hint=hint)


def _chosen(manifest: Manifest, agent: str | None, document: Document) -> list[str]:
    if agent is None:
        return [name for name, schedule in manifest.agents.items() if schedule.enabled]
    schedule = manifest.agents.get(agent)
    if schedule is None:
        message = f"agent {quoted(agent)} is not declared in the manifest"
        hint = did_you_mean(agent, manifest.agents) or f"declared: {', '.join(manifest.agents)}"
        raise KaizenError(document.diagnose(values.UNDECLARED_AGENT, message, ("agents",), key=True, hint=hint))
    if not schedule.enabled:
        message = f"agent {quoted(agent)} is paused (enabled: false) and does not fire"
        path = ("agents", agent, "enabled")
        raise KaizenError(document.diagnose(values.DISABLED_AGENT, message, path, hint="set enabled: true"))
    return [agent]


def _fires(
    manifest: Manifest, agents: list[str], start: datetime, end: datetime | None, count: int, clock: EngineClock
) -> tuple[Fire, ...]:
    """Return the fires of all agents, sorted. Raises _EngineFails, and typer.BadParameter if there are too many."""
    rows: list[Fire] = []
    for name in agents:
        cron = manifest.agents[name].cron
        try:
            coming = preview(cron, manifest.zone, start, until=end, count=count, fires_of=clock.fires)
        except NoNextFire:
            raise _EngineFails(name) from None
        rows += [Fire(agent=name, at=fire.at.isoformat(), utc=utc_text(fire.at), note=fire.note) for fire in coming]
    if len(rows) > _MOST:
        raise typer.BadParameter(f"more than {_MOST:,} fires: pass --count, or a shorter period", param_hint="--until")
    return tuple(sorted(rows, key=lambda fire: (fire.utc, fire.agent)))
