"""The kit passes our resolver, and fails planted faulty ones, each for the right reason."""

from __future__ import annotations

import os
import shlex
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kaizen_schedule_core import (
    OUTCOMES,
    KaizenError,
    Roster,
    discover_kaizen_scheduled_repos,
    load_roster,
    resolve_roster,
)
from kaizen_schedule_core.conformance import Case, cases, check, require
from kaizen_schedule_core.conformance.layout import lay_out

Answer = dict[str, list[dict[str, object]]]


def failures(resolver: Callable[..., object]) -> dict[str, str]:
    """The cases that a resolver fails, with all reasons as one text."""
    found = {str(case): check(case, resolver) for case in cases()}
    return {name: "\n".join(reasons) for name, reasons in found.items() if reasons}


@pytest.mark.parametrize("case", cases(), ids=str)
def test_our_resolver_obeys_the_contract(case: Case) -> None:
    require(case, discover_kaizen_scheduled_repos)


def test_the_cases_say_what_they_prove_and_meet_every_outcome(tmp_path: Path) -> None:
    assert len(cases()) >= 50
    assert len({case.title for case in cases()}) == len(cases())
    assert all(case.proves.endswith(".") for case in cases())
    met = set()
    for case in cases():
        here = tmp_path / str(case)
        roster = lay_out(case, str(here))
        if not case.raises:
            parameters: Any = case.parameters
            met |= {
                one.outcome
                for one in resolve_roster(roster=roster, now=case.now, host=case.host, **parameters).outcomes
            }
    assert met == set(OUTCOMES)
    assert {"spec-two-agents", "spec-no-manifest", "spec-invalid-manifest", "spec-disabled-agent"} <= set(
        map(str, cases())
    )


def swallows_errors(**question: Any) -> object:
    try:
        return discover_kaizen_scheduled_repos(**question)
    except KaizenError:
        return {}


def answers_nothing_on_errors(**question: Any) -> object:
    try:
        return discover_kaizen_scheduled_repos(**question)
    except KaizenError:
        return {"scheduled_runs": []}


def drops_the_last(**question: Any) -> Answer:
    answer = discover_kaizen_scheduled_repos(**question)
    return {"scheduled_runs": [run for run in answer["scheduled_runs"] if run["repo"] != "zebra"][:1]}


def does_not_quote(**question: Any) -> Answer:
    answer = discover_kaizen_scheduled_repos(**question)
    for run in answer["scheduled_runs"]:
        run["prepare_command"] = f"kaizen-agentic schedule prepare {run['agent']} --target {run['root']}"
    return answer


def quotes_another_way(**question: Any) -> Answer:
    answer = discover_kaizen_scheduled_repos(**question)
    for run in answer["scheduled_runs"]:
        words = shlex.split(str(run["prepare_command"]))
        run["prepare_command"] = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
    return answer


def ignores_the_window(*, window: timedelta | None = None, **question: Any) -> Answer:
    del window
    return discover_kaizen_scheduled_repos(**question)


def counts_the_windows_start(*, window: timedelta | None = None, **question: Any) -> Answer:
    return discover_kaizen_scheduled_repos(window=window and window + timedelta(minutes=1), **question)


def stops_at_the_first_bad_repo(*, now: datetime, **question: Any) -> Answer:
    for outcome in resolve_roster(now=now, **question).outcomes:
        if outcome.outcome in {"invalid-manifest", "unreadable"}:
            raise RuntimeError(f"{outcome.repo} is broken")
    return discover_kaizen_scheduled_repos(now=now, **question)


def runs_the_first_twin(*, roster: str, **question: Any) -> Answer:
    read = load_roster(roster)
    first = {entry.repo: entry for entry in reversed(read.entries)}
    chosen = tuple(entry for entry in read.entries if first[entry.repo] is entry)
    return discover_kaizen_scheduled_repos(roster=Roster(source=roster, entries=chosen), **question)


def ignores_the_domain(*, domain: str | None = None, **question: Any) -> Answer:
    del domain
    return discover_kaizen_scheduled_repos(**question)


def emits_disabled_agents(**question: Any) -> Answer:
    found = resolve_roster(**question)
    runs = [run.as_json() for one in found.outcomes for run in (*one.runs, *one.paused)]
    return {"scheduled_runs": sorted(runs, key=lambda run: (str(run["repo"]), str(run["agent"])))}


