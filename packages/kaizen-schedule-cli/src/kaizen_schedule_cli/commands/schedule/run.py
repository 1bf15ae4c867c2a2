"""`schedule run`: run a command with an agent's bundle, and record the run."""

from __future__ import annotations

import os
import shutil
import sys
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from kaizen_schedule_core.bundle import DEFAULT_MAX_BYTES
from kaizen_schedule_core.bundle.prepare import Bundle, prepare_bundle
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import diagnose, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.manifest.discovery import manifest_of
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import AgentArgument, RepoSlug, Target, UsageError, read_optional, read_value
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.streams import write_stderr
from kaizen_schedule_cli.session.lock import checkout_lock
from kaizen_schedule_cli.session.program import program_words
from kaizen_schedule_cli.session.run import Session, run_session

if TYPE_CHECKING:
    from kaizen_schedule_cli.emit import Emission
    from kaizen_schedule_cli.session.ping import Pings


class _Overlap(StrEnum):
    WAIT = "wait"
    SKIP = "skip"


@as_command("kaizen-agentic schedule run coach --timeout 45m -- claude -p --output-format json")
def command(
    agent: AgentArgument,
    words: Annotated[
        list[str], typer.Argument(metavar="COMMAND", help="The command. {bundle} is the path of the bundle.")
    ],
    *,
    target: Target = ".",
    repo: RepoSlug = None,
    timeout: Annotated[str, typer.Option("--timeout", metavar="45m", help="End the command after this time.")] = "1h",
    overlap: Annotated[
        _Overlap, typer.Option("--overlap", help="Wait for another run in this checkout, or skip this one.")
    ] = _Overlap.WAIT,
    wait: Annotated[
        str | None, typer.Option("--wait", metavar="1h", help="Maximum time to wait [default: 1h].")
    ] = None,
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", metavar="N", min=1, help="Maximum size of the bundle in bytes.")
    ] = DEFAULT_MAX_BYTES,
    emit: Annotated[
        str | None, typer.Option("--emit", metavar="TARGET", help="Publish an event to file:PATH or nats://HOST:PORT.")
    ] = None,
    ping: Annotated[
        str | None, typer.Option("--ping", metavar="URL", help="Report start and end to this Healthchecks URL.")
    ] = None,
) -> None:
    """Run a command with an agent's bundle, and record the run.

    The command reads the bundle from standard input, or from the file {bundle} if an argument contains it. It runs in
    the repository's root.
    """
    if overlap is _Overlap.SKIP and wait is not None:
        raise UsageError("--wait cannot be combined with --overlap skip")
    limit = read_value("--timeout", lambda: parse_duration(timeout))
    patience = read_value("--wait", lambda: parse_duration(wait or "1h")).total_seconds()
    if overlap is _Overlap.SKIP:
        patience = 0.0
    session_id = os.urandom(16).hex()
    emission = read_optional("--emit", emit, _emission)
    pings = read_optional("--ping", ping, lambda url: _pings(url, session_id))
    root = repository_root(target)
    prepare = partial(_prepare, root, agent, repo, max_bytes, manifest_of(target, root).shown)
    bundle = prepare()
    write_diagnostics(bundle.diagnostics)
    _require_command(words[0], root)
    with checkout_lock(root, seconds=patience, on_wait=lambda: _report_wait(agent)) as waited:
        if waited:
            bundle = prepare()
        session = Session(
            session_id=session_id,
            bundle=bundle,
            command=tuple(words),
            timeout=limit.total_seconds(),
            emission=emission,
            pings=pings,
        )
        code = run_session(session)
    raise typer.Exit(code)


def _emission(text: str) -> Emission:
    from kaizen_schedule_cli.emit import read_emission

    return read_emission(text)


def _pings(url: str, session_id: str) -> Pings:
    from kaizen_schedule_cli.session.ping import Pings, check_ping_url

    return Pings(check_ping_url(url), session_id)


def _prepare(root: str, agent: str, repo: str | None, max_bytes: int, shown: str) -> Bundle:
    return prepare_bundle(
        root,
        agent,
        repo=repo,
        max_bytes=max_bytes,
        shown=shown,
        now=datetime.now(UTC),
        program=program_words(sys.argv[0]),
    )


def _require_command(word: str, root: str) -> None:
    """Raise KaizenError (KZ332) if the command is not an executable file, or not on the PATH."""
    if os.sep in word:
        found = shutil.which(os.path.join(root, word))
        problem = "is not an executable file"
    else:
        found = shutil.which(word)
        problem = "was not found on the PATH"
    if found is None:
        hint = "install it, or pass its full path"
        raise KaizenError(
            diagnose(values.COMMAND_ABSENT, f"the command {quoted(word)} {problem}", file=root, hint=hint)
        )


def _report_wait(agent: str) -> None:
    write_stderr(f"{agent} waits for another run in this checkout")
