"""Resolvers with one fault each, and exactly the cases that must fail for it."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import FunctionType
from typing import Any

import pytest
import yaml
from kaizen_schedule_core import (
    Cron,
    KaizenError,
    RepositoryAgents,
    Resolution,
    conformance,
    discover_kaizen_scheduled_repos,
    load_manifest,
    parse_cron,
    resolve_roster,
)
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.commands import prepare_command
from kaizen_schedule_core.conformance.comparing import FIELDS
from kaizen_schedule_core.fleet.resolution import RepoOutcome
from kaizen_schedule_core.fleet.roster import load_roster

CASES = {str(case): case for case in conformance.cases()}
WITH_RUNS = {name for name, case in CASES.items() if case.scheduled_runs}
WITH_AN_ANSWER = {name for name, case in CASES.items() if case.scheduled_runs is not None}
ROSTER_FAILURES = set(CASES) - WITH_AN_ANSWER
Run = dict[str, Any]
Result = dict[str, list[Run]]
BROKEN = {"path-missing", "unreadable", "invalid-manifest", "newer-manifest", "invalid-entry", "no-path-for-host"}
WRONG_DEFAULTS = {"0 9 * * *": "0 0 * * *", "0 9 * * 1": "0 0 * * 0", "0 9 1 * *": "0 0 1 * *"}
WITH_A_DEFAULT = {
    name for name, case in CASES.items() if any(run.cron in WRONG_DEFAULTS for run in case.scheduled_runs or ())
}
FAULTS: list[tuple[Callable[..., Any], set[str], str]] = []


def fault(cases: str | set[str], reason: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a faulty resolver with the cases that fail, no more and no fewer, and the pattern of all reasons."""
    failing = set(cases.split()) if isinstance(cases, str) else cases

    def register(resolver: Callable[..., Any]) -> Callable[..., Any]:
        FAULTS.append((resolver, failing, reason))
        return resolver

    return register


def right(**arguments: Any) -> Result:
    return discover_kaizen_scheduled_repos(**arguments)


def result_of(resolution: Resolution) -> Result:
    return {"scheduled_runs": [run.as_json() for run in resolution.runs]}


def run_of(found: RepoOutcome, agent: str, cadence: str, cron: str, timezone: str, *, enabled: bool = True) -> Run:
    root = found.root or ""
    command = prepare_command(agent, root)
    values = (found.repo, root, agent, cadence, cron, timezone, enabled, command)
    return dict(zip(FIELDS, values, strict=True))


def each_run(arguments: dict[str, Any], change: Callable[[Run], Run]) -> Result:
    return {"scheduled_runs": [change(run) for run in right(**arguments)["scheduled_runs"]]}


@fault(ROSTER_FAILURES, r"returned an empty result for an error: \{\}, expected an exception")
def hides_errors(**arguments: Any) -> Result:
    try:
        return right(**arguments)
    except KaizenError:
        return {}


@fault(ROSTER_FAILURES, r"returned an empty result for an error: \{'scheduled_runs': \[\]\}, expected an exception")
def hides_errors_in_a_list(**arguments: Any) -> Result:
    return hides_errors(**arguments) or {"scheduled_runs": []}


@fault(ROSTER_FAILURES, r"wrote or removed \S+\.error, but must only read")
def writes_a_file_before_it_raises(**arguments: Any) -> Result:
    try:
        return right(**arguments)
    except KaizenError as error:
        with open(f"{arguments['roster']}.error", "w", encoding="utf-8") as note:
            note.write(str(error))
        raise


@fault(WITH_RUNS, r"missing: repo \S+ agent \S+")
def drops_the_last(**arguments: Any) -> Result:
    return {"scheduled_runs": right(**arguments)["scheduled_runs"][:-1]}


@fault(
    "path-hostile-names",
    r"prepare_command runs as .+, expected \['schedule', 'prepare', 'coach', .+\]: repo \w+ agent coach",
)
def does_not_quote(**arguments: Any) -> Result:
    def unquoted(run: Run) -> Run:
        command = f"kaizen-agentic schedule prepare {run['agent']} --target {run['root']}"
        return {**run, "prepare_command": command}

    return each_run(arguments, unquoted)


