"""The resolver `discover_kaizen_scheduled_repos`: roster ∩ repositories with a valid manifest (ADR-005)."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from kaizen_schedule_core.clock.fires import last_fire
from kaizen_schedule_core.codes import reading, shape
from kaizen_schedule_core.commands import prepare_command
from kaizen_schedule_core.diagnostics import Diagnostic, inert
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import os_problem
from kaizen_schedule_core.fleet.hub import is_hub_url, load_hub
from kaizen_schedule_core.fleet.resolution import Outcome, RepoOutcome, Resolution, ScheduledRun
from kaizen_schedule_core.fleet.roster import Roster, RosterEntry, load_roster
from kaizen_schedule_core.fleet.sharding import in_shard
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.model import AgentSchedule, Manifest
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.repo.paths import MANIFEST_PATH


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """What is asked of every entry, with nothing left to fill in."""

    domain: str | None
    cadence: str | None
    agent: str | None
    window: timedelta | None
    now: datetime
    hosts: tuple[str, ...]


def discover_kaizen_scheduled_repos(
    domain: str | None = None,
    cadence: str | None = None,
    now: datetime | None = None,
    *,
    roster: str | os.PathLike[str] | Roster,
    host: str | None = None,
    agent: str | None = None,
    window: timedelta | None = None,
    shard: tuple[int, int] | None = None,
) -> dict[str, list[dict[str, object]]]:
    """What is to run: `{"scheduled_runs": [...]}`, each run with exactly eight fields, sorted by (repo, agent).

    The resolver contract of ADR-005; `resolve_roster` gives the reasons as well, and takes the same parameters.
    """
    resolution = resolve_roster(domain, cadence, now, roster=roster, host=host, agent=agent, window=window, shard=shard)
    return {"scheduled_runs": [run.as_json() for run in resolution.runs]}


def resolve_roster(
    domain: str | None = None,
    cadence: str | None = None,
    now: datetime | None = None,
    *,
    roster: str | os.PathLike[str] | Roster,
    host: str | None = None,
    agent: str | None = None,
    window: timedelta | None = None,
    shard: tuple[int, int] | None = None,
) -> Resolution:
    """Resolve every entry of a roster, given as the path of its file, the URL of a hub, or a value.

    Runs are selected by `domain`, by the `cadence` word and by `agent`; `window` keeps only those with a fire of
    their own manifest in (now - window, now]. `now` carries an offset; without it the machine's clock is asked, and
    without `host` the machine's full name, then its short name. `shard` is (index, count), the index from 0: only
    that part of the entries, so that a fleet can be resolved by several workers (ADR-014); the digest stays that of
    the whole roster, by which the workers know that they read the same. Raises RosterError for a roster that cannot be
    read, and ValueError for a `now` without an offset, an empty `host` and a shard that is none; a broken repository is
    an outcome and touches no other.
    """
    if now is not None and now.tzinfo is None:
        raise ValueError("now must carry an offset")
    if host == "":
        raise ValueError("host is empty: give a name, or None for this machine's own")
    belongs = in_shard(shard)
    read = roster if isinstance(roster, Roster) else read_roster(os.fspath(roster))
    question = _Question(
        domain=domain,
        cadence=cadence,
        agent=agent,
        window=window,
        now=now or datetime.now(UTC),
        hosts=(host,) if host is not None else _own_names(read.entries),
    )
    twins = _repeated(read.entries)
    outcomes = (_resolve(entry, question, twins) for entry in read.entries if belongs(entry))
    return Resolution(
        source=read.source,
        digest=read.digest,
        outcomes=tuple(sorted(outcomes, key=_order)),
    )


def read_roster(source: str) -> Roster:
    """The roster of a file's path or a hub's URL. Raises RosterError; ValueError for a URL that cannot be one."""
    return load_hub(source) if is_hub_url(source) else load_roster(source)


def _order(outcome: RepoOutcome) -> tuple[str, ...]:
    return (outcome.repo, outcome.root or "", outcome.outcome, outcome.detail, outcome.domain or "")


def _own_names(entries: Iterable[RosterEntry]) -> tuple[str, ...]:
    """The machine's full name and its short one; the full one is asked of the network, so only when it matters."""
    name = socket.gethostname()
    full = socket.getfqdn(name) if any(entry.host_paths for entry in entries) else name
    return (full, name.partition(".")[0])


def _repeated(entries: Iterable[RosterEntry]) -> frozenset[str]:
    counted = Counter(entry.slug for entry in entries if entry.slug is not None and entry.problem is None)
    return frozenset(slug for slug, count in counted.items() if count > 1)


