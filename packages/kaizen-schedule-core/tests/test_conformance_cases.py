"""The data files of the kit, and its messages for invalid results."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from kaizen_schedule_core import conformance, discover_kaizen_scheduled_repos, resolve_roster
from kaizen_schedule_core.clock.zones import known_zones
from kaizen_schedule_core.fleet.resolution import OUTCOMES
from kaizen_schedule_core.names import is_slug
from pydantic import ValidationError

FOLDER = Path(conformance.__file__).parent / "cases"
FILES = sorted(FOLDER.iterdir())
CASES = {str(case): case for case in conformance.cases()}
SPEC = ["spec-disabled-agent", "spec-invalid-manifest", "spec-no-manifest", "spec-two-agents"]
ORDER = ["title", "proves", "now", "host", "domain", "cadence", "agent", "window", "roster", "repos"]


def test_every_file_is_a_case_and_the_four_cases_of_the_spec_exist() -> None:
    assert [path.name for path in FILES] == [f"{name}.yml" for name in CASES]
    assert [name for name in CASES if name.startswith("spec-")] == SPEC
    assert len(CASES) >= 50


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_file_is_valid_for_any_yaml_parser(path: Path) -> None:
    data = path.read_bytes()
    assert (b"\r" in data, data.endswith(b"\n"), b"\n\n\n" in data) == (False, True, False)
    value = yaml.safe_load(data)
    assert list(value) == [key for key in [*ORDER, "scheduled_runs", "raises"] if key in value]
    assert {"title", "proves", "now", "host", "roster"} <= set(value)
    assert ("scheduled_runs" in value) != ("raises" in value)


@pytest.mark.parametrize("case", conformance.cases(), ids=str)
def test_a_case_has_a_title_a_purpose_and_a_valid_expectation(case: conformance.Case) -> None:
    assert 5 <= len(case.title) <= 80 - len("  passed  ") - max(map(len, CASES)), "a row has 80 columns"
    assert case.proves.endswith(".")
    assert case.proves[:-1].count(". ") == 0, "one sentence"
    assert case.now.utcoffset() is not None
    runs = case.scheduled_runs or ()
    assert [(run.repo, run.agent) for run in runs] == sorted((run.repo, run.agent) for run in runs)
    assert all(is_slug(run.repo) and run.timezone in known_zones() for run in runs)


def test_no_two_cases_have_the_same_content() -> None:
    titles = [case.title for case in CASES.values()]
    assert len(set(titles)) == len(titles)
    contents = [case.model_dump_json(exclude={"name", "title", "proves"}) for case in CASES.values()]
    assert len(set(contents)) == len(contents)


def test_every_outcome_occurs_in_a_case() -> None:
    met: set[str] = set()

    def resolving(**question: Any) -> object:
        met.update(found.outcome for found in resolve_roster(**question).outcomes)
        return discover_kaizen_scheduled_repos(**question)

    for case in CASES.values():
        conformance.check(case, resolving)
    assert met == set(OUTCOMES)


def test_every_parameter_is_used_in_some_cases_and_missing_in_others() -> None:
    for name in ("domain", "cadence", "agent", "window"):
        given = [name in case.parameters for case in CASES.values()]
        assert (any(given), all(given)) == (True, False)


@pytest.mark.parametrize(
    "change",
    [{"raises": True}, {"scheduled_runs": None}, {"repos": {"demo": {"x": {"fifo": False}}}}, {"cadense": "weekly"}],
)
def test_an_invalid_case_is_an_error(change: dict[str, object]) -> None:
    value = {"name": "x", **yaml.safe_load((FOLDER / "spec-two-agents.yml").read_bytes())}
    assert conformance.Case.model_validate(value).title == value["title"], (
        "the test is valid: the unchanged case is valid"
    )
    with pytest.raises(ValidationError):
        conformance.Case.model_validate({**value, **change})


def test_each_case_has_a_new_directory_that_is_removed_afterwards() -> None:
    seen: list[str] = []

    def looking(**question: Any) -> object:
        seen.append(os.path.dirname(question["roster"]))
        assert sorted(os.listdir(seen[-1])) == ["demo", "roster.yml"]
        assert os.path.isabs(question["roster"])
        assert seen[-1].startswith(tempfile.gettempdir())
        return discover_kaizen_scheduled_repos(**question)

    for _ in range(2):
        assert conformance.check(CASES["spec-two-agents"], looking) == ()
    assert len(set(seen)) == 2
    assert [folder for folder in seen if os.path.exists(folder)] == []


def test_the_resolver_gets_exactly_the_parameters_of_the_case() -> None:
    asked: list[dict[str, Any]] = []
    for name in ("spec-two-agents", "select-all-together"):
        conformance.check(CASES[name], lambda **question: asked.append(question))
    assert [list(question) for question in asked] == [
        ["roster", "now", "host"],
        ["roster", "now", "host", "domain", "cadence", "agent", "window"],
    ]
    assert {name: type(value).__name__ for name, value in asked[1].items()} == {
        "roster": "str",
        "now": "datetime",
        "host": "str",
        "domain": "str",
        "cadence": "str",
        "agent": "str",
        "window": "timedelta",
    }


async def never_awaited(**_: Any) -> None:
    pass


def leaves(**_: Any) -> None:
    raise SystemExit(3)


def long_and_many_lines(**_: Any) -> None:
    raise OSError("first\n  second " + "x" * 1000)


RUN = {"repo": "demo", "agent": "coach"}
ODD: list[tuple[Callable[..., object], str]] = [
    (lambda **_: None, "returned None, expected a mapping with the key scheduled_runs"),
    (lambda **_: [], "returned a list, expected a mapping with the key scheduled_runs"),
    (lambda **_: {}, "the keys of the result are [], expected ['scheduled_runs']"),
    (lambda **_: {"runs": []}, "the keys of the result are ['runs'], expected ['scheduled_runs']"),
    (lambda **_: {"scheduled_runs": None}, "scheduled_runs is None, expected a list"),
    (lambda **_: {"scheduled_runs": ()}, "scheduled_runs is a tuple, expected a list"),
    (lambda **_: {"scheduled_runs": ["coach"]}, "a run is a str, expected a mapping with the eight fields"),
    (lambda **_: {"scheduled_runs": [{**RUN, "repo": []}]}, "unexpected: repo [] agent coach"),
    (lambda **_: {"scheduled_runs": [{**RUN, "enabled": 1}]}, "enabled is 1, expected True: repo demo agent coach"),
    (lambda **_: {"scheduled_runs": [{**RUN, "cron": None}]}, "cron is None, expected '0 9 * * 1': repo demo"),
    (lambda **_: {"scheduled_runs": [RUN]}, "fields are ['repo', 'agent'], expected ['repo', 'root',"),
    (lambda **_: {"scheduled_runs": [{**RUN, "prepare_command": 7}]}, "prepare_command runs as an int, expected ["),
    (
        lambda **_: {"scheduled_runs": [{**RUN, "prepare_command": "a\0b"}]},
        "prepare_command runs as an invalid command",
    ),
    (lambda **_: {"scheduled_runs": [{**RUN, "prepare_command": ":"}]}, "prepare_command runs as [], expected ["),
    (lambda **_: {"scheduled_runs": [{**RUN, "prepare_command": "echo x"}]}, "runs as ['x\\n'] with exit 0"),
    (never_awaited, "returned a coroutine: pass a normal function"),
    (leaves, "exited with 3, but must return or raise"),
    (long_and_many_lines, "raised OSError: first second xxx"),
    (lambda roster: roster, "cannot be called with roster, now, host: got an unexpected keyword argument 'now'"),
]


@pytest.mark.parametrize(("resolver", "reason"), ODD, ids=[reason[:40] for _, reason in ODD])
def test_an_invalid_result_is_a_failure_and_not_an_exception(resolver: Callable[..., object], reason: str) -> None:
    reasons = conformance.check(CASES["spec-two-agents"], resolver)
    assert [text for text in reasons if reason in text], reasons
    assert all(len(text) < 500 and "\n" not in text for text in reasons)


@pytest.mark.parametrize("resolver", [leaves, never_awaited, lambda roster: roster], ids=["exit", "async", "signature"])
def test_only_a_raised_exception_is_an_expected_error(resolver: Callable[..., object]) -> None:
    assert conformance.check(CASES["roster-absent"], long_and_many_lines) == ()
    assert len(conformance.check(CASES["roster-absent"], resolver)) == 1


def test_a_hidden_error_is_reported_with_the_number_of_runs() -> None:
    [reason] = conformance.check(CASES["roster-not-yaml"], lambda **_: {"scheduled_runs": [RUN, RUN]})
    assert reason.startswith("returned a result with 2 runs for an error: {'scheduled_runs': [")


def test_three_lines_of_pytest_run_the_kit(tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text(
        "from kaizen_schedule_core import discover_kaizen_scheduled_repos\n"
        "def resolve(**question):\n"
        "    return {'scheduled_runs': discover_kaizen_scheduled_repos(**question)['scheduled_runs'][:1]}\n"
    )
    (tmp_path / "test_ours.py").write_text(
        "import pytest\n"
        "from kaizen_schedule_core.conformance import cases, require\n"
        "from ours import resolve\n\n"
        "@pytest.mark.parametrize('case', cases(), ids=str)\n"
        "def test_our_resolver(case): require(case, resolve)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "spec", "test_ours.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 3 passed" in done.stdout
    assert "test_our_resolver[spec-two-agents]" in done.stdout
    assert "AssertionError: spec-two-agents: Each enabled agent of a valid manifest is one run" in done.stdout
    assert "missing: repo demo agent optimization" in done.stdout
    assert "checking.py" not in done.stdout, "the lines of the kit are hidden"


CASE = next(case for case in conformance.cases() if str(case) == "spec-two-agents")


def test_a_resolver_that_writes_is_reported_with_the_path() -> None:
    def writes(**question: Any) -> object:
        answer = discover_kaizen_scheduled_repos(**question)
        with open(question["roster"], "a", encoding="utf-8") as roster:
            roster.write("# seen\n")
        os.mkdir(os.path.join(os.path.dirname(question["roster"]), "cache"))
        return answer

    text = "wrote or removed {}, but must only read"
    assert conformance.check(CASE, writes) == (text.format("cache"), text.format("roster.yml"))


def test_a_resolver_that_does_not_end_is_stopped() -> None:
    end = threading.Event()
    for case in (CASE, CASES["roster-absent"]):
        given_up = conformance.check(case, lambda **_: end.wait(30), timeout=0.2)
        assert given_up == ("did not return within 0 seconds",)
    end.set()


def test_an_interrupt_in_a_resolver_stops_the_kit() -> None:
    def interrupted(**_: Any) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        conformance.check(CASE, interrupted)