def turns_the_fields_round(**question: Any) -> Answer:
    answer = discover_kaizen_scheduled_repos(**question)
    return {"scheduled_runs": [dict(reversed(run.items())) for run in answer["scheduled_runs"]]}


def turns_the_order_round(**question: Any) -> Answer:
    return {"scheduled_runs": discover_kaizen_scheduled_repos(**question)["scheduled_runs"][::-1]}


def takes_the_machines_own_name(*, host: str, **question: Any) -> Answer:
    del host
    return discover_kaizen_scheduled_repos(host=f"{socket.gethostname()}-for-sure", **question)


def says_more_than_asked(**question: Any) -> object:
    return {**discover_kaizen_scheduled_repos(**question), "errors": []}


def resolves_symlinks(**question: Any) -> Answer:
    answer = discover_kaizen_scheduled_repos(**question)
    for run in answer["scheduled_runs"]:
        run["root"] = os.path.realpath(str(run["root"]))
    return answer


@pytest.mark.parametrize(
    ("faulty", "case", "reason"),
    [
        (swallows_errors, "roster-absent", "an error became an empty answer"),
        (swallows_errors, "roster-empty-list", "an error became an empty answer"),
        (answers_nothing_on_errors, "roster-not-yaml", "an error became an empty answer"),
        (answers_nothing_on_errors, "roster-envelope", "an error became an empty answer"),
        (drops_the_last, "spec-two-agents", "dropped: repo"),
        (does_not_quote, "path-hostile-names", "prepare_command runs as"),
        (ignores_the_window, "window-half-open", "not expected: repo"),
        (counts_the_windows_start, "window-half-open", "not expected: repo"),
        (stops_at_the_first_bad_repo, "spec-invalid-manifest", "raised RuntimeError"),
        (runs_the_first_twin, "entry-duplicate-slugs", "not expected: repo"),
        (ignores_the_domain, "select-domain", "not expected: repo"),
        (emits_disabled_agents, "spec-disabled-agent", "not expected: repo"),
        (turns_the_fields_round, "spec-two-agents", "fields are"),
        (turns_the_order_round, "answer-order", "not sorted by (repo, agent)"),
        (takes_the_machines_own_name, "path-host-first", "root is"),
        (says_more_than_asked, "spec-no-manifest", "the keys of the answer are"),
        (resolves_symlinks, "path-normalised", "root is"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_faulty_resolver_fails_for_the_right_reason(faulty: Callable[..., object], case: str, reason: str) -> None:
    found = failures(faulty)
    assert reason in found[case]
    assert len(found) < len(cases()), "it fails where its fault shows, and not everywhere"


@pytest.mark.parametrize(
    ("faulty", "only"),
    [
        (swallows_errors, "roster-"),
        (ignores_the_window, ("window-", "select-all")),
        (counts_the_windows_start, "window-"),
        (runs_the_first_twin, "entry-"),
        (ignores_the_domain, "select-"),
        (does_not_quote, "path-"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_fault_shows_where_it_belongs(faulty: Callable[..., object], only: str | tuple[str, ...]) -> None:
    assert [name for name in failures(faulty) if not name.startswith(only)] == []


def test_quoting_is_judged_by_a_shell_and_not_by_its_letters() -> None:
    assert failures(quotes_another_way) == {}


@pytest.mark.parametrize(
    ("nonsense", "reason"),
    [
        (lambda **_: None, "answered None"),
        (lambda **_: [], "answered a list"),
        (lambda **_: {"scheduled_runs": {}}, "scheduled_runs is a dict"),
        (lambda **_: {"scheduled_runs": ["coach"]}, "a run is a str"),
        (lambda roster: {"scheduled_runs": [roster]}, "cannot be called with"),
        (lambda **_: 1 / 0, "raised ZeroDivisionError: division by zero"),
    ],
    ids=["none", "list", "mapping", "texts", "signature", "bug"],
)
def test_an_answer_that_is_none_is_told(nonsense: Callable[..., object], reason: str) -> None:
    assert reason in failures(nonsense)["spec-two-agents"]


def test_require_tells_every_reason() -> None:
    [case] = [case for case in cases() if str(case) == "spec-two-agents"]
    with pytest.raises(AssertionError, match=r"spec-two-agents: .*\n  dropped: repo .*\n  dropped: repo "):
        require(case, lambda **_: {"scheduled_runs": []})


def test_a_case_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for case in cases()[:5]:
        check(case, discover_kaizen_scheduled_repos)
    assert list(tmp_path.iterdir()) == []
