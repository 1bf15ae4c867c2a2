"""`roster check`: the prerequisites of a runner (contract section 10)."""

from typing import Annotated

import typer
from kaizen_schedule_core.diagnostics import plural
from kaizen_schedule_core.fleet.credentials import basic_authorization
from kaizen_schedule_core.fleet.hub import is_hub_url

from kaizen_schedule_cli.answers.roster import CheckAnswer
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Format, Host, Hub, OutputFormat, RosterFile, read_value
from kaizen_schedule_cli.commands.roster_options import read_source
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout
from kaizen_schedule_cli.render.tables import table
from kaizen_schedule_cli.runner_check import check_runner


@as_command("kaizen-agentic roster check --roster roster.yml")
def command(
    roster: RosterFile = None,
    hub: Hub = None,
    *,
    host: Host = None,
    index: Annotated[
        str | None, typer.Option("--index-url", metavar="URL", help="Also check for the packages in this index.")
    ] = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Check this machine's runner prerequisites.

    Run it as the user, and with the PATH, of the runner.
    """
    if index is not None:
        if not is_hub_url(index):
            raise typer.BadParameter("use an address such as https://HOST/simple", param_hint="--index-url")
        read_value("--index-url", lambda: basic_authorization(index))
    checks = check_runner(read_source(roster, hub), host=host, index=index)
    failed = sum(not check.passed for check in checks)
    answer = CheckAnswer(passed=not failed, checks=checks)
    if output is Format.JSON:
        write_json(answer)
    else:
        write_stdout(_text(answer))
    write_stderr(f"\n{plural(len(checks), 'check')}, {failed} failed")
    if failed:
        raise typer.Exit(Exit.FINDINGS)


def _text(answer: CheckAnswer) -> str:
    rows = [(check.check, "ok" if check.passed else "FAILED", check.detail) for check in answer.checks]
    return table(("check", "", "found"), rows)
