"""`definitions list`, `show`, `validate` and `dry-run`: the drafts, and what they would create."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import typer
from kaizen_activity_defs.catalog import catalog_definition, check_definitions, definition_files
from kaizen_activity_defs.dry_run import preview_tasks
from kaizen_activity_defs.loading import packaged_definition, packaged_definitions
from kaizen_schedule_core.clock.fires import fires
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import KaizenError

from kaizen_schedule_cli.commands.asking import read_source
from kaizen_schedule_cli.commands.definitions.group import DefinitionId, app
from kaizen_schedule_cli.commands.findings import FindingsFormat, FindingsOutput, tell
from kaizen_schedule_cli.commands.options import (
    Format,
    Host,
    Hub,
    Now,
    OutputFormat,
    RosterFile,
    example,
    filled,
    read_now,
)
from kaizen_schedule_cli.render.streams import answer, answer_json, plural, remark
from kaizen_schedule_cli.render.tables import table

_FIRES_SHOWN = 5


@app.command("list", epilog=example("kaizen-agentic definitions list"))
def list_() -> None:
    """List the packaged definitions."""
    rows = [
        (
            definition.id,
            "enabled" if definition.header.enabled else "disabled",
            definition.header.trigger.cron_expression,
            definition.header.trigger.timezone,
        )
        for definition in packaged_definitions()
    ]
    answer(table(("definition", "state", "cron", "timezone"), rows))


@app.command(epilog=example("kaizen-agentic definitions show kaizen-weekly-coach-orientation"))
def show(definition: DefinitionId) -> None:
    """Print a definition, then its next five fires."""
    found = packaged_definition(definition)
    trigger = found.header.trigger
    zone = load_zone(trigger.timezone)
    coming = islice(fires(found.cron, zone, datetime.now(UTC)), _FIRES_SHOWN)
    lines = "".join(f"  {fire.astimezone(zone):%a %Y-%m-%d %H:%M %z}  {utc_text(fire)}\n" for fire in coming)
    answer(f"{found.text}\nNext fires ({trigger.timezone}, while enabled):\n{lines}")


@app.command(epilog=example("kaizen-agentic definitions validate catalog"))
def validate(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Definitions, or folders that hold them; else the packaged ones."),
    ] = None,
    output: FindingsOutput = FindingsFormat.TEXT,
) -> None:
    """Check definitions, each and all together: every problem at its line, and what to write."""
    found: list[Diagnostic] = []
    files: dict[str, None] = {}
    for path in paths or ():
        if not path:
            raise typer.BadParameter("an empty path", param_hint="PATH")
        try:
            files |= dict.fromkeys(definition_files(path) if os.path.isdir(path) else [path])
        except KaizenError as error:
            found.extend(error.diagnostics)
    if not paths:
        files = dict.fromkeys(definition.file for definition in packaged_definitions())
    checked, problems = check_definitions(sorted(files))
    tell("definition", checked, [*found, *problems], output)


@app.command(
    "dry-run",
    epilog=example("kaizen-agentic definitions dry-run kaizen-weekly-coach-orientation --roster roster.yml"),
)
def dry_run(
    definition: DefinitionId,
    roster: RosterFile = None,
    hub: Hub = None,
    *,
    catalog: Annotated[
        str | None,
        typer.Option(
            "--catalog", metavar="DIR", help="Take the definition as it stands in this catalog.", callback=filled
        ),
    ] = None,
    now: Now = None,
    host: Host = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show the exact tasks that a fire would ask for; none is created."""
    moment = read_now(now)
    found = packaged_definition(definition) if catalog is None else catalog_definition(catalog, definition)
    done = preview_tasks(found, read_source(roster, hub), now=moment, host=host)
    if output is Format.JSON:
        answer_json(done.as_json())
    elif done.tasks:
        rows = [
            (task.title, task.priority, f"{task.due_in_days}d", task.key.removeprefix(f"{done.definition}/"))
            for task in done.tasks
        ]
        answer(table(("task", "priority", "due", "slot"), rows))
    state = "enabled" if done.enabled else "disabled: nothing fires it"
    remark(f"\n{plural(len(done.tasks), 'task')}, created nowhere; {done.definition} is {state}")
