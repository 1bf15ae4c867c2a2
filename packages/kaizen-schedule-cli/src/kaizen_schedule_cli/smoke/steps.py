"""The steps of a smoke test for one repository, each with what it must show."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kaizen_activity_defs.catalog import selects
from kaizen_activity_defs.dry_run import preview_tasks
from kaizen_activity_defs.model import Definition
from kaizen_schedule_core.bundle.prepare import Bundle, prepare_bundle
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.expected import Firing, manifest_firings
from kaizen_schedule_core.fleet.resolution import ScheduledRun
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster, RosterEntry
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.manifest.opt_in import opt_in
from kaizen_schedule_core.repo.agents import RepositoryAgents, unusable_agents
from kaizen_schedule_core.repo.paths import MANIFEST_PATH

STEPS = ("init", "validate", "list", "prepare", "resolve", "run", "dry-run")
_AFTER_INSTRUCTIONS = "\n\n## Project memory\n"
_COMMAND_SECONDS = 60


class StepFailed(Exception):
    """A step did not show what it must; the message says what it showed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What became of one step; a step that was not reached has not passed."""

    step: str
    passed: bool
    detail: str


@dataclass(kw_only=True)
class Trial:
    """One repository under test: the roster's entry for its copy, and what the steps so far found."""

    entry: RosterEntry
    root: str
    now: datetime
    require: Sequence[str]
    tasks: Counter[str]
    definitions: Sequence[Definition]
    manifest: Manifest | None = None
    bundles: dict[str, Bundle] = field(default_factory=dict)
    runs: tuple[ScheduledRun, ...] = ()

    @property
    def roster(self) -> Roster:
        """A roster of this repository alone."""
        return Roster(source="smoke", entries=(self.entry,))

    @property
    def enabled(self) -> list[str]:
        """The agents that the manifest enables."""
        return sorted(name for name, schedule in self.valid.agents.items() if schedule.enabled)

    @property
    def valid(self) -> Manifest:
        """The manifest, which the step validate has found valid."""
        if self.manifest is None:
            raise StepFailed("no valid manifest")
        return self.manifest


def init(trial: Trial) -> str:
    """Opt the copy in if the repository has not; an existing manifest is left alone."""
    if os.path.lexists(os.path.join(trial.root, MANIFEST_PATH)):
        return "opted in already"
    opt_in(trial.root)
    return f"wrote {MANIFEST_PATH} in the copy"


def validate(trial: Trial) -> str:
    """The manifest is valid, and so are the files of the repository's own agents that it names."""
    agents = RepositoryAgents(trial.root)
    checked = load_manifest(trial.root, agents=agents, now=trial.now)
    if checked.manifest is None:
        raise KaizenError(checked.diagnostics)
    unusable = unusable_agents(agents, checked.manifest.agents)
    if unusable:
        raise KaizenError(unusable)
    trial.manifest = checked.manifest
    return f"{len(checked.manifest.agents)} agents declared"


def list_agents(trial: Trial) -> str:
    """At least one agent is enabled, and every one that is required."""
    enabled = trial.enabled
    missing = [name for name in trial.require if name not in enabled]
    if missing or not enabled:
        raise StepFailed(f"not enabled: {', '.join(missing)}" if missing else "no agent is enabled")
    return f"enabled: {', '.join(enabled)}"


def prepare(trial: Trial) -> str:
    """Every enabled agent has a bundle, and every part of it is sealed by what really stands in it."""
    for agent in trial.enabled:
        bundle = prepare_bundle(trial.root, agent)
        _require_sealed(bundle)
        trial.bundles[agent] = bundle
    return ", ".join(f"{agent} {len(bundle.markdown.encode())} bytes" for agent, bundle in trial.bundles.items())


def _require_sealed(bundle: Bundle) -> None:
    lines = "".join(f"{part.id} {part.trust} {part.path} {part.sha256}\n" for part in bundle.parts)
    if hashlib.sha256(lines.encode()).hexdigest() != bundle.digest:
        raise StepFailed(f"the digest of {bundle.agent} does not cover its parts")
    standing = {hashlib.sha256(text.encode()).hexdigest() for text in _texts_of(bundle.markdown)}
    loose = [part.id for part in bundle.parts if part.bytes and part.sha256 not in standing]
    if loose:
        raise StepFailed(f"the bundle of {bundle.agent} does not hold what it seals: {', '.join(loose)}")
    if not any(part.trust == "instructions" and part.bytes for part in bundle.parts):
        raise StepFailed(f"the bundle of {bundle.agent} has no instructions")


