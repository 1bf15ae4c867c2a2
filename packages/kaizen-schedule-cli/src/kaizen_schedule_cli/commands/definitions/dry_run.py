"""`definitions dry-run`: the tasks that a definition would create."""

from typing import Annotated

from kaizen_activity_defs.catalog import catalog_definition
from kaizen_activity_defs.dry_run import preview_tasks
from kaizen_activity_defs.loading import packaged_definition
from kaizen_schedule_core.diagnostics import plural

from kaizen_schedule_cli.answers.definitions import DryRunAnswer
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import (
    DefinitionId,
    Format,
    Host,
    Hub,
    Now,
    OutputFormat,
    RosterFile,
    parse_utc,
    read_optional,
    text_option,
)
from kaizen_schedule_cli.commands.roster_options import read_source
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout
from kaizen_schedule_cli.render.tables import table


@as_command("kaizen-agentic definitions dry-run kaizen-weekly-coach-orientation --roster roster.yml")
def command(
    definition: DefinitionId,
    roster: RosterFile = None,
    hub: Hub = None,
    *,
    catalog: Annotated[str | None, text_option("--catalog", "DIR", "Use the definition of this catalog.")] = None,
    now: Now = None,
    host: Host = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Preview the tasks of a definition; none is created."""
    moment = read_optional("--now", now, parse_utc)
    found = packaged_definition(definition) if catalog is None else catalog_definition(catalog, definition)
    done = preview_tasks(found, read_source(roster, hub), now=moment, host=host)
    answer = DryRunAnswer(definition=done.definition, enabled=done.enabled, tasks=done.tasks)
    if output is Format.JSON:
        write_json(answer)
    elif answer.tasks:
        write_stdout(_text(answer))
    state = "enabled" if answer.enabled else "disabled"
    write_stderr(f"\n{plural(len(answer.tasks), 'task')} (preview only, none created); {answer.definition} is {state}")


def _text(answer: DryRunAnswer) -> str:
    rows = []
    for task in answer.tasks:
        slot = task.key.removeprefix(f"{answer.definition}/")
        rows.append((task.title, task.priority, f"{task.due_in_days}d", slot))
    return table(("task", "priority", "due", "slot"), rows)
