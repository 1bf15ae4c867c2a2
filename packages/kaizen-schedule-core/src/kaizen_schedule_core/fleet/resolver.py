"""The resolver `discover_kaizen_scheduled_repos`: roster ∩ repositories with a valid manifest (ADR-005)."""

import os
import socket
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from kaizen_schedule_core.commands import prepare_command
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import os_problem
from kaizen_schedule_core.fleet.hub import is_hub_url, load_hub
from kaizen_schedule_core.fleet.path_hints import missing_host, missing_part, path_hint
from kaizen_schedule_core.fleet.resolution import Outcome, RepoOutcome, Resolution, ScheduledRun
from kaizen_schedule_core.fleet.roster import Roster, RosterEntry, load_roster
from kaizen_schedule_core.fleet.selection import Selection
from kaizen_schedule_core.fleet.sharding import in_shard
from kaizen_schedule_core.manifest.discovery import CREATE_HINT
from kaizen_schedule_core.manifest.loading import load_manifest
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.repo.agents import RepositoryAgents, packaged_agents
from kaizen_schedule_core.repo.paths import MANIFEST_PATH


@dataclass(frozen=True, kw_only=True, slots=True)
class _Query:
    """The parameters of a resolution, all set.

    `slugs` counts the entries with each slug; `owners` maps the slug of each entry whose checkout another entry owns
    to the slug of that entry.
    """

    selection: Selection
    hosts: tuple[str, ...]
    slugs: Counter[str | None]
    owners: dict[str, str]


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


def resolve_roster(  # noqa: PLR0913 - the parameters of the contract, and slugs
    domain: str | None = None,
    cadence: str | None = None,
    now: datetime | None = None,
    *,
    roster: str | os.PathLike[str] | Roster,
    host: str | None = None,
    agent: str | None = None,
    window: timedelta | None = None,
    shard: tuple[int, int] | None = None,
    slugs: Collection[str] | None = None,
) -> Resolution:
    """Resolve every entry of a roster, given as the path of its file, the URL of a hub, or a value.

    `domain`, `cadence` and `agent` select runs; `window` selects those with a fire of their manifest in
    (now - window, now]. `now` must have an offset and defaults to the current time; `host` defaults to the fully
    qualified domain name of the machine or, if that has no entry, to its short name, and is compared without case.
    Of several entries with one checkout, only the slug that sorts first runs (ADR-026). `shard` is (index, count), with
    indexes from 0, and resolves only that part of the entries (ADR-014); `slugs` resolves only these entries. A broken
    repository is an outcome and does not affect others. Raises RosterError if the roster cannot be read, and ValueError
    for a `now` without an offset, an empty `host` or an invalid shard.
    """
    plan = plan_resolution(
        domain, cadence, now, roster=roster, host=host, agent=agent, window=window, shard=shard, slugs=slugs
    )
    return plan.resolution(map(plan.outcome_of, plan.entries))


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolutionPlan:
    """A resolution whose entries can be resolved one by one, for example in several processes."""

    roster: Roster
    entries: tuple[RosterEntry, ...]
    query: _Query

    def outcome_of(self, entry: RosterEntry) -> RepoOutcome:
        """Return the outcome of an entry."""
        return _resolve(entry, self.query)

    def resolution(self, outcomes: Iterable[RepoOutcome]) -> Resolution:
        """Return the resolution with the outcomes of entries, in any order."""
        return Resolution(roster=self.roster, outcomes=tuple(sorted(outcomes, key=_order)))


def plan_resolution(  # noqa: PLR0913 - like resolve_roster
    domain: str | None = None,
    cadence: str | None = None,
    now: datetime | None = None,
    *,
    roster: str | os.PathLike[str] | Roster,
    host: str | None = None,
    agent: str | None = None,
    window: timedelta | None = None,
    shard: tuple[int, int] | None = None,
    slugs: Collection[str] | None = None,
) -> ResolutionPlan:
    """Return the plan of `resolve_roster`, with the same parameters and errors."""
    if now is not None and now.tzinfo is None:
        raise ValueError("now must have an offset")
    if host == "":
        raise ValueError("host is empty: pass a name, or None for this machine")
    belongs = in_shard(shard)
    read = roster if isinstance(roster, Roster) else read_roster(os.fspath(roster))
    hosts = _host_names(read.entries, host)
    counts = Counter(entry.slug for entry in read.entries if entry.problem is None)
    selection = Selection(domain=domain, cadence=cadence, agent=agent, window=window, now=now or datetime.now(UTC))
    query = _Query(selection=selection, hosts=hosts, slugs=counts, owners=_owners(read.entries, hosts, counts))
    entries = [entry for entry in read.entries if belongs(entry.repo) and (slugs is None or entry.repo in slugs)]
    return ResolutionPlan(roster=read, entries=tuple(entries), query=query)


def known_agents(roster: Roster, *, host: str | None = None) -> frozenset[str]:
    """Return the packaged agents and those installed in a checkout of the roster that can be read."""
    hosts = _host_names(roster.entries, host)
    known = set(packaged_agents())
    for entry in roster.entries:
        root = entry.path_for(hosts)
        if root is None or entry.kaizen_schedule_enabled is False:
            continue
        with suppress(KaizenError):
            known |= RepositoryAgents(root).installed
    return frozenset(known)