@fault("path-hostile-names", r"prepare_command runs as .+, expected .+: repo \w+ agent coach")
def quotes_for_python(**arguments: Any) -> Result:
    def quoted(run: Run) -> Run:
        return {**run, "prepare_command": prepare_command(run["agent"], "")[:-2] + repr(run["root"])}

    return each_run(arguments, quoted)


@fault(
    "select-all-together window-default-cron window-fold-first window-fold-second window-half-open "
    "window-inside-the-fold window-long window-spring-gap window-zone",
    r"unexpected: repo \S+ agent coach",
)
def ignores_the_window(**arguments: Any) -> Result:
    return right(**{**arguments, "window": None})


@fault("window-half-open", r"unexpected: repo at-start agent coach")
def counts_the_start_of_the_window(**arguments: Any) -> Result:
    if "window" in arguments:
        arguments["window"] += timedelta(seconds=1)
    return right(**arguments)


@fault(
    "select-all-together window-fold-second window-half-open window-inside-the-fold",
    r"missing: repo (all|in-the-fold|at-now) agent coach",
)
def leaves_out_the_end_of_the_window(**arguments: Any) -> Result:
    if "window" in arguments:
        second = timedelta(seconds=1)
        arguments.update(now=arguments["now"] - second, window=arguments["window"] - second)
    return right(**arguments)


@fault(
    "select-all-together window-default-cron window-fold-second window-inside-the-fold window-spring-gap window-zone",
    r"(missing|unexpected): repo \S+ agent coach",
)
def uses_the_current_time(**arguments: Any) -> Result:
    return right(**{**arguments, "now": datetime(2026, 1, 1, 12, tzinfo=UTC)})


