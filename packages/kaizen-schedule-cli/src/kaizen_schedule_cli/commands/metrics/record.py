"""`metrics record`: record a run."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.repo.agents import RepositoryAgents, require_known
from kaizen_schedule_core.repo.metrics import ExecutionRecord
from kaizen_schedule_core.repo.recording import record_run
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import AgentArgument, Target, UsageError
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.streams import write_stdout
from kaizen_schedule_cli.session import SESSION_VARIABLE

_LONGEST_SESSION_ID = 200


@as_command("kaizen-agentic metrics record coach --success --time 412 --quality 0.8")
def command(
    agent: AgentArgument,
    success: Annotated[bool, typer.Option("--success", help="The run reached its goal.")] = False,
    failure: Annotated[bool, typer.Option("--failure", help="The run did not reach its goal.")] = False,
    time: Annotated[float | None, typer.Option("--time", metavar="SECONDS", help="Duration of the run.")] = None,
    quality: Annotated[float | None, typer.Option("--quality", metavar="0..1", help="Quality of the result.")] = None,
    session_id: Annotated[
        str | None,
        typer.Option("--session-id", metavar="ID", help="Session ID; later records with the same ID are ignored."),
    ] = None,
    target: Target = ".",
) -> None:
    """Record a run of an agent.

    The run is stored when this command exits with 0.
    """
    _check_outcome(success=success, failure=failure)
    if time is not None and not 0 <= time <= sys.float_info.max:
        raise typer.BadParameter("use a number of seconds, 0 or more", param_hint="--time")
    if quality is not None and not 0 <= quality <= 1:
        raise typer.BadParameter("use a number from 0 to 1", param_hint="--quality")
    if session_id is not None and not (0 < len(session_id) <= _LONGEST_SESSION_ID and session_id.isprintable()):
        raise typer.BadParameter(f"use 1 to {_LONGEST_SESSION_ID} printable characters", param_hint="--session-id")
    root = repository_root(target)
    require_known(RepositoryAgents(root), agent)
    now = datetime.now(UTC)
    run = ExecutionRecord(
        timestamp=utc_text(now),
        agent=agent,
        success=success,
        session_id=session_id,
        execution_time_s=time,
        quality_score=quality,
    )
    if _left_for_run(root, run):
        return
    done = record_run(root, run, now=now)
    write_diagnostics(done.diagnostics)
    if not done.appended:
        write_stdout(f"session {session_id} of {agent} is already recorded; this record was ignored")
    elif success:
        write_stdout(f"recorded success of {agent} at {run.timestamp}")
    else:
        write_stdout(f"recorded failure of {agent} at {run.timestamp}")


def _check_outcome(*, success: bool, failure: bool) -> None:
    if success and failure:
        raise UsageError("--success cannot be combined with --failure")
    if not (success or failure):
        raise UsageError("Missing option '--success' or '--failure'.")


def _left_for_run(root: str, record: ExecutionRecord) -> bool:
    """Leave the record for the run in which this command was started, if there is one (ADR-029)."""
    session_id = os.environ.get(SESSION_VARIABLE)
    if session_id is None:
        return False
    from kaizen_schedule_cli.session.folder import leave_record

    first = leave_record(root, record, session_id)
    if first is None:
        return False
    if first:
        write_stdout(f"the run of {record.agent} will be recorded with these values when it ends")
    else:
        write_stdout(f"this run of {record.agent} has recorded its values already; this record was ignored")
    return True
