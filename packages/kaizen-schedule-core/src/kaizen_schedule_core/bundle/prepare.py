"""Preparation of the orientation bundle: manifest → agent → material → budget → Markdown and seal."""

import os
from dataclasses import dataclass, field, replace
from datetime import datetime

from kaizen_schedule_core.bundle import DEFAULT_MAX_BYTES
from kaizen_schedule_core.bundle.budget import Content, fit
from kaizen_schedule_core.bundle.material import Material, gather
from kaizen_schedule_core.bundle.rendering import render
from kaizen_schedule_core.bundle.seal import Part, digest, seal
from kaizen_schedule_core.clock.cadence import Cadence
from kaizen_schedule_core.clock.fires import last_fire
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.commands import PROGRAM, prepare_command
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.model import AgentSchedule, Manifest
from kaizen_schedule_core.names import slot_id
from kaizen_schedule_core.repo.agents import Agent, RepositoryAgents, duplicate_warning, load_agent, require_known
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.pointers import Pointer
from kaizen_schedule_core.repo.roots import repo_name
from kaizen_schedule_core.source.document import Document


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """The input of an agent session, with its seal (ADR-009). The same files always give the same bytes.

    `manifest`, `cadence`, `cron` and `timezone` are None for an agent that the manifest does not declare.
    `diagnostics` are the warnings.
    """

    repo: str
    root: str
    agent: str
    cadence: Cadence | None = None
    cron: str | None = None
    timezone: str | None = None
    has_memory: bool
    has_metrics: bool
    pointers: tuple[Pointer, ...]
    session_close: tuple[str, ...]
    prepare_command: str
    digest: str
    parts: tuple[Part, ...]
    markdown: str
    diagnostics: tuple[Diagnostic, ...]
    manifest: Manifest | None = field(default=None, repr=False, compare=False)

    def slot(self, at: datetime) -> str | None:
        """Return the slot of the agent's last manifest fire at or before `at`, or None without such a fire."""
        if self.manifest is None:
            return None
        fire = last_fire(self.manifest.agents[self.agent].cron, self.manifest.zone, at)
        if fire is None:
            return None
        return slot_id(self.repo, self.agent, fire)


def prepare_bundle(
    root: str,
    agent: str,
    *,
    repo: str | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    unscheduled: bool = False,
    shown: str | None = None,
    now: datetime | None = None,
    program: str = PROGRAM,
) -> Bundle:
    """Return the bundle of an agent in the repository at `root` (absolute), with at most `max_bytes` of Markdown.

    `repo` is the repository's slug, by default its name. With `unscheduled`, the agent can be undeclared or paused.
    `shown` is the manifest's path in diagnostics. Records that are dated after `now` do not count (ADR-021); nothing
    else depends on the time. `program` starts kaizen-agentic in the commands that close the session, quoted for a POSIX
    shell. Raises KaizenError for an invalid manifest, for the agent (KZ320 to KZ323), if a file of the repository
    cannot be read, or if the budget is too small (KZ324).
    """
    agents = RepositoryAgents(root)
    shown = shown or os.path.join(root, MANIFEST_PATH)
    manifest = _declaring_manifest(root, agents, agent, shown, unscheduled=unscheduled)
    definition = load_agent(agents, agent)
    repo = repo or repo_name(root)
    material = gather(root, repo, definition, _run(definition, manifest), program=program, now=now)
    content = _fit(material, max_bytes, root if manifest is None else shown)
    parts = seal(content)
    bundle = Bundle(
        repo=repo,
        root=root,
        agent=agent,
        has_memory=material.memory is not None,
        has_metrics=material.performance != "",
        pointers=tuple(item.pointer for item in content.pointers),
        session_close=material.session_close,
        prepare_command=prepare_command(agent, root),
        digest=digest(parts),
        parts=parts,
        markdown=render(content),
        diagnostics=(*duplicate_warning(agents, agent), *material.notices),
    )
    if manifest is None:
        return bundle
    schedule = manifest.agents[agent]
    cron, timezone = schedule.cron.text, manifest.timezone
    return replace(bundle, cadence=schedule.cadence, cron=cron, timezone=timezone, manifest=manifest)


def _declaring_manifest(
    root: str, agents: RepositoryAgents, agent: str, shown: str, *, unscheduled: bool
) -> Manifest | None:
    """Return the manifest if it declares the agent; raise KaizenError if it does not, unless `unscheduled`."""
    try:
        checked = load_manifest(root, agents=agents, shown=shown)
    except Absent:
        if unscheduled:
            return None
        raise
    manifest = checked.manifest
    if manifest is None:
        raise KaizenError(checked.diagnostics)
    schedule = manifest.agents.get(agent)
    if not unscheduled:
        require_known(agents, agent)
        _require_scheduled(agent, schedule, checked.document)
    if schedule is None:
        return None
    return manifest


def _require_scheduled(agent: str, schedule: AgentSchedule | None, document: Document) -> None:
    if schedule is None:
        declared = ", ".join(document.value["agents"])
        message = f"agent {quoted(agent)} is not declared in the manifest, which declares: {declared}"
        hint = "add it to the manifest, or prepare a single run with --unscheduled"
        raise KaizenError(document.diagnose(values.UNDECLARED_AGENT, message, ("agents",), key=True, hint=hint))
    if not schedule.enabled:
        message = f"agent {quoted(agent)} is paused"
        hint = "set enabled: true, or prepare a single run with --unscheduled"
        raise KaizenError(document.diagnose(values.DISABLED_AGENT, message, ("agents", agent, "enabled"), hint=hint))


def _run(agent: Agent, manifest: Manifest | None) -> str:
    """Return the text with the schedule of the agent, and with what its file requests."""
    lines = [f"agent: {agent.name}"]
    if manifest is None:
        lines.append("scheduled: no")
    else:
        schedule = manifest.agents[agent.name]
        lines += [f"cadence: {schedule.cadence}", f"cron: {schedule.cron.text}", f"timezone: {manifest.timezone}"]
        if not schedule.enabled:
            lines.append("enabled: false (paused)")
    if agent.tools:
        lines.append(f"requested tools: {agent.tools}")
    if agent.model:
        lines.append(f"requested model: {agent.model}")
    return "\n".join(lines)


def _fit(material: Material, max_bytes: int, shown: str) -> Content:
    content = fit(material, lambda content: len(render(content).encode()), max_bytes)
    if isinstance(content, int):
        message = f"the bundle needs at least {content} bytes, and the budget is {max_bytes}"
        raise KaizenError(diagnose(values.BUDGET, message, file=shown, hint=f"pass --max-bytes {content}"))
    return content
