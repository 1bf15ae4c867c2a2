"""The common options of the roster commands: the roster, filters and time."""

import functools
import inspect
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

import typer
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.diagnostics import did_you_mean, escape_control_chars, quoted
from kaizen_schedule_core.fleet.guard import fleet_size, guard_fleet
from kaizen_schedule_core.fleet.hub import is_hub_url, load_hub
from kaizen_schedule_core.fleet.resolution import RepoOutcome, Resolution
from kaizen_schedule_core.fleet.resolver import known_agents, plan_resolution
from kaizen_schedule_core.fleet.roster import Roster, RosterEntry, load_roster
from kaizen_schedule_core.fleet.selection import Selection, select_runs
from kaizen_schedule_core.fleet.sharding import parse_shard
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.roots import normal_root, repo_name

from kaizen_schedule_cli.answers.roster import Clock
from kaizen_schedule_cli.commands.options import (
    Host,
    Hub,
    Jobs,
    Now,
    RosterFile,
    UsageError,
    parse_utc,
    read_cadence,
    read_optional,
    read_value,
    text_option,
)
from kaizen_schedule_cli.processes import jobs_for, map_in_processes
from kaizen_schedule_cli.render.progress import progress
from kaizen_schedule_cli.render.streams import write_stderr

if TYPE_CHECKING:
    from kaizen_activity_defs.catalog import CatalogFirings
    from kaizen_activity_defs.model import Definition

HUB_VARIABLE = "KAIZEN_STATE_HUB_URL"
_NAMED = 5  # domains in one sentence
_PART = 500  # entries that one process resolves at a time
Result = TypeVar("Result")

