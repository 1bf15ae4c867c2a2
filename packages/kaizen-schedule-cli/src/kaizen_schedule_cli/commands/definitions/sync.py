"""`definitions sync`: copy the packaged definitions to a catalog of activity-core."""

from collections.abc import Sequence
from typing import Annotated

import typer
from kaizen_activity_defs.index import Site
from kaizen_activity_defs.loading import packaged_definitions
from kaizen_activity_defs.model import Definition
from kaizen_activity_defs.syncing import sync_catalog
from kaizen_schedule_core.clock.cron import parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.diagnostics import did_you_mean, plural, quoted

from kaizen_schedule_cli.answers import answer_from
from kaizen_schedule_cli.answers.definitions import SyncAnswer, SyncedDefinition
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Format, OutputFormat, check_slug, check_timezone
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.streams import escape_text, write_json, write_stderr, write_stdout
from kaizen_schedule_cli.render.tables import table


@as_command("kaizen-agentic definitions sync catalog --check")
def command(
    catalog: Annotated[str, typer.Argument(metavar="CATALOG", help="The catalog directory.")],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 3 if there are differences.")] = False,
    source_type: Annotated[
        str | None, typer.Option("--source-type", metavar="TYPE", help="Set the type of all context sources.")
    ] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="NAME", help="The domain that the weekly definitions select.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="The zone of the weekly definitions' crons.")
    ] = None,
    cron: Annotated[
        list[str] | None,
        typer.Option(
            "--cron", metavar="ID=CRON", help="The cron of a weekly definition; ID= restores that of the package."
        ),
    ] = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Copy the packaged definitions to a catalog.

    Local edits are kept, and no definition is enabled. The site's values are kept for the next sync.
    """
    if not catalog:
        raise typer.BadParameter("the path is empty", param_hint="CATALOG")
    for option, value in (("--source-type", source_type), ("--domain", domain)):
        if value is not None:
            check_slug(option, value)
    check_timezone(timezone)
    drafts = packaged_definitions()
    site = Site(source_type=source_type, domain=domain, timezone=timezone, crons=_crons(cron or (), drafts))
    found = sync_catalog(catalog, drafts, site=site, check=check)
    definitions = tuple(answer_from(one, SyncedDefinition) for one in found)
    answer = SyncAnswer(catalog=catalog, definitions=definitions)
    if output is Format.JSON:
        write_json(answer)
    else:
        write_stdout(_text(answer))
    differing = sum(one.change != "unchanged" for one in found)
    verb = "would change or differ" if check else "changed or differ"
    write_stderr(f"\n{plural(len(found), 'definition')}, {differing} {verb}")
    if check and differing:
        raise typer.Exit(Exit.DIFFERENT)


def _crons(given: Sequence[str], drafts: Sequence[Definition]) -> dict[str, str]:
    """Return the crons by id. Raises typer.BadParameter for an unknown id, and for an invalid cron."""
    weekly = [draft.id for draft in drafts if not draft.follows_manifest_crons]
    crons: dict[str, str] = {}
    for one in given:
        name, sign, cron = one.partition("=")
        if not sign:
            raise typer.BadParameter(f'write {quoted(one)} as ID="20 9 * * 1"', param_hint="--cron")
        if name not in weekly:
            near = did_you_mean(name, weekly) or f"use one of {', '.join(weekly)}"
            message = f"{quoted(name)} is not a weekly definition: {near}"
            raise typer.BadParameter(message, param_hint="--cron")
        parsed = parse_cron(cron) if cron else None
        if isinstance(parsed, CronProblem):
            message = f"invalid cron {quoted(cron)}: {parsed.message}"
            if parsed.hint is not None:
                message += f"; {parsed.hint}"
            raise typer.BadParameter(message, param_hint="--cron")
        crons[name] = cron
    return crons


def _text(answer: SyncAnswer) -> str:
    rows: list[tuple[str, str, str, str]] = []
    diff: list[str] = []
    for one in answer.definitions:
        state = "enabled" if one.enabled else "disabled"
        rows.append((one.slug, state, one.change, one.detail))
        diff += map(escape_text, one.diff)
    parts = [table(("definition", "state", "change", "what"), rows)]
    if diff:
        parts += ["", *diff]
    return "\n".join(parts)
