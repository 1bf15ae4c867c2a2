"""The answer of a resolver against the one that is right, with a precise reason for every difference."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

from kaizen_schedule_core.conformance.case import ExpectedRun
from kaizen_schedule_core.conformance.shell import Shell

KEY = "scheduled_runs"
# Written out, not taken from the resolver of this package: the kit must not follow it when it goes wrong.
FIELDS = ["repo", "root", "agent", "cadence", "cron", "timezone", "enabled", "prepare_command"]
_Key = tuple[str, str]


def differences(answer: object, expected: tuple[ExpectedRun, ...], shell: Shell) -> Iterator[str]:
    """Everything that is not exactly as it must be: the key, the runs, their order, their fields, their commands."""
    if not isinstance(answer, dict):
        yield f"answered {_kind(answer)}, expected a mapping with the one key {KEY}"
        return
    if list(answer) != [KEY]:
        yield f"the keys of the answer are {list(answer)}, expected ['{KEY}']"
    runs = answer.get(KEY)
    if not isinstance(runs, list):
        if KEY in answer:
            yield f"{KEY} is {_kind(runs)}, expected a list"
        return
    odd = [run for run in runs if not isinstance(run, dict)]
    if odd:
        yield f"a run is {_kind(odd[0])}, expected a mapping of the eight fields"
        return
    wanted = {(run.repo, run.agent): run for run in expected}
    found = [(str(run.get("repo")), str(run.get("agent"))) for run in runs]
    yield from _set_apart(found, wanted)
    for run, key in zip(runs, found, strict=True):
        if list(run) != FIELDS:
            yield f"fields are {list(run)}, expected {FIELDS}: {_told(key)}"
        if key in wanted:
            yield from _unlike(run, wanted[key], shell)


def _set_apart(found: list[_Key], wanted: dict[_Key, ExpectedRun]) -> Iterator[str]:
    """Which runs are missing, are too many, or stand in the wrong place."""
    yield from (f"dropped: {_told(key)}" for key in wanted if key not in found)
    for key, times in Counter(found).items():
        if key not in wanted:
            yield f"not expected: {_told(key)}"
        elif times > 1:
            yield f"emitted {times} times: {_told(key)}"
    known = [key for key in found if key in wanted]
    if known != sorted(known):
        yield f"not sorted by (repo, agent): {', '.join(map(' '.join, known))}"


def _unlike(run: dict[str, Any], expected: ExpectedRun, shell: Shell) -> Iterator[str]:
    """How the run of a known (repo, agent) differs from the expected one."""
    where = _told((expected.repo, expected.agent))
    root = os.path.normpath(os.path.join(shell.here, expected.folder))
    values = {**expected.model_dump(exclude={"folder"}), "root": root, "enabled": True}
    for name in FIELDS:
        if name in run and name in values and not _same(run[name], values[name]):
            yield f"{name} is {run[name]!r}, expected {values[name]!r}: {where}"
    if "prepare_command" not in run:
        return
    command = run["prepare_command"]
    arguments = ["schedule", "prepare", expected.agent, "--target", root]
    came = shell.arguments_of(command) if isinstance(command, str) else _kind(command)
    if came != arguments:
        yield f"prepare_command runs as {came}, expected {arguments}: {where}"


def _same(value: object, expected: object) -> bool:
    return value is expected if isinstance(expected, bool) else value == expected


def _told(key: _Key) -> str:
    repo, agent = key
    return f"repo {repo} agent {agent}"


def _kind(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
