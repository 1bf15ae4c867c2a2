"""The steps of a smoke test for one repository; a failed step raises StepFailed or KaizenError."""

import hashlib
import os
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter

from kaizen_activity_defs.catalog import selects
from kaizen_activity_defs.dry_run import preview_tasks
from kaizen_activity_defs.model import Definition
from kaizen_activity_defs.smoke_report import StepReport
from kaizen_schedule_core.bundle.prepare import Bundle, prepare_bundle
from kaizen_schedule_core.commands import PROGRAM
from kaizen_schedule_core.diagnostics import has_errors, plural
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.expected import Firing
from kaizen_schedule_core.fleet.resolution import ScheduledRun
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.manifest.opt_in import opt_in
from kaizen_schedule_core.repo.agents import RepositoryAgents, agent_problems
from kaizen_schedule_core.repo.memory import read_memory
from kaizen_schedule_core.repo.metrics import read_latest
from kaizen_schedule_core.repo.paths import MANIFEST_PATH

COMMAND_SECONDS = 60
_AFTER_INSTRUCTIONS = "\n\n## Project memory\n"
_SHORTEST_FENCE = 3


class StepFailed(Exception):
    """A failed step; the message contains the reason."""


def describe(error: StepFailed | KaizenError) -> str:
    """Return the reason of a failed step, with the first diagnostic."""
    if isinstance(error, StepFailed):
        return str(error)
    first = error.diagnostics[0]
    where = f" (line {first.line})" if first.line else ""
    return f"{first.code}: {first.message}{where}"


def init(root: str) -> str:
    """Create the manifest if it is missing."""
    if os.path.lexists(os.path.join(root, MANIFEST_PATH)):
        return "already opted in"
    opt_in(root)
    return f"wrote {MANIFEST_PATH} in the copy"


def validate(root: str, now: datetime) -> Manifest:
    """Check the manifest and the files of the repository's own agents in it."""
    agents = RepositoryAgents(root)
    checked = load_manifest(root, agents=agents, now=now)
    if checked.manifest is None:
        raise KaizenError(checked.diagnostics)
    problems = agent_problems(agents, checked.manifest.agents)
    if has_errors(problems):
        raise KaizenError(problems)
    return checked.manifest


def list_agents(manifest: Manifest, require: Iterable[str]) -> tuple[str, ...]:
    """Return the enabled agents, sorted; there must be at least one, and all required ones."""
    enabled = tuple(name for name, schedule in sorted(manifest.agents.items()) if schedule.enabled)
    missing = [name for name in require if name not in enabled]
    if missing:
        raise StepFailed(f"not enabled: {', '.join(missing)}")
    if not enabled:
        raise StepFailed("no agent is enabled")
    return enabled


def prepare(root: str, agents: Iterable[str], now: datetime) -> tuple[Bundle, ...]:
    """Prepare a bundle for every agent, and check its seal."""
    bundles: list[Bundle] = []
    for agent in agents:
        bundle = prepare_bundle(root, agent, now=now)
        require_sealed(bundle)
        bundles.append(bundle)
    return tuple(bundles)


def require_sealed(bundle: Bundle) -> None:
    """Check that the digest of a bundle matches its parts, and that each part is in its markdown."""
    lines = "".join(f"{part.id} {part.trust} {part.path} {part.sha256}\n" for part in bundle.parts)
    if _sha256(lines) != bundle.digest:
        raise StepFailed(f"the digest of the {bundle.agent} bundle does not match its parts")
    found = set(map(_sha256, _texts(bundle.markdown)))
    absent = [part.id for part in bundle.parts if part.bytes and part.sha256 not in found]
    if absent:
        raise StepFailed(f"the bundle of {bundle.agent} does not contain its sealed parts: {', '.join(absent)}")
    if not any(part.trust == "instructions" and part.bytes for part in bundle.parts):
        raise StepFailed(f"the bundle of {bundle.agent} has no instructions")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _texts(markdown: str) -> Iterator[str]:
    lines = markdown.split("\n")
    yield from lines
    for start, line in enumerate(lines):
        fence = line[: len(line) - len(line.lstrip("`"))]
        if len(fence) >= _SHORTEST_FENCE and fence in lines[start + 1 :]:
            yield "\n".join(lines[start + 1 : lines.index(fence, start + 1)])
    _, _, instructions = markdown.partition("\n## Agent instructions\n\n")
    end = instructions.find(_AFTER_INSTRUCTIONS)
    while end >= 0:  # the instructions can contain this heading
        yield instructions[:end]
        end = instructions.find(_AFTER_INSTRUCTIONS, end + 1)


