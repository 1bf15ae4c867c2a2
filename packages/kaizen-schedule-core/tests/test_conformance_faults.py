"""Resolvers with one fault each, and exactly the cases that must fail for it."""

from __future__ import annotations

import os
import re
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
from kaizen_schedule_core.fleet.roster import load_roster

CASES = {str(case): case for case in conformance.cases()}
WITH_RUNS = {name for name, case in CASES.items() if case.scheduled_runs}
WITH_AN_ANSWER = {name for name, case in CASES.items() if case.scheduled_runs is not None}
ROSTER_FAILURES = set(CASES) - WITH_AN_ANSWER
Result = dict[str, list[dict[str, Any]]]
BROKEN = {"path-missing", "unreadable", "invalid-manifest", "newer-manifest", "invalid-entry", "no-path-for-host"}


def right(**arguments: Any) -> Result:
    return discover_kaizen_scheduled_repos(**arguments)


def result_of(resolution: Resolution) -> Result:
    return {"scheduled_runs": [run.as_json() for run in resolution.runs]}


def each_run(arguments: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> Result:
    return {"scheduled_runs": [change(run) for run in right(**arguments)["scheduled_runs"]]}


def hides_errors(**arguments: Any) -> Result:
    try:
        return right(**arguments)
    except KaizenError:
        return {}


def hides_errors_in_a_list(**arguments: Any) -> Result:
    return hides_errors(**arguments) or {"scheduled_runs": []}


def writes_a_file_before_it_raises(**arguments: Any) -> Result:
    try:
        return right(**arguments)
    except KaizenError as error:
        with open(f"{arguments['roster']}.error", "w", encoding="utf-8") as note:
            note.write(str(error))
        raise


def drops_the_last(**arguments: Any) -> Result:
    return {"scheduled_runs": right(**arguments)["scheduled_runs"][:-1]}


def does_not_quote(**arguments: Any) -> Result:
    def unquoted(run: dict[str, Any]) -> dict[str, Any]:
        command = f"kaizen-agentic schedule prepare {run['agent']} --target {run['root']}"
        return {**run, "prepare_command": command}

    return each_run(arguments, unquoted)


def quotes_for_python(**arguments: Any) -> Result:
    def quoted(run: dict[str, Any]) -> dict[str, Any]:
        return {**run, "prepare_command": prepare_command(run["agent"], "")[:-2] + repr(run["root"])}

    return each_run(arguments, quoted)


def ignores_the_window(**arguments: Any) -> Result:
    return right(**{**arguments, "window": None})


def counts_the_start_of_the_window(**arguments: Any) -> Result:
    if "window" in arguments:
        arguments["window"] += timedelta(seconds=1)
    return right(**arguments)


def leaves_out_the_end_of_the_window(**arguments: Any) -> Result:
    if "window" in arguments:
        second = timedelta(seconds=1)
        arguments.update(now=arguments["now"] - second, window=arguments["window"] - second)
    return right(**arguments)


def uses_the_current_time(**arguments: Any) -> Result:
    return right(**{**arguments, "now": datetime(2026, 1, 1, 12, tzinfo=UTC)})


def resolves_local_times_like_python(**arguments: Any) -> Result:
    """A local time that does not exist fires an hour later; one that occurs twice fires at the first."""
    window = arguments.pop("window", None)
    result = right(**arguments)
    if window is None:
        return result
    start, now = arguments["now"] - window, arguments["now"]

    def fires(run: dict[str, Any]) -> bool:
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


def stops_at_the_first_invalid_repo(**arguments: Any) -> Result:
    resolution = resolve_roster(**arguments)
    for found in resolution.outcomes:
        if found.outcome in BROKEN:
            raise ValueError(f"{found.repo}: {found.detail}")
    return result_of(resolution)


def runs_one_of_the_duplicates(**arguments: Any) -> Result:
    roster = load_roster(arguments.pop("roster"))
    first = {entry.repo: entry for entry in reversed(roster.entries)}
    return right(roster=replace(roster, entries=tuple(first.values())), **arguments)


def ignores_the_domain(**arguments: Any) -> Result:
    return right(**{**arguments, "domain": None})


def ignores_the_cadence(**arguments: Any) -> Result:
    return right(**{**arguments, "cadence": None})


def ignores_the_agent(**arguments: Any) -> Result:
    return right(**{**arguments, "agent": None})


def ignores_the_host(**arguments: Any) -> Result:
    return right(**{**arguments, "host": "other-host"})


def ignores_the_flag(**arguments: Any) -> Result:
    roster = load_roster(arguments.pop("roster"))
    kept = tuple(replace(entry, kaizen_schedule_enabled=None) for entry in roster.entries)
    return right(roster=replace(roster, entries=kept), **arguments)


def returns_disabled_agents(**arguments: Any) -> Result:
    """Return disabled agents as well."""
    runs = right(**arguments)["scheduled_runs"]
    for found in resolve_roster(**arguments).outcomes:
        if found.outcome in {"scheduled", "all-disabled", "filtered"} and found.root:
            manifest = load_manifest(found.root, agents=RepositoryAgents(found.root)).manifest
            assert manifest
            runs += [
                {
                    "repo": found.repo,
                    "root": found.root,
                    "agent": name,
                    "cadence": agent.cadence,
                    "cron": agent.cron.text,
                    "timezone": manifest.timezone,
                    "enabled": False,
                    "prepare_command": prepare_command(name, found.root),
                }
                for name, agent in manifest.agents.items()
                if not agent.enabled
            ]
    return {"scheduled_runs": sorted(runs, key=lambda run: (run["repo"], run["agent"]))}


def orders_the_fields_by_name(**arguments: Any) -> Result:
    return each_run(arguments, lambda run: dict(sorted(run.items())))


def adds_a_field(**arguments: Any) -> Result:
    return each_run(arguments, lambda run: {**run, "domain": arguments.get("domain")})


def adds_a_count(**arguments: Any) -> Any:
    result = right(**arguments)
    return {**result, "count": len(result["scheduled_runs"])}


def sorts_without_regard_to_case(**arguments: Any) -> Result:
    runs = right(**arguments)["scheduled_runs"]
    return {"scheduled_runs": sorted(runs, key=lambda run: (run["repo"].lower(), run["agent"].lower()))}


def resolves_symlinks(**arguments: Any) -> Result:
    def resolved(run: dict[str, Any]) -> dict[str, Any]:
        root = os.path.realpath(run["root"])
        return {**run, "root": root, "prepare_command": prepare_command(run["agent"], root)}

    return each_run(arguments, resolved)


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


def waits_for_a_writer(**arguments: Any) -> Result:
    """Open the manifest without checking that it is a regular file."""
    for entry in load_roster(arguments["roster"]).entries:
        try:
            with open(f"{entry.local_path}/.kaizen/schedule.yml", "rb") as file:
                file.read()
        except OSError:
            continue
    return right(**arguments)


def uses_a_wrong_default_cron(**arguments: Any) -> Result:
    defaults = {"0 9 * * *": "0 0 * * *", "0 9 * * 1": "0 0 * * 0", "0 9 1 * *": "0 0 1 * *"}
    return each_run(arguments, lambda run: {**run, "cron": defaults.get(run["cron"], run["cron"])})


def returns_every_run_twice(**arguments: Any) -> Result:
    runs = right(**arguments)["scheduled_runs"]
    return {"scheduled_runs": [run for run in runs for _ in range(2)]}


def raises_for_an_empty_result(**arguments: Any) -> Result:
    result = right(**arguments)
    if not result["scheduled_runs"]:
        raise LookupError("nothing to run")
    return result


def only(arguments: dict[str, Any], keep: Callable[[dict[str, Any]], bool]) -> Result:
    return {"scheduled_runs": [run for run in right(**arguments)["scheduled_runs"] if keep(run)]}


def text_of(root: str) -> bytes:
    with open(f"{root}/.kaizen/schedule.yml", "rb") as file:
        return file.read()


def accepts_only_basic_manifests(**arguments: Any) -> Result:
    return only(arguments, lambda run: not re.search(rb"\xef\xbb\xbf|\r|x-", text_of(run["root"])))


def rejects_other_fields(**arguments: Any) -> Result:
    known = {"slug", "domain", "host_paths", "local_path", "kaizen_schedule_enabled"}
    runs = right(**arguments)
    with open(arguments["roster"], encoding="utf-8") as file:
        rows = yaml.safe_load(file)["repos"]
    odd = [row["slug"] for row in rows if isinstance(row, dict) and set(row) - known]
    return {"scheduled_runs": [run for run in runs["scheduled_runs"] if run["repo"] not in odd]}


def returns_one_agent_of_each_repo(**arguments: Any) -> Result:
    runs = {run["repo"]: run for run in reversed(right(**arguments)["scheduled_runs"])}
    return {"scheduled_runs": [runs[repo] for repo in sorted(runs)]}


def uses_one_zone(**arguments: Any) -> Result:
    return each_run(arguments, lambda run: {**run, "timezone": "Europe/Berlin"})


def filters_by_its_default_domain(**arguments: Any) -> Result:
    roster = load_roster(arguments["roster"])
    own = {entry.repo for entry in roster.entries if entry.domain in {None, "custodian"}}
    return only(arguments, lambda run: "domain" in arguments or run["repo"] in own)


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
        runs += [
            {
                "repo": found.repo,
                "root": found.root,
                "agent": name,
                "cadence": agent.get("cadence"),
                "cron": agent.get("cron"),
                "timezone": "Europe/Berlin",
                "enabled": True,
                "prepare_command": prepare_command(name, found.root),
            }
            for name, agent in (agents.items() if isinstance(agents, dict) else ())
            if (found.repo, name) not in known
        ]
    return {"scheduled_runs": sorted(runs, key=lambda run: (run["repo"], run["agent"]))}


DEFAULT_CRONS = {"0 9 * * *", "0 9 * * 1", "0 9 1 * *"}
DOMAIN, CADENCE, AGENT, TOGETHER = "select-domain", "select-cadence", "select-agent", "select-all-together"
# Each fault with the cases that fail, no more and no fewer, and what every one of their reasons says.
FAULTS: list[tuple[Callable[..., Any], set[str], str]] = [
    (hides_errors, ROSTER_FAILURES, r"returned an empty result for an error: \{\}, expected an exception"),
    (
        hides_errors_in_a_list,
        ROSTER_FAILURES,
        r"returned an empty result for an error: \{'scheduled_runs': \[\]\}, expected an exception",
    ),
    (writes_a_file_before_it_raises, ROSTER_FAILURES, r"wrote or removed \S+\.error, but must only read"),
    (drops_the_last, WITH_RUNS, r"missing: repo \S+ agent \S+"),
    (
        does_not_quote,
        {"path-hostile-names"},
        r"prepare_command runs as .+, expected \['schedule', 'prepare', 'coach', .+\]: repo \w+ agent coach",
    ),
    (quotes_for_python, {"path-hostile-names"}, r"prepare_command runs as .+, expected .+: repo \w+ agent coach"),
    (
        ignores_the_window,
        {
            TOGETHER,
            "window-default-cron",
            "window-fold-first",
            "window-fold-second",
            "window-half-open",
            "window-inside-the-fold",
            "window-long",
            "window-spring-gap",
            "window-zone",
        },
        r"unexpected: repo \S+ agent coach",
    ),
    (counts_the_start_of_the_window, {"window-half-open"}, r"unexpected: repo at-start agent coach"),
    (
        leaves_out_the_end_of_the_window,
        {TOGETHER, "window-fold-second", "window-half-open", "window-inside-the-fold"},
        r"missing: repo (all|in-the-fold|at-now) agent coach",
    ),
    (
        uses_the_current_time,
        {
            TOGETHER,
            "window-default-cron",
            "window-fold-second",
            "window-inside-the-fold",
            "window-spring-gap",
            "window-zone",
        },
        r"(missing|unexpected): repo \S+ agent coach",
    ),
    (
        resolves_local_times_like_python,
        {"window-fold-first", "window-inside-the-fold", "window-spring-gap"},
        r"(unexpected|missing): repo in-the-(gap|fold) agent coach",
    ),
    (
        stops_at_the_first_invalid_repo,
        {
            "agent-of-the-repo",
            "answer-zero-runs",
            "entry-invalid",
            "manifest-alias-bomb",
            "manifest-invalid-kinds",
            "manifest-newer",
            "manifest-not-a-file",
            "manifest-symlinks",
            "manifest-too-deep",
            "manifest-too-large",
            "manifest-wrong-bytes",
            "path-missing",
            "path-none-for-host",
            "spec-invalid-manifest",
        },
        r"raised ValueError: \S+: .+, expected a result",
    ),
    (
        runs_one_of_the_duplicates,
        {"entry-duplicate-of-other-domain", "entry-duplicate-slugs"},
        r"unexpected: repo (duplicate|same) agent coach",
    ),
    (ignores_the_domain, {DOMAIN, TOGETHER}, r"unexpected: repo \S+ agent coach"),
    (ignores_the_cadence, {CADENCE, TOGETHER}, r"unexpected: repo \S+ agent (coach|optimization)"),
    (ignores_the_agent, {AGENT}, r"unexpected: repo \S+ agent optimization"),
    (
        ignores_the_host,
        {"path-host-first", "path-missing", "path-none-for-host", "path-normalised", "path-other-host"},
        r"(root|prepare_command) .+, expected .+: .+|(missing|unexpected): repo (host-|else)\w+ agent coach",
    ),
    (ignores_the_flag, {"flag-of-the-hub"}, r"unexpected: repo closed agent coach"),
    (
        returns_disabled_agents,
        {AGENT, "answer-zero-runs", "spec-disabled-agent"},
        r"unexpected: repo \S*paused agent (coach|tdd-workflow)",
    ),
    (
        orders_the_fields_by_name,
        WITH_RUNS,
        r"fields are \['agent', 'cadence', .+\], expected \['repo', 'root', .+\]: repo \S+ agent \S+",
    ),
    (adds_a_field, WITH_RUNS, r"fields are \['repo', .+, 'domain'\], expected \[.+'prepare_command'\]: repo .+"),
    (
        adds_a_count,
        WITH_AN_ANSWER,
        r"the keys of the result are \['scheduled_runs', 'count'\], expected \['scheduled_runs'\]",
    ),
    (
        sorts_without_regard_to_case,
        {"answer-order"},
        r"not sorted by \(repo, agent\): a-b coach, .+, Beta coach, Beta Warden, zeta coach, zeta optimization",
    ),
    (
        resolves_symlinks,
        {"path-normalised"},
        r"(root|prepare_command) .+<case>/real/inner'.*, expected .+<case>/link/inner'.*: repo linked agent coach",
    ),
    (
        follows_symlinks_to_the_outside,
        {"manifest-symlinks"},
        r"unexpected: repo outside agent coach|wrote or removed (in|out)side/\S+, but must only read",
    ),
    (
        waits_for_a_writer,
        {"manifest-not-a-file"},
        r"waited for the FIFO fifo/\.kaizen/schedule\.yml until it was released",
    ),
    (
        uses_a_wrong_default_cron,
        {name for name, case in CASES.items() if {run.cron for run in case.scheduled_runs or ()} & DEFAULT_CRONS},
        r"cron is '0 0 (\* \* \*|\* \* 0|1 \* \*)', expected '0 9 [^']+': repo \S+ agent \S+",
    ),
    (
        accepts_only_basic_manifests,
        {"manifest-bom-and-crlf", "manifest-keys-of-others"},
        r"missing: repo demo agent coach",
    ),
    (rejects_other_fields, {"entry-of-other-systems"}, r"missing: repo demo agent coach"),
    (
        returns_one_agent_of_each_repo,
        {"answer-order", "cron-of-each-cadence", "spec-two-agents"},
        r"missing: repo \S+ agent (coach|optimization|tdd-workflow)",
    ),
    (
        uses_one_zone,
        {"cron-as-written", "window-half-open", "window-zone"},
        r"timezone is 'Europe/Berlin', expected '\S+': repo \S+ agent coach",
    ),
    (filters_by_its_default_domain, {"select-no-domain"}, r"missing: repo (capital|longer|other) agent coach"),
    (
        reads_manifests_leniently,
        {
            "agent-of-the-repo",
            "manifest-alias-bomb",
            "manifest-invalid-kinds",
            "manifest-newer",
            "manifest-too-deep",
            "spec-invalid-manifest",
        },
        r"unexpected: repo \S+ agent \S+",
    ),
    (returns_every_run_twice, WITH_RUNS, r"returned 2 times: repo \S+ agent \S+"),
    (
        raises_for_an_empty_result,
        {"answer-zero-runs", "spec-no-manifest"},
        r"raised LookupError: nothing to run, expected a result",
    ),
]


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
