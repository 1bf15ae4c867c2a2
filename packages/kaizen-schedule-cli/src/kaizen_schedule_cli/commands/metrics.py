"""`kaizen-agentic metrics`: what became of an agent's runs."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.repo.agents import RepositoryAgents, require_known
from kaizen_schedule_core.repo.metrics import ExecutionRecord, no_metrics, summarize
from kaizen_schedule_core.repo.recording import record_run
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.commands.options import AgentArgument, Format, OutputFormat, Target, example, group
from kaizen_schedule_cli.render.diagnostics import diagnostics_text
from kaizen_schedule_cli.render.streams import answer, answer_json, colourful, remark
from kaizen_schedule_cli.render.tables import table

app = group("What became of an agent's runs.")

_LONGEST_SESSION_ID = 200


@app.command(epilog=example("kaizen-agentic metrics record coach --success --time 412 --quality 0.8"))
def record(
    agent: AgentArgument,
    success: Annotated[bool, typer.Option("--success", help="The run reached its aim.")] = False,
    failure: Annotated[bool, typer.Option("--failure", help="The run did not reach its aim.")] = False,
    time: Annotated[float | None, typer.Option("--time", metavar="SECONDS", help="How long the run took.")] = None,
    quality: Annotated[float | None, typer.Option("--quality", metavar="0..1", help="How good the result is.")] = None,
    session_id: Annotated[
        str | None, typer.Option("--session-id", metavar="ID", help="The session; its first record stands.")
    ] = None,
    target: Target = ".",
) -> None:
    """Append one run to an agent's metrics.

    It counts once this command has exited 0.
    """
    if success == failure:
        both = "one of them, not both" if success else "whether the run succeeded"
        raise typer.BadParameter(f"say {both}: --success or --failure", param_hint="--success")
    _check_number("--time", time, most=None)
    _check_number("--quality", quality, most=1.0)
    if session_id is not None and not (0 < len(session_id) <= _LONGEST_SESSION_ID and session_id.isprintable()):
        raise typer.BadParameter(f"write 1 to {_LONGEST_SESSION_ID} plain characters", param_hint="--session-id")
    root = repository_root(target)
    require_known(RepositoryAgents(root), agent)
    run = ExecutionRecord(
        timestamp=utc_text(datetime.now(UTC)),
        agent=agent,
        success=success,
        session_id=session_id,
        execution_time_s=time,
        quality_score=quality,
    )
    done = record_run(root, run)
    _warn(done.diagnostics)
    if done.appended:
        answer(f"recorded {'success' if success else 'failure'} of {agent} at {run.timestamp}")
    else:
        answer(f"session {session_id} of {agent} is recorded already; the first record stands")


def _check_number(option: str, value: float | None, *, most: float | None) -> None:
    if value is not None and not (0 <= value <= (sys.float_info.max if most is None else most)):
        expected = "a number of seconds, 0 or more" if most is None else "a number from 0 to 1"
        raise typer.BadParameter(f"write {expected}", param_hint=option)


@app.command(epilog=example("kaizen-agentic metrics show coach"))
def show(agent: AgentArgument, target: Target = ".", output: OutputFormat = Format.TEXT) -> None:
    """Sum up an agent's runs.

    Rates, means, and the trend of the last five runs against the five before.
    """
    root = repository_root(target)
    require_known(RepositoryAgents(root), agent)
    summary, problems = summarize(root, agent)
    _warn(problems)
    if summary is None:
        raise KaizenError(no_metrics(root, agent))
    if output is Format.JSON:
        answer_json(summary.as_json())
        return
    rows = [(name, _cell(value)) for name, value in summary.as_json().items() if name != "trend"]
    rows += [(f"trend of {name}", str(value)) for name, value in summary.trend.items()]
    answer(table((f"runs of {agent}", ""), rows))


def _cell(value: object) -> str:
    return "not measured" if value is None else str(value)


def _warn(problems: tuple[Diagnostic, ...]) -> None:
    if problems:
        remark(diagnostics_text(problems, colour=colourful(sys.stderr)).rstrip("\n"))