def resolve(roster: Roster, agents: tuple[str, ...], now: datetime) -> tuple[ScheduledRun, ...]:
    """Return the runs of the resolver, which must be one per enabled agent."""
    resolution = resolve_roster(now=now, roster=roster)
    runs = resolution.runs
    if tuple(map(attrgetter("agent"), runs)) != agents:
        raise StepFailed(f"{plural(len(runs), 'run')} instead of {len(agents)}: {resolution.outcomes[0].detail}")
    return runs


def run_commands(runs: Iterable[ScheduledRun], bundles: Iterable[Bundle]) -> None:
    """Run every prepare_command in a shell, and compare its output with the bundle."""
    for run, bundle in zip(runs, bundles, strict=True):
        done = run_in_shell(run.prepare_command)
        if done.returncode != 0:
            stderr = done.stderr.decode(errors="replace").strip()
            raise StepFailed(f"{run.agent}: exit {done.returncode}: {stderr[:300]}")
        if done.stdout != bundle.markdown.encode():
            raise StepFailed(f"{run.agent}: the output of the command differs from the bundle")


def run_in_shell(command: str, *, seconds: float = COMMAND_SECONDS) -> subprocess.CompletedProcess[bytes]:
    """Run a command like a runner, with the kaizen-agentic of this Python first in the PATH."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
    env = {**os.environ, "PATH": path}
    try:
        return subprocess.run(  # noqa: S602 - a shell is what is tried here; the command is our own, quoted
            command, shell=True, capture_output=True, check=False, timeout=seconds, stdin=subprocess.DEVNULL, env=env
        )
    except subprocess.TimeoutExpired:
        raise StepFailed(f"timed out after {seconds} seconds: {command}") from None


def session(bundle: Bundle) -> str:
    """Run an agent with a command that reads the bundle and adds a note, and check what was recorded."""
    notes = _notes(bundle)
    command = f"head -n 1 | grep -q '^# Orientation' && {bundle.session_close[-1]}"
    words = ["schedule", "run", bundle.agent, "--target", bundle.root, "--", "sh", "-c", command]
    done = run_in_shell(f"{PROGRAM} {shlex.join(words)}")
    if done.returncode != 0:
        stderr = done.stderr.decode(errors="replace").strip()
        raise StepFailed(f"{bundle.agent}: exit {done.returncode}: {stderr[:300]}")
    record = read_latest(bundle.root, bundle.agent).record
    if record is None or not record.success or (record.metadata or {}).get("digest") != bundle.digest:
        raise StepFailed(f"{bundle.agent}: the run was not recorded")
    if len(bundle.session_close) > 1 and _notes(bundle) != notes + 1:
        raise StepFailed(f"{bundle.agent}: the memory has no new note")
    return f"{bundle.agent} ran and was recorded"


def _notes(bundle: Bundle) -> int:
    memory = read_memory(bundle.root, bundle.agent)
    if memory is None:
        return 0
    return memory.session_count


def dry_run(
    roster: Roster, runs: Iterable[ScheduledRun], definitions: Iterable[Definition], now: datetime
) -> tuple[StepReport, Counter[str]]:
    """Check that each definition creates one task for each selected run, and count the tasks."""
    expected: set[tuple[str, str]] = set()
    found: set[tuple[str, str]] = set()
    tasks: Counter[str] = Counter()
    problem = None
    try:
        for definition in definitions:
            selected = [run for run in runs if selects(definition, run, domain=roster.entries[0].domain)]
            for run in selected:
                expected.add((definition.id, run.agent))
            for agent in _agents_with_tasks(definition, roster, selected, now):
                tasks[definition.id] += 1
                found.add((definition.id, agent))
    except (KaizenError, StepFailed) as error:
        problem = describe(error)
    if problem is None and found != expected:
        problem = f"tasks for {plural(len(found), 'agent')} instead of {len(expected)}"
    detail = problem or f"{plural(len(found), 'task')}, preview only"
    return StepReport(step="dry-run", passed=problem is None, detail=detail), tasks


def _agents_with_tasks(
    definition: Definition, roster: Roster, selected: Iterable[ScheduledRun], now: datetime
) -> Iterator[str]:
    for moment in _moments(definition, selected, now):
        tasks = preview_tasks(definition, roster, now=moment).tasks
        agents = [task.key.split("/")[2] for task in tasks]
        if len(set(agents)) != len(agents):
            raise StepFailed(f"{definition.id}: duplicate task")
        yield from agents


def _moments(definition: Definition, selected: Iterable[ScheduledRun], now: datetime) -> list[datetime]:
    if not definition.follows_manifest_crons:
        return [now]
    trigger = definition.header.trigger
    ticking = Firing(cron=definition.cron, timezone=trigger.timezone)
    ticks: set[datetime | None] = set()
    for run in selected:
        fire = Firing(cron=run.cron, timezone=run.timezone).last(now)
        if fire is not None:
            ticks.add(ticking.next(fire - timedelta(seconds=1)))
    return sorted(filter(None, ticks))
