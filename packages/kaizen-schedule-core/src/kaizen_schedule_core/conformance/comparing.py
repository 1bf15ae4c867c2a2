"""The differences between the result of a resolver and the expected one."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

from kaizen_schedule_core.conformance.case import ExpectedRun
from kaizen_schedule_core.conformance.shell import Shell

KEY = "scheduled_runs"
# Not imported from the resolver of this package, so that the kit also detects its errors.
FIELDS = ["repo", "root", "agent", "cadence", "cron", "timezone", "enabled", "prepare_command"]
_Key = tuple[str, str]


def differences(result: object, expected: tuple[ExpectedRun, ...], shell: Shell) -> Iterator[str]:
    """Yield all differences: in the key, the runs, their order, fields and commands."""
    if not isinstance(result, dict):
        yield f"returned {_kind(result)}, expected a mapping with the key {KEY}"
        return
    if list(result) != [KEY]:
        yield f"the keys of the result are {list(result)}, expected ['{KEY}']"
    if KEY not in result:
        return
    runs = result[KEY]
    if not isinstance(runs, list):
        yield f"{KEY} is {_kind(runs)}, expected a list"
        return
    for run in runs:
        if not isinstance(run, dict):
            yield f"a run is {_kind(run)}, expected a mapping with the eight fields"
            return
    wanted = {(run.repo, run.agent): run for run in expected}
    found = [(str(run.get("repo")), str(run.get("agent"))) for run in runs]
    yield from _misplaced(found, wanted)
    for run, key in zip(runs, found, strict=True):
        if list(run) != FIELDS:
            yield f"fields are {list(run)}, expected {FIELDS}: {_name(key)}"
        if key in wanted:
            yield from _differs(run, key, wanted[key], shell)


def _misplaced(found: list[_Key], wanted: dict[_Key, ExpectedRun]) -> Iterator[str]:
    times = Counter(found)
    for key in wanted:
        if key not in times:
            yield f"missing: {_name(key)}"
    for key, count in times.items():
        if key not in wanted:
            yield f"unexpected: {_name(key)}"
        elif count > 1:
            yield f"returned {count} times: {_name(key)}"
    known = [key for key in found if key in wanted]
    if known != sorted(known):
        yield f"not sorted by (repo, agent): {', '.join(map(' '.join, known))}"


def _differs(run: dict[str, Any], key: _Key, expected: ExpectedRun, shell: Shell) -> Iterator[str]:
    where = _name(key)
    root = os.path.normpath(os.path.join(shell.here, expected.folder))
    values = {**expected.model_dump(exclude={"folder"}), "root": root, "enabled": True}
    for name in FIELDS:
        if name in run and name in values and not _same(run[name], values[name]):
            yield f"{name} is {run[name]!r}, expected {values[name]!r}: {where}"
    if "prepare_command" not in run:
        return
    command = run["prepare_command"]
    arguments = ["schedule", "prepare", expected.agent, "--target", root]
    ran_as = shell.arguments_of(command) if isinstance(command, str) else _kind(command)
    if ran_as != arguments:
        yield f"prepare_command runs as {ran_as}, expected {arguments}: {where}"


def _same(value: object, expected: object) -> bool:
    if isinstance(expected, bool):  # 1 is not True
        return value is expected
    return value == expected


def _name(key: _Key) -> str:
    return f"repo {key[0]} agent {key[1]}"


def _kind(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    article = "an" if name[0] in "aeiou" else "a"
    return f"{article} {name}"