def _resolve(entry: RosterEntry, question: _Question, twins: frozenset[str]) -> RepoOutcome:
    """The first outcome that applies, in the contract's order."""

    def outcome(kind: Outcome, detail: str, root: str | None = None) -> RepoOutcome:
        return RepoOutcome(repo=entry.repo, domain=entry.domain, outcome=kind, detail=detail, root=root)

    if entry.problem is not None:
        return outcome("invalid-entry", entry.problem)
    if entry.slug in twins:
        return outcome("duplicate-slug", "another entry has the same slug, so none of them runs")
    if question.domain is not None and entry.domain != question.domain:
        return outcome(
            "filtered", f"its domain is {inert(entry.domain or 'not given')}, asked for is {question.domain}"
        )
    if entry.kaizen_schedule_enabled is False:
        return outcome("hub-disabled", "kaizen_schedule_enabled is false in the roster")
    root = entry.path_for(question.hosts)
    if root is None:
        return outcome("no-path-for-host", f"no path for {question.hosts[0]}, and no local_path")
    try:
        os.lstat(root)
    except (FileNotFoundError, NotADirectoryError):
        return outcome("path-missing", f"nothing at {root}", root)
    except OSError as error:
        return outcome("unreadable", _tell(os_problem(error, root).diagnostics), root)
    return _resolve_checkout(entry, root, question)


def _resolve_checkout(entry: RosterEntry, root: str, question: _Question) -> RepoOutcome:
    def outcome(kind: Outcome, detail: str) -> RepoOutcome:
        return RepoOutcome(repo=entry.repo, domain=entry.domain, outcome=kind, detail=detail, root=root)

    try:
        checked = load_manifest(root, agents=RepositoryAgents(root), now=question.now)
    except KaizenError as error:
        kind = _outcome_of(error.diagnostics[0], root)
        detail = f"no {MANIFEST_PATH}: it has not opted in" if kind == "no-manifest" else _tell(error.diagnostics)
        return outcome(kind, detail)
    if checked.manifest is None:
        newer = checked.diagnostics[0].code == shape.NEWER_MANIFEST.id
        return outcome("newer-manifest" if newer else "invalid-manifest", _tell(checked.diagnostics))
    return _select(entry, root, checked.manifest, question)


def _outcome_of(problem: Diagnostic, root: str) -> Outcome:
    if problem.code == reading.ABSENT.id and os.path.isdir(root):
        return "no-manifest"
    could_be_had = problem.code in {reading.NOT_UTF8.id, reading.CONTROL_CHARACTER.id, reading.TOO_LARGE.id}
    return "invalid-manifest" if could_be_had else "unreadable"


def _tell(problems: tuple[Diagnostic, ...]) -> str:
    """The first problem in one sentence, and how many more there are."""
    first = problems[0]
    where = f"line {first.line}: " if first.line else ""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first.code} {where}{first.message}{more}"


def _select(entry: RosterEntry, root: str, manifest: Manifest, question: _Question) -> RepoOutcome:
    declared = [
        ScheduledRun(
            repo=entry.repo,
            root=root,
            agent=name,
            cadence=schedule.cadence,
            cron=schedule.cron,
            timezone=manifest.timezone,
            enabled=schedule.enabled,
            prepare_command=prepare_command(name, root),
        )
        for name, schedule in sorted(manifest.agents.items())
        if _asked_for(name, schedule, manifest.zone, question)
    ]
    runs = tuple(run for run in declared if run.enabled)
    kind: Outcome = "scheduled"
    detail = ", ".join(run.agent for run in runs)
    if not any(schedule.enabled for schedule in manifest.agents.values()):
        kind, detail = "all-disabled", "every agent has enabled: false"
    elif not runs:
        kind, detail = "filtered", "no enabled agent matches the cadence, the agent and the window asked for"
    return RepoOutcome(
        repo=entry.repo,
        domain=entry.domain,
        outcome=kind,
        detail=detail,
        root=root,
        runs=runs,
        paused=tuple(run for run in declared if not run.enabled),
    )


def _asked_for(name: str, schedule: AgentSchedule, zone: tzinfo, question: _Question) -> bool:
    if question.cadence is not None and schedule.cadence != question.cadence:
        return False
    if question.agent is not None and name != question.agent:
        return False
    if question.window is None:
        return True
    fire = last_fire(schedule.cron, zone, question.now)  # walked from outside any fold (ADR-008), not from the window
    return fire is not None and fire > question.now - question.window
