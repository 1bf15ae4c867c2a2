"""`roster check`: what a runner must find before it goes live (contract section 10)."""

from __future__ import annotations

from typing import Annotated

import typer
from kaizen_schedule_core.fleet.credentials import basic_authorization
from kaizen_schedule_core.fleet.hub import is_hub_url

from kaizen_schedule_cli.commands.asking import read_source
from kaizen_schedule_cli.commands.options import Format, Host, Hub, OutputFormat, RosterFile, example, read_value
from kaizen_schedule_cli.commands.roster.group import app
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.streams import answer, answer_json, plural, remark
from kaizen_schedule_cli.render.tables import table

CHECK_VERSION = "1"


@app.command(epilog=example("kaizen-agentic roster check --roster roster.yml"))
def check(
    roster: RosterFile = None,
    hub: Hub = None,
    *,
    host: Host = None,
    index: Annotated[
        str | None, typer.Option("--index-url", metavar="URL", help="Also ask this package index for the packages.")
    ] = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Check that this machine can be the runner: run it as the user, and with the PATH, that the runner has."""
    from kaizen_schedule_cli.runner_check import check_runner

    if index is not None:
        if not is_hub_url(index):
            raise typer.BadParameter("write the index's address, such as https://HOST/simple", param_hint="--index-url")
        read_value("--index-url", lambda: basic_authorization(index))
    steps = check_runner(read_source(roster, hub), host=host, index=index)
    passed = all(step.passed for step in steps)
    if output is Format.JSON:
        answer_json(
            {
                "version": CHECK_VERSION,
                "passed": passed,
                "checks": [{"check": step.check, "passed": step.passed, "detail": step.detail} for step in steps],
            }
        )
    else:
        answer(table(("check", "", "found"), [(s.check, "ok" if s.passed else "FAILED", s.detail) for s in steps]))
    failed = sum(not step.passed for step in steps)
    remark(f"\n{plural(len(steps), 'check')}, {failed} failed")
    if not passed:
        raise typer.Exit(Exit.FINDINGS)
