"""Make the orientation bundle: manifest → agent → material → budget → markdown and seal."""

import os
from dataclasses import dataclass

from kaizen_schedule_core.bundle import DEFAULT_MAX_BYTES
from kaizen_schedule_core.bundle.budget import fit
from kaizen_schedule_core.bundle.material import Material, gather
from kaizen_schedule_core.bundle.parts import Part, digest
from kaizen_schedule_core.bundle.rendering import parts, render
from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.commands import prepare_command, session_close
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.manifest.loading import CheckedManifest, load_manifest
from kaizen_schedule_core.manifest.model import AgentSchedule
from kaizen_schedule_core.repo.agents import RepositoryAgents, load_agent, require_known
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.pointers import Pointer
from kaizen_schedule_core.repo.roots import repo_name
from kaizen_schedule_core.source.document import Document


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """What a session needs to begin, sealed (ADR-009).

    The same files give the same bytes: there is no clock in it. `cadence`, `cron` and `timezone` are None for an
    agent that the manifest does not declare. `diagnostics` are warnings about what was left out.
    """

    repo: str
    root: str
    agent: str
    cadence: str | None
    cron: str | None
    timezone: str | None
    has_memory: bool
    has_metrics: bool
    pointers: tuple[Pointer, ...]
    session_close: tuple[str, ...]
    prepare_command: str
    digest: str
    parts: tuple[Part, ...]
    markdown: str
    diagnostics: tuple[Diagnostic, ...]


def prepare_bundle(
    root: str, agent: str, *, max_bytes: int = DEFAULT_MAX_BYTES, unscheduled: bool = False, shown: str | None = None
) -> Bundle:
    """The bundle of one agent in the repository at `root` (absolute), within `max_bytes` of markdown.

    `unscheduled` also serves an agent that the manifest does not declare or has paused. `shown` is the manifest's
    path as diagnostics name it. Raises KaizenError: what is wrong with the manifest, the agent (KZ320 to KZ323), a
    file of the repository, or the budget (KZ324).
    """
    agents = RepositoryAgents(root)
    shown = shown or os.path.join(root, MANIFEST_PATH)
    checked = _checked(root, agents, shown, optional=unscheduled)
    require_known(agents, agent)
    cadence = cron = timezone = schedule = None
    if checked is not None and checked.manifest is not None:
        schedule = checked.manifest.agents.get(agent)
        if not unscheduled:
            _require_scheduled(agent, schedule, checked.document)
        if schedule is not None:
            cadence, cron, timezone = schedule.cadence, schedule.cron.text, checked.manifest.timezone
    material = gather(repo_name(root), root, load_agent(agents, agent), _run(agent, schedule, timezone))
    cuts = fit(material, lambda cuts: len(render(material, cuts).encode()), max_bytes)
    if isinstance(cuts, int):
        message = f"the bundle needs at least {cuts} bytes, and the budget is {max_bytes}"
        raise KaizenError(diagnose(meaning.BUDGET, message, file=shown, hint=f"--max-bytes {cuts}"))
    sealed = parts(material, cuts)
    kept = material.pointers[: len(material.pointers) - cuts.pointers]
    return Bundle(
        repo=material.repo,
        root=root,
        agent=agent,
        cadence=cadence,
        cron=cron,
        timezone=timezone,
        has_memory=material.memory is not None,
        has_metrics=material.performance is not None,
        pointers=tuple(item.pointer for item in kept),
        session_close=_close(material),
        prepare_command=prepare_command(agent, root),
        digest=digest(sealed),
        parts=sealed,
        markdown=render(material, cuts),
        diagnostics=material.notices,
    )


def _checked(root: str, agents: RepositoryAgents, shown: str, *, optional: bool) -> CheckedManifest | None:
    try:
        checked = load_manifest(root, agents=agents, shown=shown)
    except Absent:
        if optional:
            return None
        raise
    if checked.manifest is None:
        raise KaizenError(checked.diagnostics)
    return checked


def _require_scheduled(agent: str, schedule: AgentSchedule | None, document: Document) -> None:
    if schedule is None:
        message = f"agent {quoted(agent)} is not declared here; declared are: {', '.join(document.value['agents'])}"
        hint = "add it here, or prepare it once with --unscheduled"
        raise KaizenError(document.diagnose(meaning.UNDECLARED_AGENT, message, ("agents",), key=True, hint=hint))
    if not schedule.enabled:
        message = f"agent {quoted(agent)} is paused here"
        hint = "set it to true, or prepare it once with --unscheduled"
        raise KaizenError(document.diagnose(meaning.DISABLED_AGENT, message, ("agents", agent, "enabled"), hint=hint))


def _run(agent: str, schedule: AgentSchedule | None, timezone: str | None) -> tuple[tuple[str, str], ...]:
    if schedule is None or timezone is None:
        return (("agent", agent), ("scheduled", "no"))
    lines: list[tuple[str, str]] = [
        ("agent", agent),
        ("cadence", schedule.cadence),
        ("cron", schedule.cron.text),
        ("timezone", timezone),
    ]
    if not schedule.enabled:
        lines.append(("enabled", "false: prepared although paused"))
    return tuple(lines)


def _close(material: Material) -> tuple[str, ...]:
    commands = session_close(material.agent.name, material.root)
    return commands[:1] if not material.agent.keeps_memory else commands
