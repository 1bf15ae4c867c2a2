"""`roster smoke`: a smoke test of every repository, on copies."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from kaizen_activity_defs.catalog import load_catalog
from kaizen_activity_defs.loading import weekly_definitions
from kaizen_schedule_core.files.writing import require_writable, write_named_file
from kaizen_schedule_core.fleet.resolution import RepoOutcome

from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Catalog, Host, Hub, Jobs, RosterFile, text_option
from kaizen_schedule_cli.commands.roster_options import read_source
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.processes import processors
from kaizen_schedule_cli.render.smoke import result_text, row_texts
from kaizen_schedule_cli.render.streams import write_stdout
from kaizen_schedule_cli.smoke.results import Trial
from kaizen_schedule_cli.smoke.running import run_smoke


@as_command("kaizen-agentic roster smoke --roster pilot-roster/roster.yml --report smoke.json")
def command(
    roster: RosterFile = None,
    hub: Hub = None,
    *,
    require: Annotated[
        list[str] | None,
        typer.Option("--require", metavar="AGENT", help="Agent that every repository must have enabled."),
    ] = None,
    host: Host = None,
    catalog: Catalog = None,
    session: Annotated[
        bool, typer.Option("--session", help="Also run an agent of each copy, with a command that adds a note.")
    ] = False,
    jobs: Jobs = None,
    report: Annotated[str | None, text_option("--report", "FILE", "Write the report as JSON.")] = None,
) -> None:
    """Smoke-test every repository on copies.

    Runs all steps from init to the dry run of the definitions, and the prepared commands in a shell.
    """
    if report is not None:
        require_writable(report)
    definitions = weekly_definitions()
    if catalog is not None:
        definitions = load_catalog(catalog)
    rows: Callable[[Trial], str] = str

    def start(outcomes: Sequence[RepoOutcome], steps: tuple[str, ...]) -> None:
        nonlocal rows
        headings, rows = row_texts([outcome.repo for outcome in outcomes], steps)
        write_stdout(headings)

    done = run_smoke(
        read_source(roster, hub),
        definitions,
        require=require or (),
        host=host,
        session=session,
        jobs=jobs or processors(),
        on_start=start,
        on_trial=lambda trial: write_stdout(rows(trial)),
    )
    if report is not None:
        write_named_file(report, done.report().model_dump_json(indent=2, exclude_none=True).encode() + b"\n")
    write_stdout(f"\n{result_text(done)}")
    if not done.passed:
        raise typer.Exit(Exit.FINDINGS)