def _texts_of(markdown: str) -> Iterator[str]:
    """Every text of a bundle that can be a part: a line, what a fence holds, the instructions."""
    lines = markdown.split("\n")
    yield from lines
    for start, line in enumerate(lines):
        fence = line[: len(line) - len(line.lstrip("`"))]
        if len(fence) >= 3 and fence in lines[start + 1 :]:  # noqa: PLR2004 - the shortest fence
            yield "\n".join(lines[start + 1 : lines.index(fence, start + 1)])
    _, _, instructions = markdown.partition("\n## Agent instructions\n\n")
    end = instructions.find(_AFTER_INSTRUCTIONS)
    while end >= 0:
        yield instructions[:end]
        end = instructions.find(_AFTER_INSTRUCTIONS, end + 1)


def resolve(trial: Trial) -> str:
    """The resolver emits exactly one run for every enabled agent."""
    resolution = resolve_roster(now=trial.now, roster=trial.roster)
    found = [(run.repo, run.agent) for run in resolution.runs]
    expected = [(trial.entry.repo, agent) for agent in trial.enabled]
    if found != expected:
        raise StepFailed(f"{len(found)} runs instead of {len(expected)}: {resolution.outcomes[0].detail}")
    trial.runs = resolution.runs
    return f"{len(found)} runs"


def run_commands(trial: Trial) -> str:
    """Every emitted prepare_command, run in a shell as it stands, prints the bundle."""
    for run in trial.runs:
        done = _in_shell(run.prepare_command)
        if done.returncode != 0:
            raise StepFailed(
                f"{run.agent}: exit {done.returncode}: {done.stderr.decode(errors='replace').strip()[:300]}"
            )
        if done.stdout != trial.bundles[run.agent].markdown.encode():
            raise StepFailed(f"{run.agent}: the command's output is not the bundle")
    return f"{len(trial.runs)} commands run in a shell"


def _in_shell(command: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a runner would, with the kaizen-agentic that belongs to this Python first on the PATH."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
    try:
        return subprocess.run(  # noqa: S602 - a shell is what is tried here; the command is our own, quoted
            command,
            shell=True,
            capture_output=True,
            check=False,
            timeout=_COMMAND_SECONDS,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PATH": path},
        )
    except subprocess.TimeoutExpired:
        raise StepFailed(f"no end after {_COMMAND_SECONDS} seconds: {command}") from None


def dry_run(trial: Trial) -> str:
    """Every definition asks for exactly one task for each run that it selects."""
    found: set[tuple[str, str]] = set()
    expected: set[tuple[str, str]] = set()
    for definition in trial.definitions:
        asked = [run for run in trial.runs if selects(definition, run, domain=trial.entry.domain)]
        expected |= {(definition.id, run.agent) for run in asked}
        for moment in _moments(definition, trial.now, asked):
            tasks = preview_tasks(definition, trial.roster, now=moment).tasks
            made = {(definition.id, task.key.split("/")[2]) for task in tasks}
            if len(made) != len(tasks):
                raise StepFailed(f"{definition.id}: a task is made twice")
            trial.tasks[definition.id] += len(tasks)
            found |= made
    if found != expected:
        raise StepFailed(f"tasks for {len(found)} agents instead of {len(expected)}")
    return f"{len(found)} tasks, created nowhere"


def _moments(definition: Definition, now: datetime, asked: Sequence[ScheduledRun]) -> list[datetime]:
    """When a definition is tried: now, or, if it honours the manifests, at the tick of each run's last fire."""
    if not definition.follows_manifest_crons:
        return [now]
    trigger = definition.header.trigger
    ticking = Firing(cron=definition.cron, timezone=trigger.timezone)
    fires = {fire for run in asked for firing in manifest_firings(run) if (fire := firing.last(now))}
    return sorted({tick for fire in fires if (tick := ticking.next(fire - timedelta(seconds=1)))})
