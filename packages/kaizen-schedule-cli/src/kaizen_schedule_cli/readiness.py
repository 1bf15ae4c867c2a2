"""Whether this machine can run what a roster schedules: the runner's own check, which writes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version

from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import locate_inside
from kaizen_schedule_core.fleet.credentials import basic_authorization
from kaizen_schedule_core.fleet.resolution import Resolution
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster
from kaizen_schedule_core.repo.paths import metrics_path

COMMAND = "kaizen-agentic"
PACKAGES = ("kaizen-schedule-core", "kaizen-activity-defs", "kaizen-schedule-cli")

_SECONDS = 30.0
_NAMED = 3  # repositories named in one sentence
_MISSED = ("no-path-for-host", "path-missing")
_CLOSED = ("unreadable",)
_UNSEEN = ("invalid-entry", "duplicate-slug", "hub-disabled")


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that a runner needs, and what was found."""

    check: str
    passed: bool
    detail: str


def check_runner(roster: Roster, *, host: str | None = None, index: str | None = None) -> tuple[Check, ...]:
    """Look at the command, the paths of this host, the checkouts and their metrics, and at a package index if given.

    Raises ValueError, which repeats nothing of it, for an index whose address or credentials cannot be read.
    """
    authorization = basic_authorization(index) if index is not None else None
    resolution = resolve_roster(roster=roster, host=host)
    seen = sum(outcome.outcome not in _UNSEEN for outcome in resolution.outcomes)
    fine = f"{seen} of {len(resolution.outcomes)} entries have a path, and it is there"
    return (
        _command(),
        _outcomes("paths of this host", resolution, _MISSED, fine),
        _outcomes("checkouts", resolution, _CLOSED, "every checkout that is here can be read"),
        _metrics(resolution),
        *(_index(index, authorization) if index is not None else ()),
    )


def _command() -> Check:
    found = shutil.which(COMMAND)
    if found is None:
        return _failed("command", f"{COMMAND} is not on the PATH; install kaizen-schedule-cli where the runner looks")
    try:
        ran = subprocess.run(  # noqa: S603 - the program is the one to be checked
            [found, "--version"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            text=True,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        return _failed("command", f"{found} cannot be run: {error}")
    told = ran.stdout.partition("\n")[0]
    here = f"{COMMAND} {version('kaizen-schedule-cli')}"
    if ran.returncode or told != here:
        return _failed("command", f"{found} says {quoted(told)}, and this is {here}; upgrade the one on the PATH")
    return Check(check="command", passed=True, detail=f"{told} at {found}")


def _outcomes(check: str, resolution: Resolution, wrong: tuple[str, ...], fine: str) -> Check:
    found = [outcome for outcome in resolution.outcomes if outcome.outcome in wrong]
    if not found:
        return Check(check=check, passed=True, detail=fine)
    return _failed(check, _listed([f"{outcome.repo}: {outcome.detail}" for outcome in found]))


def _metrics(resolution: Resolution) -> Check:
    closed = [
        f"{run.repo}: {reason}"
        for run in resolution.runs
        if (reason := _closed(run.root, metrics_path(run.agent))) is not None
    ]
    if closed:
        return _failed("metrics", _listed(closed))
    return Check(check="metrics", passed=True, detail=f"{len(resolution.runs)} runs can be recorded")


def _closed(root: str, relative: str) -> str | None:
    """Why a file of a repository cannot be appended to, or made; None if it can."""
    try:
        path = locate_inside(root, relative)
    except KaizenError as error:
        return error.diagnostics[0].message
    if os.path.lexists(path):
        return None if os.path.isfile(path) and os.access(path, os.W_OK) else f"{path} is no file that can be written"
    folder = os.path.dirname(path)
    while not os.path.lexists(folder):
        folder = os.path.dirname(folder)
    if os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK):
        return None
    return f"nothing can be made in {folder}"


def _index(index: str, authorization: str | None) -> Iterator[Check]:
    """Ask as pip does: with the user and password of the address, and following redirects."""
    from urllib3 import PoolManager, Retry, Timeout
    from urllib3.exceptions import HTTPError

    headers = {"authorization": authorization} if authorization is not None else {}
    retries = Retry(5, connect=0, read=0, other=0, raise_on_redirect=False)
    timeout = Timeout(total=_SECONDS / len(PACKAGES))
    with PoolManager(headers=headers, retries=retries, timeout=timeout) as pool:
        for package in PACKAGES:
            try:
                answer = pool.request("GET", f"{index.rstrip('/')}/{package}/", preload_content=False)
            except HTTPError as error:
                why = type(getattr(error, "reason", None) or error).__name__
                yield _failed("index", f"{package}: the index cannot be reached ({why})")
            else:
                answer.close()
                yield Check(
                    check="index",
                    passed=answer.status == HTTPStatus.OK,
                    detail=f"{package}: the index answers {answer.status}",
                )


def _listed(reasons: list[str]) -> str:
    more = f"; and {len(reasons) - _NAMED} more" if len(reasons) > _NAMED else ""
    return "; ".join(reasons[:_NAMED]) + more


def _failed(check: str, detail: str) -> Check:
    return Check(check=check, passed=False, detail=detail)
