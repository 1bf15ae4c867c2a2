"""`kaizen-agentic roster`: what runs over a fleet of repositories, and why the rest does not."""

from __future__ import annotations

from typing import Annotated

import kaizen_schedule_core as core
import typer

from kaizen_schedule_cli.commands.options import (
    AgentFilter,
    CadenceWord,
    Domain,
    Format,
    Host,
    Now,
    OutputFormat,
    RosterFile,
    Window,
    example,
    group,
    read_cadence,
    read_now,
    read_window,
)
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.streams import answer, answer_json, plural, remark
from kaizen_schedule_cli.render.tables import table

app = group("What runs over a fleet of repositories.")

EXPLAIN_VERSION = "1"


@app.command(epilog=example("kaizen-agentic roster resolve --roster roster.yml --format json"))
def resolve(
    roster: RosterFile,
    domain: Domain = None,
    cadence: CadenceWord = None,
    agent: AgentFilter = None,
    now: Now = None,
    window: Window = None,
    host: Host = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List the runs that are selected, each with its command."""
    resolution = _resolution(roster, domain, cadence, agent, now, window, host)
    if output is Format.JSON:
        answer_json({"scheduled_runs": [run.as_json() for run in resolution.runs]})
    else:
        rows = [(run.repo, run.agent, run.cadence, run.cron, run.timezone) for run in resolution.runs]
        commands = "".join(f"\n{run.prepare_command}" for run in resolution.runs)
        answer(table(("repo", "agent", "cadence", "cron", "timezone"), rows) + "\n" + commands if rows else "")
    remark(f"\n{plural(len(resolution.runs), 'run')} from {plural(len(resolution.outcomes), 'repository')}")
    if not resolution.runs:
        remark("Why: kaizen-agentic roster explain with the same options.")


@app.command(epilog=example("kaizen-agentic roster explain --roster roster.yml"))
def explain(
    roster: RosterFile,
    domain: Domain = None,
    cadence: CadenceWord = None,
    agent: AgentFilter = None,
    now: Now = None,
    window: Window = None,
    host: Host = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Say of every repository what runs, or why nothing does."""
    resolution = _resolution(roster, domain, cadence, agent, now, window, host)
    if output is Format.JSON:
        answer_json(_explanation(resolution))
    else:
        rows = [(outcome.repo, outcome.outcome, outcome.detail) for outcome in resolution.outcomes]
        answer(table(("repo", "outcome", "why"), rows))
    counted = ", ".join(f"{number} {name}" for name, number in resolution.counts.items() if number)
    remark(f"\n{plural(len(resolution.outcomes), 'repository')}: {counted}")


def _resolution(
    roster: str,
    domain: str | None,
    cadence: str | None,
    agent: str | None,
    now: str | None,
    window: str | None,
    host: str | None,
) -> core.Resolution:
    return core.resolve_roster(
        domain,
        read_cadence(cadence),
        read_now(now),
        roster=roster,
        host=host,
        agent=agent,
        window=read_window(window),
    )


def _explanation(resolution: core.Resolution) -> dict[str, object]:
    return {
        "version": EXPLAIN_VERSION,
        "roster": {
            "source": resolution.source,
            "digest": resolution.digest,
            "repos": len(resolution.outcomes),
        },
        "counts": resolution.counts,
        "repos": [
            {
                "repo": outcome.repo,
                "outcome": outcome.outcome,
                "detail": outcome.detail,
                "root": outcome.root,
                "runs": [
                    {
                        "agent": run.agent,
                        "cadence": run.cadence,
                        "cron": run.cron,
                        "timezone": run.timezone,
                        "fired_by": None,
                    }
                    for run in outcome.runs
                ],
            }
            for outcome in resolution.outcomes
        ],
    }


@app.command(epilog=example("kaizen-agentic roster smoke --roster pilot-roster/roster.yml --report smoke.json"))
def smoke(
    roster: RosterFile,
    require: Annotated[
        list[str] | None,
        typer.Option("--require", metavar="AGENT", help="An agent that every repository must have enabled."),
    ] = None,
    host: Host = None,
    report: Annotated[
        str | None, typer.Option("--report", metavar="FILE", help="Write the full report as JSON.")
    ] = None,
) -> None:
    """Try the whole hand-over on copies of every repository.

    From init to the dry run of the definitions, the emitted commands in a real shell.
    """
    from kaizen_schedule_cli.render.smoke import smoke_text
    from kaizen_schedule_cli.smoke.pilot import run_smoke

    if report is not None:
        core.require_writable(report)
    done = run_smoke(core.load_roster(roster), require=require or (), host=host)
    if report is not None:
        core.write_file(report, done.report_bytes())
    answer(smoke_text(done))
    if not done.passed:
        raise typer.Exit(Exit.FINDINGS)
