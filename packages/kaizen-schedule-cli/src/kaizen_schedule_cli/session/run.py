"""A run from its start to its record: event and ping → command → log → record → ping."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, TypeVar

from kaizen_schedule_core.bundle.prepare import Bundle
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import os_problem
from kaizen_schedule_core.repo.recording import record_run, require_recordable

from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.streams import write_stderr
from kaizen_schedule_cli.session import SESSION_VARIABLE
from kaizen_schedule_cli.session.folder import await_record, clean_up, take_record, write_bundle, write_log
from kaizen_schedule_cli.session.output import LOG_BYTES, RESULT_BYTES, Kept, Stream
from kaizen_schedule_cli.session.process import Ended, run_command
from kaizen_schedule_cli.session.record import Run
from kaizen_schedule_cli.session.results import find_result

if TYPE_CHECKING:
    from kaizen_schedule_cli.emit import Emission
    from kaizen_schedule_cli.session.ping import Pings

_Result = TypeVar("_Result")
_BUNDLE = "{bundle}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A session to run: its bundle, its command with the time limit in seconds, and where its start is reported."""

    session_id: str
    bundle: Bundle
    command: tuple[str, ...]
    timeout: float
    emission: Emission | None
    pings: Pings | None


def run_session(session: Session) -> int:
    """Run the command of a session, record the run, and return the exit code.

    Raises KaizenError if nothing was started, or if the run could not be recorded.
    """
    bundle = session.bundle
    started = datetime.now(UTC)
    require_recordable(bundle.root, bundle.agent)
    await_record(bundle.root, bundle.agent, session.session_id)
    log, stdout = Kept(head=LOG_BYTES, tail=LOG_BYTES), Kept(head=0, tail=RESULT_BYTES)
    streams = (Stream(sys.stdout.fileno(), (log, stdout)), Stream(sys.stderr.fileno(), (log,)))
    try:
        _announce(session, started)
    except BaseException:
        clean_up(bundle.root, bundle.agent)
        raise
    with _uninterrupted():
        try:
            ended = _run_command(session, *streams)
        except KaizenError:
            clean_up(bundle.root, bundle.agent)
            raise
        own = _optional(lambda: take_record(bundle.root, bundle.agent, session.session_id))
        clean_up(bundle.root, bundle.agent)
        run = Run(
            agent=bundle.agent,
            session_id=session.session_id,
            slot=bundle.slot(started),
            digest=bundle.digest,
            timestamp=utc_text(datetime.now(UTC)),
            ended=ended,
            result=find_result(stdout.parts()[2]),
            own=own,
        )
        path = _optional(lambda: write_log(bundle.root, bundle.agent, f"{started:%Y%m%dT%H%M%SZ}", log))
        _record(session, run)
        _report(run, path)
        for stream in streams:
            _report_lost_output(stream)
    if ended.interrupt is not None:
        return Exit.INTERRUPTED
    if run.failure is not None:
        return Exit.FINDINGS
    return Exit.CLEAN


def _announce(session: Session, now: datetime) -> None:
    """Publish the event and the start; a failure is a warning."""
    emission, bundle = session.emission, session.bundle
    if emission is not None:
        from kaizen_schedule_core.events import prepared_event

        from kaizen_schedule_cli.emit import emit

        _optional(lambda: emit(emission, prepared_event(bundle, now)))
    if session.pings is not None:
        session.pings.start()


def _run_command(session: Session, out: Stream, err: Stream) -> Ended:
    """Run the command in the root. Raises KaizenError (KZ332, KZ102 to KZ106) if it cannot be started."""
    root = session.bundle.root
    command = list(session.command)
    text = session.bundle.markdown.encode()
    if any(_BUNDLE in word for word in command):
        path = write_bundle(root, session.bundle.agent, session.session_id, text)
        command = [word.replace(_BUNDLE, path) for word in command]
        text = b""
    env: Mapping[str, str] = {**os.environ, SESSION_VARIABLE: session.session_id}
    with _input_file(text) as stdin:
        try:
            return run_command(command, folder=root, env=env, stdin=stdin, out=out, err=err, timeout=session.timeout)
        except (OSError, ValueError) as error:  # an argument with a NUL character is a ValueError
            reason = escape_control_chars(getattr(error, "strerror", None) or str(error)).lower()
            message = f"the command {escape_control_chars(command[0])} cannot be started: {reason}"
            problem = diagnose(values.COMMAND_ABSENT, message, file=root, hint="check the command in a shell")
            raise KaizenError(problem) from None


def _input_file(text: bytes) -> IO[bytes]:
    """Return a file without a name that contains the text. Raises KaizenError (KZ106) if it cannot be written."""
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        file.write(text)
        file.seek(0)
    except OSError as error:
        raise os_problem(error, "the temporary file") from None
    return file


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ignore SIGINT and SIGTERM, except where `run_command` passes them on, so that each run is recorded."""
    previous = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _optional(act: Callable[[], _Result]) -> _Result | None:
    """Return the result of a step that never fails a run; its errors are written as warnings."""
    try:
        return act()
    except KaizenError as error:
        write_diagnostics(replace(problem, severity="warning") for problem in error.diagnostics)
    return None


def _record(session: Session, run: Run) -> None:
    """Record the run, and report its end."""
    recorded = False
    try:
        done = record_run(session.bundle.root, run.record(), now=datetime.now(UTC))
        recorded = True
        write_diagnostics(done.diagnostics)
    finally:
        if session.pings is not None:
            session.pings.end(_reported_status(run, recorded=recorded))
            for problem in session.pings.problems:
                write_stderr(f"warning: {problem}")


def _reported_status(run: Run, *, recorded: bool) -> int | None:
    """Return the exit status for the ping, or None for a failure without one."""
    failed_otherwise = run.failure is not None and run.ended.status == 0
    if run.ended.timed_out or run.ended.status < 0 or failed_otherwise or not recorded:
        return None
    return run.ended.status


def _report(run: Run, log: str | None) -> None:
    """Write one line about the run to stderr."""
    outcome = "succeeded"
    if run.failure is not None:
        outcome = f"failed ({run.failure})"
    words = [f"{run.agent} {outcome} after {run.ended.seconds:.1f} s"]
    if run.result is not None and run.result.cost_usd is not None:
        words.append(f"cost {run.result.cost_usd:.2f} USD")
    if log is not None:
        words.append(f"log: {log}")
    write_stderr(", ".join(words))


def _report_lost_output(stream: Stream) -> None:
    """Warn of output that could not be passed on; a reader that has closed its pipe did not want it."""
    if stream.failure is not None and not isinstance(stream.failure, BrokenPipeError):
        write_stderr(f"warning: output of the command was lost: {stream.failure.strerror}; see the log")
