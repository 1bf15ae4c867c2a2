"""Checks that this machine can run the agents of a roster; nothing is written."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from importlib.metadata import version

from kaizen_schedule_core.diagnostics import plural, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import locate_inside
from kaizen_schedule_core.fleet.credentials import basic_authorization
from kaizen_schedule_core.fleet.resolution import Resolution
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster
from kaizen_schedule_core.repo.paths import metrics_path

from kaizen_schedule_cli.answers.roster import RunnerCheck

COMMAND = "kaizen-agentic"
PACKAGES = ("kaizen-schedule-core", "kaizen-activity-defs", "kaizen-schedule-cli")

CHECK_SECONDS = 30.0
_NAMED = 3  # repositories in one sentence
_NO_PATH = ("no-path-for-host", "path-missing")
_UNREADABLE = ("unreadable",)
_NOT_CHECKED = ("invalid-entry", "duplicate-slug", "hub-disabled")


def check_runner(
    roster: Roster, *, host: str | None = None, index: str | None = None, seconds: float = CHECK_SECONDS
) -> tuple[RunnerCheck, ...]:
    """Check the command, the paths of this host, the checkouts, their metrics, and the package index if given.

    The command and the index can take `seconds` each. Raises ValueError, without parts of the address, if the address
    of the index or its credentials are invalid.
    """
    resolution = resolve_roster(roster=roster, host=host)
    elsewhere = resolution.elsewhere
    here = [outcome for outcome in resolution.outcomes if outcome.repo not in elsewhere]
    resolution = replace(resolution, outcomes=tuple(here))
    checked = sum(outcome.outcome not in _NOT_CHECKED for outcome in here)
    fine = f"{checked} of {plural(len(here), 'entry')} have an existing path"
    if elsewhere:
        fine += f"; {len(elsewhere)} on other hosts"
    checks = [
        _command(seconds),
        _outcomes("paths of this host", resolution, _NO_PATH, fine),
        _outcomes("checkouts", resolution, _UNREADABLE, "all checkouts can be read"),
        _metrics(resolution),
    ]
    if index is not None:
        checks += _index(index, basic_authorization(index), seconds / len(PACKAGES))
    return tuple(checks)


def _command(seconds: float) -> RunnerCheck:
    found = shutil.which(COMMAND)
    if found is None:
        return _failed("command", f"{COMMAND} is not on the PATH: install kaizen-schedule-cli for the runner")
    try:
        ran = subprocess.run(  # noqa: S603 - the program is the one to be checked
            [found, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        return _failed("command", f"{found} cannot be run: {error}")
    printed = ran.stdout.partition("\n")[0]
    expected = f"{COMMAND} {version('kaizen-schedule-cli')}"
    if ran.returncode or printed != expected:
        detail = f"{found} printed {quoted(printed)}, but this is {expected}: upgrade the version on the PATH"
        return _failed("command", detail)
    return RunnerCheck(check="command", passed=True, detail=f"{printed} at {found}")


def _outcomes(check: str, resolution: Resolution, wrong: tuple[str, ...], fine: str) -> RunnerCheck:
    return _check(check, [f"{one.repo}: {one.detail}" for one in resolution.outcomes if one.outcome in wrong], fine)


def _metrics(resolution: Resolution) -> RunnerCheck:
    problems: list[str] = []
    for run in resolution.runs:
        problem = _problem_of(run.root, metrics_path(run.agent))
        if problem is not None:
            problems.append(f"{run.repo}: {problem}")
    return _check("metrics", problems, f"{plural(len(resolution.runs), 'run')} can be recorded")


def _check(check: str, problems: list[str], fine: str) -> RunnerCheck:
    if not problems:
        return RunnerCheck(check=check, passed=True, detail=fine)
    detail = "; ".join(problems[:_NAMED])
    if len(problems) > _NAMED:
        detail += f"; and {len(problems) - _NAMED} more"
    return _failed(check, detail)


def _problem_of(root: str, relative: str) -> str | None:
    """Return why a file of a repository cannot be appended to or created, or None."""
    try:
        path = locate_inside(root, relative)
    except KaizenError as error:
        return error.diagnostics[0].message
    if os.path.lexists(path):
        if os.path.isfile(path) and os.access(path, os.W_OK):
            return None
        return f"{path} is not a writable file"
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK):
        return None
    return f"cannot create files in {folder}"


def _index(index: str, authorization: str | None, seconds: float) -> Iterator[RunnerCheck]:
    """Request each package like pip: with the credentials of the address, and following redirects."""
    from urllib3 import PoolManager, Retry, Timeout
    from urllib3.exceptions import HTTPError

    headers = {"authorization": authorization} if authorization is not None else {}
    retries = Retry(5, connect=0, read=0, other=0, raise_on_redirect=False)
    with PoolManager(headers=headers, retries=retries, timeout=Timeout(total=seconds)) as pool:
        for package in PACKAGES:
            try:
                answer = pool.request("GET", f"{index.rstrip('/')}/{package}/", preload_content=False)
            except HTTPError as error:
                why = type(getattr(error, "reason", None) or error).__name__
                yield _failed("index", f"{package}: the index cannot be reached ({why})")
            else:
                answer.close()
                passed = answer.status == HTTPStatus.OK
                yield RunnerCheck(check="index", passed=passed, detail=f"{package}: HTTP status {answer.status}")


def _failed(check: str, detail: str) -> RunnerCheck:
    return RunnerCheck(check=check, passed=False, detail=detail)