@fault(
    "window-fold-first window-inside-the-fold window-spring-gap",
    r"(unexpected|missing): repo in-the-(gap|fold) agent coach",
)
def resolves_local_times_like_python(**arguments: Any) -> Result:
    """A local time that does not exist fires an hour later; one that occurs twice fires at the first."""
    window = arguments.pop("window", None)
    result = right(**arguments)
    if window is None:
        return result
    start, now = arguments["now"] - window, arguments["now"]

    def fires(run: Run) -> bool:
        zone, cron = load_zone(run["timezone"]), parse_cron(run["cron"])
        assert isinstance(cron, Cron)
        first = start.astimezone(zone).replace(tzinfo=None) - timedelta(hours=2)
        for minute in range(int((window + timedelta(hours=4)).total_seconds() // 60)):
            wall = first + timedelta(minutes=minute)
            if not (wall.minute in cron.minutes and wall.hour in cron.hours and wall.day in cron.days):
                continue
            fits = wall.month in cron.months and wall.isoweekday() % 7 in cron.weekdays
            if fits and start < wall.replace(tzinfo=zone).astimezone(UTC) <= now:
                return True
        return False

    return {"scheduled_runs": [run for run in result["scheduled_runs"] if fires(run)]}


@fault(
    "agent-of-the-repo answer-zero-runs entry-invalid manifest-alias-bomb manifest-invalid-kinds "
    "manifest-newer manifest-not-a-file manifest-symlinks manifest-too-deep manifest-too-large manifest-wrong-bytes "
    "path-missing path-none-for-host spec-invalid-manifest",
    r"raised ValueError: \S+: .+, expected a result",
)
def stops_at_the_first_invalid_repo(**arguments: Any) -> Result:
    resolution = resolve_roster(**arguments)
    for found in resolution.outcomes:
        if found.outcome in BROKEN:
            raise ValueError(f"{found.repo}: {found.detail}")
    return result_of(resolution)


@fault("entry-duplicate-of-other-domain entry-duplicate-slugs", r"unexpected: repo (duplicate|same) agent coach")
def runs_one_of_the_duplicates(**arguments: Any) -> Result:
    roster = load_roster(arguments.pop("roster"))
    first = {entry.repo: entry for entry in reversed(roster.entries)}
    return right(roster=replace(roster, entries=tuple(first.values())), **arguments)


@fault("entry-duplicate-root entry-duplicate-root-domain", r"unexpected: repo \S+ agent coach")
def runs_every_entry_of_a_checkout(**arguments: Any) -> Result:
    roster = load_roster(arguments.pop("roster"))
    slugs = Counter(entry.slug for entry in roster.entries)
    runs = []
    for entry in roster.entries:
        if slugs[entry.slug] == 1:
            runs += right(roster=replace(roster, entries=(entry,)), **arguments)["scheduled_runs"]
    return {"scheduled_runs": sorted(runs, key=lambda run: (run["repo"], run["agent"]))}


@fault("path-host-case", r"(root|prepare_command) .+, expected .+: repo capitals agent coach")
def compares_host_names_with_case(**arguments: Any) -> Result:
    roster = load_roster(arguments.pop("roster"))
    host = arguments["host"]
    entries = []
    for entry in roster.entries:
        entries.append(replace(entry, host_paths=tuple(row for row in entry.host_paths if row[0] == host)))
    return right(roster=replace(roster, entries=tuple(entries)), **arguments)


@fault("entry-duplicate-root-domain select-all-together select-domain", r"unexpected: repo \S+ agent coach")
def ignores_the_domain(**arguments: Any) -> Result:
    return right(**{**arguments, "domain": None})


@fault("select-all-together select-cadence", r"unexpected: repo \S+ agent (coach|optimization)")
def ignores_the_cadence(**arguments: Any) -> Result:
    return right(**{**arguments, "cadence": None})


@fault("select-agent", r"unexpected: repo \S+ agent optimization")
def ignores_the_agent(**arguments: Any) -> Result:
    return right(**{**arguments, "agent": None})


@fault(
    "path-host-case path-host-first path-missing path-none-for-host path-normalised path-other-host",
    r"(root|prepare_command) .+, expected .+: .+|(missing|unexpected): repo (both|host-\w+|else\w+) agent coach",
)
def ignores_the_host(**arguments: Any) -> Result:
    return right(**{**arguments, "host": "other-host"})


@fault("flag-of-the-hub", r"unexpected: repo closed agent coach|missing: repo nothing agent coach")
def ignores_the_flag(**arguments: Any) -> Result:
    roster = load_roster(arguments.pop("roster"))
    kept = tuple(replace(entry, kaizen_schedule_enabled=None) for entry in roster.entries)
    return right(roster=replace(roster, entries=kept), **arguments)


@fault("answer-zero-runs select-agent spec-disabled-agent", r"unexpected: repo \S*paused agent (coach|tdd-workflow)")
def returns_disabled_agents(**arguments: Any) -> Result:
    """Return disabled agents as well."""
    runs = right(**arguments)["scheduled_runs"]
    for found in resolve_roster(**arguments).outcomes:
        if found.outcome in {"scheduled", "all-disabled", "filtered"} and found.root:
            manifest = load_manifest(found.root, agents=RepositoryAgents(found.root)).manifest
            assert manifest
            for name, agent in manifest.agents.items():
                if not agent.enabled:
                    runs.append(run_of(found, name, agent.cadence, agent.cron.text, manifest.timezone, enabled=False))
    return {"scheduled_runs": sorted(runs, key=lambda run: (run["repo"], run["agent"]))}


@fault(WITH_RUNS, r"fields are \['agent', 'cadence', .+\], expected \['repo', 'root', .+\]: repo \S+ agent \S+")
def orders_the_fields_by_name(**arguments: Any) -> Result:
    return each_run(arguments, lambda run: dict(sorted(run.items())))


@fault(WITH_RUNS, r"fields are \['repo', .+, 'domain'\], expected \[.+'prepare_command'\]: repo .+")
def adds_a_field(**arguments: Any) -> Result:
    return each_run(arguments, lambda run: {**run, "domain": arguments.get("domain")})


@fault(WITH_AN_ANSWER, r"the keys of the result are \['scheduled_runs', 'count'\], expected \['scheduled_runs'\]")
def adds_a_count(**arguments: Any) -> Any:
    result = right(**arguments)
    return {**result, "count": len(result["scheduled_runs"])}


@fault(
    "answer-order",
    r"not sorted by \(repo, agent\): a-b coach, .+, Beta coach, Beta Warden, zeta coach, zeta optimization",
)
def sorts_without_regard_to_case(**arguments: Any) -> Result:
    runs = right(**arguments)["scheduled_runs"]
    return {"scheduled_runs": sorted(runs, key=lambda run: (run["repo"].lower(), run["agent"].lower()))}


@fault(
    "path-normalised",
    r"(root|prepare_command) .+<case>/real/inner'.*, expected .+<case>/link/inner'.*: repo linked agent coach",
)
def resolves_symlinks(**arguments: Any) -> Result:
    def resolved(run: Run) -> Run:
        root = os.path.realpath(run["root"])
        return {**run, "root": root, "prepare_command": prepare_command(run["agent"], root)}

    return each_run(arguments, resolved)


@fault(
    "manifest-symlinks", r"unexpected: repo outside agent coach|wrote or removed (in|out)side/\S+, but must only read"
)
def follows_symlinks_to_the_outside(**arguments: Any) -> Result:
    """Replace a symlink to a manifest outside of its repo by the file."""
    for entry in load_roster(arguments["roster"]).entries:
        manifest = f"{entry.local_path}/.kaizen/schedule.yml"
        if os.path.islink(manifest) and os.path.isfile(manifest):
            with open(manifest, "rb") as file:
                data = file.read()
            os.unlink(manifest)
            with open(manifest, "wb") as file:
                file.write(data)
    return right(**arguments)


@fault("manifest-not-a-file", r"waited for the FIFO fifo/\.kaizen/schedule\.yml until it was released")
def waits_for_a_writer(**arguments: Any) -> Result:
    """Open the manifest without checking that it is a regular file."""
    for entry in load_roster(arguments["roster"]).entries:
        try:
            with open(f"{entry.local_path}/.kaizen/schedule.yml", "rb") as file:
                file.read()
        except OSError:
            continue
    return right(**arguments)


@fault(WITH_A_DEFAULT, r"cron is '0 0 (\* \* \*|\* \* 0|1 \* \*)', expected '0 9 [^']+': repo \S+ agent \S+")
def uses_a_wrong_default_cron(**arguments: Any) -> Result:
    return each_run(arguments, lambda run: {**run, "cron": WRONG_DEFAULTS.get(run["cron"], run["cron"])})


@fault(WITH_RUNS, r"returned 2 times: repo \S+ agent \S+")
def returns_every_run_twice(**arguments: Any) -> Result:
    runs = right(**arguments)["scheduled_runs"]
    return {"scheduled_runs": [run for run in runs for _ in range(2)]}


@fault("answer-zero-runs spec-no-manifest", r"raised LookupError: nothing to run, expected a result")
def raises_for_an_empty_result(**arguments: Any) -> Result:
    result = right(**arguments)
    if not result["scheduled_runs"]:
        raise LookupError("nothing to run")
    return result


def only(arguments: dict[str, Any], keep: Callable[[Run], bool]) -> Result:
    return {"scheduled_runs": [run for run in right(**arguments)["scheduled_runs"] if keep(run)]}


def text_of(root: str) -> bytes:
    with open(f"{root}/.kaizen/schedule.yml", "rb") as file:
        return file.read()


@fault("manifest-bom-and-crlf manifest-keys-of-others", r"missing: repo demo agent coach")
def accepts_only_basic_manifests(**arguments: Any) -> Result:
    return only(arguments, lambda run: not re.search(rb"\xef\xbb\xbf|\r|x-", text_of(run["root"])))


@fault("entry-of-other-systems", r"missing: repo demo agent coach")
def rejects_other_fields(**arguments: Any) -> Result:
    known = {"slug", "domain", "host_paths", "local_path", "kaizen_schedule_enabled"}
    runs = right(**arguments)
    with open(arguments["roster"], encoding="utf-8") as file:
        rows = yaml.safe_load(file)["repos"]
    odd = [row["slug"] for row in rows if isinstance(row, dict) and set(row) - known]
    return {"scheduled_runs": [run for run in runs["scheduled_runs"] if run["repo"] not in odd]}


@fault(
    "answer-order cron-of-each-cadence spec-two-agents", r"missing: repo \S+ agent (coach|optimization|tdd-workflow)"
)
def returns_one_agent_of_each_repo(**arguments: Any) -> Result:
    runs = {run["repo"]: run for run in reversed(right(**arguments)["scheduled_runs"])}
    return {"scheduled_runs": [runs[repo] for repo in sorted(runs)]}


@fault(
    "cron-as-written window-half-open window-zone", r"timezone is 'Europe/Berlin', expected '\S+': repo \S+ agent coach"
)
def uses_one_zone(**arguments: Any) -> Result:
    return each_run(arguments, lambda run: {**run, "timezone": "Europe/Berlin"})


@fault("select-no-domain", r"missing: repo (capital|longer|other) agent coach")
def filters_by_its_default_domain(**arguments: Any) -> Result:
    roster = load_roster(arguments["roster"])
    own = {entry.repo for entry in roster.entries if entry.domain in {None, "custodian"}}
    return only(arguments, lambda run: "domain" in arguments or run["repo"] in own)


@fault(
    "agent-of-the-repo manifest-alias-bomb manifest-invalid-kinds manifest-newer manifest-too-deep "
    "spec-invalid-manifest",
    r"unexpected: repo \S+ agent \S+",
)
def reads_manifests_leniently(**arguments: Any) -> Result:
    """Accept every file that a lenient YAML parser reads, and every agent with a cadence in it."""
    runs = right(**arguments)["scheduled_runs"]
    known = {(run["repo"], run["agent"]) for run in runs}
    for found in resolve_roster(**arguments).outcomes:
        if found.outcome not in {"invalid-manifest", "newer-manifest"} or found.root is None:
            continue
        try:
            value = yaml.safe_load(text_of(found.root))
        except (yaml.YAMLError, RecursionError, ValueError):
            continue
        agents = value.get("agents") if isinstance(value, dict) else None
        for name, agent in agents.items() if isinstance(agents, dict) else ():
            if (found.repo, name) not in known:
                runs.append(run_of(found, name, agent.get("cadence"), agent.get("cron"), "Europe/Berlin"))
    return {"scheduled_runs": sorted(runs, key=lambda run: (run["repo"], run["agent"]))}


@cache
def failed(resolver: Callable[..., Any]) -> dict[str, tuple[str, ...]]:
    """Return the cases that a resolver fails, with the reasons."""
    failures = {name: conformance.check(case, resolver, patience=0.3) for name, case in CASES.items()}
    return {name: reasons for name, reasons in failures.items() if reasons}


def name_of(value: object) -> str:
    return value.__name__ if isinstance(value, FunctionType) else "-"


def test_the_computed_sets_are_not_empty() -> None:
    assert (len(WITH_RUNS) >= 35, len(WITH_AN_ANSWER) - len(WITH_RUNS), len(ROSTER_FAILURES)) == (True, 2, 13)
    assert len(FAULTS) >= 25


@pytest.mark.parametrize("case", conformance.cases(), ids=str)
def test_our_resolver_passes(case: conformance.Case) -> None:
    conformance.require(case, discover_kaizen_scheduled_repos)


@pytest.mark.parametrize(("resolver", "cases", "reason"), FAULTS, ids=name_of)
def test_a_fault_fails_its_cases_for_the_right_reason(
    resolver: Callable[..., Any], cases: set[str], reason: str
) -> None:
    found = failed(resolver)
    assert set(found) == cases
    others = [(name, why) for name, reasons in found.items() for why in reasons if not re.fullmatch(reason, why)]
    assert others == []


def test_every_case_fails_for_a_fault_that_few_cases_find() -> None:
    pointed = [cases for _, cases, _ in FAULTS if len(cases) < 15]
    assert sorted(set(CASES) - set().union(*pointed)) == []