def read_roster(source: str) -> Roster:
    """Read the roster of a file's path or a hub's URL. Raises RosterError; ValueError for an invalid URL."""
    return load_hub(source) if is_hub_url(source) else load_roster(source)


def _order(outcome: RepoOutcome) -> tuple[str, ...]:
    return (outcome.repo, outcome.root or "", outcome.outcome, outcome.detail, outcome.domain or "")


def _host_names(entries: Iterable[RosterEntry], host: str | None) -> tuple[str, ...]:
    """Return the given host, or the full and the short name of this machine."""
    if host is not None:
        return (host,)
    name = full = socket.gethostname()
    if any(entry.host_paths for entry in entries):
        full = socket.getfqdn(name)
    return (full, name.partition(".")[0])


def _owners(entries: Iterable[RosterEntry], hosts: tuple[str, ...], slugs: Counter[str | None]) -> dict[str, str]:
    """Return, for each entry whose checkout another entry owns, the slug of the owner, which sorts first (ADR-026).

    A checkout is identified by the device and inode of its root, whatever the path. Filters and shards have no effect.
    """
    first: dict[tuple[int, int], str] = {}
    owners: dict[str, str] = {}
    for entry in sorted(entries, key=attrgetter("repo")):
        root = entry.path_for(hosts)
        if root is None or slugs[entry.slug] != 1 or entry.kaizen_schedule_enabled is False:
            continue
        try:
            status = os.stat(root)
        except OSError:  # missing or unreadable, which has its own outcome
            continue
        owner = first.setdefault((status.st_dev, status.st_ino), entry.repo)
        if owner != entry.repo:
            owners[entry.repo] = owner
    return owners


def _resolve(entry: RosterEntry, query: _Query) -> RepoOutcome:
    """Return the first outcome that applies, in the order of the contract."""
    if entry.problem is not None:
        return _outcome(entry, "invalid-entry", entry.problem)
    if entry.slug is not None and query.slugs[entry.slug] > 1:
        return _outcome(entry, "duplicate-slug", "another entry has the same slug; none of them runs")
    if query.selection.excludes(entry.domain):
        return query.selection.excluded(entry.repo, entry.domain)
    if entry.kaizen_schedule_enabled is False:
        return _outcome(entry, "hub-disabled", "kaizen_schedule_enabled is false in the roster")
    root = entry.path_for(query.hosts)
    if root is None:
        detail = missing_host(query.hosts[0], tuple(name for name, _ in entry.host_paths))
        return _outcome(entry, "no-path-for-host", detail)
    owner = query.owners.get(entry.repo)
    if owner is not None:
        return _outcome(entry, "duplicate-root", f"same checkout as {owner}, whose slug sorts first", root)
    try:
        checked = load_manifest(root, agents=RepositoryAgents(root), now=query.selection.now)
    except KaizenError as error:
        return _without_manifest(entry, root, error)
    if checked.manifest is None:
        outcome: Outcome = "newer-manifest" if checked.newer else "invalid-manifest"
        return _outcome(entry, outcome, _describe(checked.diagnostics), root)
    return query.selection.of(_scheduled(entry, root, checked.manifest))


def _outcome(entry: RosterEntry, outcome: Outcome, detail: str, root: str | None = None) -> RepoOutcome:
    return RepoOutcome(repo=entry.repo, domain=entry.domain, outcome=outcome, detail=detail, root=root)


def _without_manifest(entry: RosterEntry, root: str, error: KaizenError) -> RepoOutcome:
    try:
        os.lstat(root)
    except (FileNotFoundError, NotADirectoryError):
        return _outcome(
            entry, "path-missing", _with_hint(f"{root} does not exist", path_hint(missing_part(root))), root
        )
    except OSError as refused:
        error = os_problem(refused, root)
    if isinstance(error, Absent) and os.path.isdir(root):
        hint = error.diagnostics[0].hint
        detail = _with_hint(f"not opted in: no {MANIFEST_PATH}", hint if hint != CREATE_HINT else None)
        return _outcome(entry, "no-manifest", detail, root)
    outcome: Outcome = "unreadable" if error.unavailable else "invalid-manifest"
    return _outcome(entry, outcome, _describe(error.diagnostics), root)


def _with_hint(detail: str, hint: str | None) -> str:
    return f"{detail} ({hint})" if hint is not None else detail


def _describe(problems: tuple[Diagnostic, ...]) -> str:
    first = problems[0]
    text = f"{first.code} {first.message}"
    if first.line:
        text = f"{first.code} line {first.line}: {first.message}"
    if len(problems) > 1:
        text += f" (and {len(problems) - 1} more)"
    return text


def _scheduled(entry: RosterEntry, root: str, manifest: Manifest) -> RepoOutcome:
    """Return the outcome of a valid manifest, without filters."""
    runs: list[ScheduledRun] = []
    paused: list[ScheduledRun] = []
    for name, schedule in sorted(manifest.agents.items()):
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
    if not runs:
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
