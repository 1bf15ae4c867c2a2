"""The resolver `discover_kaizen_scheduled_repos`: roster ∩ repositories with a valid manifest (ADR-005)."""

import os
import socket
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from kaizen_schedule_core.clock.fires import last_fire
from kaizen_schedule_core.commands import prepare_command
from kaizen_schedule_core.diagnostics import Diagnostic, escape_control_chars
from kaizen_schedule_core.errors import Absent, KaizenError
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
class _Query:
    """The parameters of a resolution, all set; `slugs` counts the entries with each slug."""

    domain: str | None
    cadence: str | None
    agent: str | None
    window: timedelta | None
    now: datetime
    hosts: tuple[str, ...]
    slugs: Counter[str | None]


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
    """Return the runs as `{"scheduled_runs": [...]}`, each with exactly eight fields, sorted by (repo, agent).

    This is the resolver contract of ADR-005. `resolve_roster` has the same parameters and also returns the outcomes.
    """
    resolution = resolve_roster(domain, cadence, now, roster=roster, host=host, agent=agent, window=window, shard=shard)
    return {"scheduled_runs": list(map(ScheduledRun.as_json, resolution.runs))}


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

    `domain`, `cadence` and `agent` select runs; `window` selects those with a fire of their manifest in
    (now - window, now]. `now` must have an offset and defaults to the current time; `host` defaults to the fully
    qualified domain name of the machine or, if that has no entry, to its short name. `shard` is (index, count), with
    indexes from 0, and resolves only that part of the entries (ADR-014). Raises RosterError if the roster cannot be
    read, and ValueError for a `now` without an offset, an empty `host` or an invalid shard. A broken repository is an
    outcome and does not affect others.
    """
    if now is not None and now.tzinfo is None:
        raise ValueError("now must have an offset")
    if host == "":
        raise ValueError("host is empty: pass a name, or None for this machine")
    belongs = in_shard(shard)
    read = roster if isinstance(roster, Roster) else read_roster(os.fspath(roster))
    query = _Query(
        domain=domain,
        cadence=cadence,
        agent=agent,
        window=window,
        now=now or datetime.now(UTC),
        hosts=_runner_names(read.entries) if host is None else (host,),
        slugs=Counter(entry.slug for entry in read.entries if entry.problem is None),
    )
    outcomes = [_resolve(entry, query) for entry in read.entries if belongs(entry.repo)]
    return Resolution(roster=read, outcomes=tuple(sorted(outcomes, key=_order)))


def read_roster(source: str) -> Roster:
    """Read the roster of a file's path or a hub's URL. Raises RosterError; ValueError for an invalid URL."""
    return load_hub(source) if is_hub_url(source) else load_roster(source)


def _order(outcome: RepoOutcome) -> tuple[str, ...]:
    return (outcome.repo, outcome.root or "", outcome.outcome, outcome.detail, outcome.domain or "")


def _runner_names(entries: Iterable[RosterEntry]) -> tuple[str, ...]:
    name = full = socket.gethostname()
    if any(entry.host_paths for entry in entries):
        full = socket.getfqdn(name)
    return (full, name.partition(".")[0])


def _resolve(entry: RosterEntry, query: _Query) -> RepoOutcome:
    """Return the first outcome that applies, in the order of the contract."""
    if entry.problem is not None:
        return _outcome(entry, "invalid-entry", entry.problem)
    if entry.slug is not None and query.slugs[entry.slug] > 1:
        return _outcome(entry, "duplicate-slug", "another entry has the same slug; none of them runs")
    if query.domain is not None and entry.domain != query.domain:
        detail = f"its domain is {escape_control_chars(entry.domain or 'not set')}, not {query.domain}"
        return _outcome(entry, "filtered", detail)
    if entry.kaizen_schedule_enabled is False:
        return _outcome(entry, "hub-disabled", "kaizen_schedule_enabled is false in the roster")
    root = entry.path_for(query.hosts)
    if root is None:
        return _outcome(entry, "no-path-for-host", f"no host_paths entry for {query.hosts[0]} and no local_path")
    try:
        checked = load_manifest(root, agents=RepositoryAgents(root), now=query.now)
    except KaizenError as error:
        return _without_manifest(entry, root, error)
    if checked.manifest is None:
        outcome: Outcome = "newer-manifest" if checked.newer else "invalid-manifest"
        return _outcome(entry, outcome, _describe(checked.diagnostics), root)
    return _select(entry, root, checked.manifest, query)


def _outcome(entry: RosterEntry, outcome: Outcome, detail: str, root: str | None = None) -> RepoOutcome:
    return RepoOutcome(repo=entry.repo, domain=entry.domain, outcome=outcome, detail=detail, root=root)


def _without_manifest(entry: RosterEntry, root: str, error: KaizenError) -> RepoOutcome:
    try:
        os.lstat(root)
    except (FileNotFoundError, NotADirectoryError):
        return _outcome(entry, "path-missing", f"{root} does not exist", root)
    except OSError as refused:
        error = os_problem(refused, root)
    if isinstance(error, Absent) and os.path.isdir(root):
        return _outcome(entry, "no-manifest", f"not opted in: no {MANIFEST_PATH}", root)
    outcome: Outcome = "unreadable" if error.unavailable else "invalid-manifest"
    return _outcome(entry, outcome, _describe(error.diagnostics), root)


def _describe(problems: tuple[Diagnostic, ...]) -> str:
    first = problems[0]
    text = f"{first.code} {first.message}"
    if first.line:
        text = f"{first.code} line {first.line}: {first.message}"
    if len(problems) > 1:
        text += f" (and {len(problems) - 1} more)"
    return text


def _select(entry: RosterEntry, root: str, manifest: Manifest, query: _Query) -> RepoOutcome:
    runs: list[ScheduledRun] = []
    paused: list[ScheduledRun] = []
    for name, schedule in sorted(manifest.agents.items()):
        if _is_selected(name, schedule, manifest.zone, query):
            run = ScheduledRun(
                repo=entry.repo,
                root=root,
                agent=name,
                cadence=schedule.cadence,
                cron=schedule.cron,
                timezone=manifest.timezone,
                enabled=schedule.enabled,
                prepare_command=prepare_command(name, root),
            )
            (runs if schedule.enabled else paused).append(run)
    outcome: Outcome = "scheduled"
    detail = ", ".join(run.agent for run in runs)
    if not runs and any(schedule.enabled for schedule in manifest.agents.values()):
        outcome, detail = "filtered", "no enabled agent matches the filters by cadence, agent and window"
    elif not runs:
        outcome, detail = "all-disabled", "every agent has enabled: false"
    return RepoOutcome(
        repo=entry.repo,
        domain=entry.domain,
        outcome=outcome,
        detail=detail,
        root=root,
        runs=tuple(runs),
        paused=tuple(paused),
    )


def _is_selected(name: str, schedule: AgentSchedule, zone: tzinfo, query: _Query) -> bool:
    if query.cadence is not None and schedule.cadence != query.cadence:
        return False
    if query.agent is not None and name != query.agent:
        return False
    if query.window is None:
        return True
    # Independent of the window's start, which can be in a fold (ADR-008).
    fire = last_fire(schedule.cron, zone, query.now)
    return fire is not None and fire > query.now - query.window