Domain = Annotated[str | None, text_option("--domain", "NAME", "Only repositories of this domain.")]
CadenceWord = Annotated[
    str | None, typer.Option("--cadence", metavar="WORD", help="Only this cadence: daily, weekly or monthly.")
]
AgentFilter = Annotated[str | None, text_option("--agent", "NAME", "Only this agent.")]
Window = Annotated[
    str | None,
    typer.Option("--window", metavar="15m|1h|…", help="Only runs whose cron fires in this period before now."),
]
Shard = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="Only this shard of the roster, such as 2/8.")
]
StateFile = Annotated[
    str | None, text_option("--state", "FILE", "Store the fleet size here; exit 4 if less than 80 % remains.")
]
Slugs = Annotated[list[str] | None, typer.Argument(metavar="SLUG", help="Only these repositories.")]
Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", metavar="OUTCOME", help="Only entries with this outcome; repeatable.")
]
AllRows = Annotated[bool, typer.Option("--all", help="Show all rows, instead of at most 40.")]
Grace = Annotated[
    str, typer.Option("--grace", metavar="24h", help="Time after a slot before a missing run is overdue.")
]
AllowShrink = Annotated[bool, typer.Option("--allow-shrink", help="Accept a smaller fleet than in the last run.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetQuery:
    """The parsed options of a roster command; `now` is always set, so that everything uses the same time.

    `filters` are the domain, cadence, agent and window for `resolve_roster`.
    """

    roster: Roster
    now: datetime
    filters: dict[str, Any]
    host: str | None
    shard: tuple[int, int] | None
    jobs: int | None
    slugs: frozenset[str] | None
    state: str | None
    allow_shrink: bool


ReadQuery: TypeAlias = Callable[..., FleetQuery]
"""The function that parses the common options; it can be called with some of them, and `slugs` and `here`."""


def read_source(roster: str | None, hub: str | None, *, here: bool = False) -> Roster:
    """Load the roster of --roster, --hub or the environment.

    Without them and with `here`, the roster is the repository in the current directory, if it has a manifest.
    Raises typer.BadParameter, RosterError.
    """
    if roster is not None and hub is not None:
        raise UsageError("--hub cannot be combined with --roster")
    if roster is not None:
        if is_hub_url(roster):  # not shown, because it can contain a password
            raise typer.BadParameter("it must be a file; pass the address of a hub with --hub", param_hint="--roster")
        return load_roster(roster)
    if hub is not None:
        return _load_hub("--hub", hub)
    url = os.environ.get(HUB_VARIABLE)
    if not url and here and os.path.lexists(MANIFEST_PATH):
        root = normal_root(".")
        entry = RosterEntry(repo=repo_name(root), slug=repo_name(root), local_path=root)
        return Roster(source=root, entries=(entry,))
    if not url:
        raise UsageError(f"Missing option '--roster' or '--hub', or the variable {HUB_VARIABLE}.")
    return _load_hub(HUB_VARIABLE, url)


def _load_hub(option: str, url: str) -> Roster:
    if not is_hub_url(url):
        raise typer.BadParameter("use an address such as http://127.0.0.1:8000", param_hint=option)
    return read_value(option, lambda: load_hub(url))


def roster_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the common options of the roster commands (contract section 10).

    The command gets a function `read_query` that parses them, so that it can check its own options before the roster
    is loaded. An option of the command with the name of a common one replaces it.
    """
    own = dict(inspect.signature(command, eval_str=True).parameters)
    del own["read_query"]
    shared = dict(inspect.signature(_read_query, eval_str=True).parameters)
    for name in ("slugs", "here", *own):
        shared.pop(name, None)

    @functools.wraps(command)
    def call(**given: Any) -> None:
        options = {name: given.pop(name) for name in shared}
        command(functools.partial(_read_query, **options), **given)

    ordered = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*shared.values(), *own.values())]
    call.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]  # Typer reads the options from it
    return call


def _read_query(
    *,
    roster: RosterFile = None,
    hub: Hub = None,
    domain: Domain = None,
    cadence: CadenceWord = None,
    agent: AgentFilter = None,
    now: Now = None,
    window: Window = None,
    host: Host = None,
    shard: Shard = None,
    jobs: Jobs = None,
    state: StateFile = None,
    allow_shrink: AllowShrink = False,
    slugs: list[str] | None = None,
    here: bool = False,
) -> FleetQuery:
    if allow_shrink and state is None:
        raise UsageError("--allow-shrink requires --state FILE")
    if shard is not None and state is not None:
        raise UsageError("--shard cannot be combined with --state, which counts the whole fleet")
    if slugs and state is not None:
        raise UsageError("slugs cannot be combined with --state, which counts the whole fleet")
    word = read_cadence(cadence)
    length = read_optional("--window", window, parse_duration)
    moment = read_optional("--now", now, parse_utc) or datetime.now(UTC)
    part = read_optional("--shard", shard, parse_shard)
    filters = {"domain": domain, "cadence": word, "agent": agent, "window": length}
    source = read_source(roster, hub, here=here)
    return FleetQuery(
        roster=source,
        now=moment,
        filters=filters,
        host=host,
        shard=part,
        jobs=jobs,
        slugs=_known_slugs(slugs, source),
        state=state,
        allow_shrink=allow_shrink,
    )


def _known_slugs(slugs: list[str] | None, roster: Roster) -> frozenset[str] | None:
    """Return the given slugs, or None. Raises typer.BadParameter if the roster has no such entry."""
    if not slugs:
        return None
    known = {entry.repo for entry in roster.entries}
    for one in slugs:
        if one not in known:
            hint = did_you_mean(one, sorted(known)) or "list them with: kaizen-agentic roster explain --all"
            raise typer.BadParameter(f"the roster has no entry {quoted(one)}: {hint}", param_hint="SLUG")
    return frozenset(slugs)


def resolve(query: FleetQuery) -> Resolution:
    """Resolve a roster, and compare the fleet's size with the state file, if given.

    The size does not depend on filters or the window (contract section 7).
    """
    _require_known_domain(query)
    filters = query.filters if query.state is None else {}
    plan = plan_resolution(
        now=query.now, roster=query.roster, host=query.host, shard=query.shard, slugs=query.slugs, **filters
    )

    def outcomes_of(part: range) -> list[RepoOutcome]:
        return [plan.outcome_of(plan.entries[index]) for index in part]

    resolution = plan.resolution(_map_parts(query, len(plan.entries), outcomes_of))
    if query.state is None:
        _require_known_agent(query, resolution)
        return resolution
    census = resolution
    resolution = select_runs(census, Selection(now=query.now, **query.filters))
    _require_known_agent(query, resolution)
    guard_fleet(fleet_size(census), query.state, allow_shrink=query.allow_shrink)
    return resolution


def select_outcomes(resolution: Resolution, outcomes: Sequence[str] | None) -> Resolution:
    """Return a resolution with the entries that have one of the outcomes; without any, all of them."""
    if not outcomes:
        return resolution
    return replace(resolution, outcomes=tuple(one for one in resolution.outcomes if one.outcome in outcomes))


def map_outcomes(
    query: FleetQuery,
    resolution: Resolution,
    task: Callable[[Resolution], Sequence[Result]],
    *,
    require_limit: Callable[[int], None] | None = None,
) -> list[Result]:
    """Return the results of a task for the parts of a resolution, in order.

    `require_limit` gets the number of results after each part, and raises an error if there are too many.
    """

    def results_of(part: range) -> Sequence[Result]:
        return task(replace(resolution, outcomes=resolution.outcomes[part.start : part.stop]))

    return _map_parts(query, len(resolution.outcomes), results_of, require_limit)


def _map_parts(
    query: FleetQuery,
    number: int,
    task: Callable[[range], Sequence[Result]],
    require_limit: Callable[[int], None] | None = None,
) -> list[Result]:
    """Return the results of a task for the parts of a fleet, in order; many parts in several processes."""
    parts = [range(start, min(start + _PART, number)) for start in range(0, number, _PART)]
    jobs = jobs_for(number, query.jobs)
    results: list[Result] = []
    with progress(number, "repositories") as shown:
        for part, found in zip(parts, map_in_processes(task, parts, jobs=jobs, chunk=1), strict=True):
            results += found
            if require_limit is not None:
                require_limit(len(results))
            shown.advance(len(part))
    return results


def _require_known_domain(query: FleetQuery) -> None:
    """Raise typer.BadParameter if no entry of the roster has the domain of --domain."""
    domain = query.filters["domain"]
    known = {entry.domain for entry in query.roster.entries if entry.domain is not None}
    if domain is None or domain in known:
        return
    listed = sorted(known)
    hint = did_you_mean(domain, listed)
    if hint is None:
        named = ", ".join(map(quoted, listed[:_NAMED])) or "none"
        hint = f"the domains are {named}" + (" and others" if len(listed) > _NAMED else "")
    raise typer.BadParameter(f"no entry of the roster has the domain {quoted(domain)}: {hint}", param_hint="--domain")


def _require_known_agent(query: FleetQuery, resolution: Resolution) -> None:
    """Raise typer.BadParameter if the agent of --agent is neither packaged nor installed in a checkout.

    Checkouts of other domains and shards, and with invalid manifests, count too.
    """
    agent = query.filters["agent"]
    if agent is None or any(outcome.runs or outcome.paused for outcome in resolution.outcomes):
        return
    known = known_agents(query.roster, host=query.host)
    if agent not in known:
        hint = did_you_mean(agent, sorted(known)) or "list them with: kaizen-agentic schedule agents"
        message = f"no checkout of the roster has the agent {quoted(agent)}: {hint}"
        raise typer.BadParameter(message, param_hint="--agent")


def clock_of(catalog: str | None) -> Clock:
    """Return the source of times: the definitions of a catalog, or the crons of the manifests."""
    return "manifest" if catalog is None else "catalog"


def load_enabled(catalog: str | None) -> "Sequence[Definition] | None":
    """Return the definitions of a catalog, or None without one; write a line if none is enabled."""
    if catalog is None:
        return None
    from kaizen_activity_defs.catalog import load_catalog

    definitions = load_catalog(catalog)
    if not any(definition.header.enabled for definition in definitions):
        write_stderr(f"No definition in {escape_control_chars(catalog)} is enabled, so no run is fired.")
    return definitions


def firings_of(definitions: "Sequence[Definition] | None", resolution: Resolution) -> "CatalogFirings | None":
    """Return the firings of the enabled definitions, or None without a catalog."""
    if definitions is None:
        return None
    from kaizen_activity_defs.catalog import CatalogFirings as Firings

    return Firings(definitions, resolution)
