"""`definitions sync`, `enable` and `disable`: the catalog of activity-core, brought up to date and switched."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_activity_defs.index import Site
from kaizen_activity_defs.loading import packaged_definitions
from kaizen_activity_defs.switching import SwitchReason
from kaizen_activity_defs.switching import disable as defs_disable
from kaizen_activity_defs.switching import enable as defs_enable
from kaizen_activity_defs.syncing import sync_catalog
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.clock.zones import known_zones, zone_hint
from kaizen_schedule_core.diagnostics import inert, quoted
from kaizen_schedule_core.names import is_slug

from kaizen_schedule_cli.commands.definitions.group import DefinitionId, app
from kaizen_schedule_cli.commands.options import Format, OutputFormat, example, filled, read_value
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.streams import answer, answer_json, inert_text, plural, remark
from kaizen_schedule_cli.render.tables import table

SYNC_VERSION = "1"
_REASON_LIMIT = 500

CatalogOption = Annotated[str, typer.Option("--catalog", metavar="DIR", help="The catalog's folder.", callback=filled)]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the log of the index.")]


@app.command(epilog=example("kaizen-agentic definitions sync catalog --check"))
def sync(
    catalog: Annotated[str, typer.Argument(metavar="CATALOG", help="The catalog's folder.")],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 3 if anything differs.")] = False,
    source_type: Annotated[
        str | None, typer.Option("--source-type", metavar="TYPE", help="The type of the context sources at this site.")
    ] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="NAME", help="The domain that the weekly definitions select.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", metavar="ZONE", help="The zone of the weekly definitions' crons.")
    ] = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Copy the drafts into a catalog; local edits are kept, and nothing is switched on."""
    if not catalog:
        raise typer.BadParameter("an empty path", param_hint="CATALOG")
    for option, value in (("--source-type", source_type), ("--domain", domain)):
        if value is not None and not is_slug(value):
            message = f"{quoted(value)}: write letters, digits, dots, hyphens and underscores, up to 100"
            raise typer.BadParameter(message, param_hint=option)
    if timezone is not None and timezone not in known_zones():
        message = f"unknown time zone {quoted(timezone)}: {zone_hint(timezone)}"
        raise typer.BadParameter(message, param_hint="--timezone")
    site = Site(source_type=source_type, domain=domain, timezone=timezone)
    found = sync_catalog(catalog, packaged_definitions(), site=site, check=check)
    differing = [one for one in found if one.change != "unchanged"]
    if output is Format.JSON:
        answer_json(
            {
                "version": SYNC_VERSION,
                "catalog": catalog,
                "definitions": [
                    {
                        "slug": one.slug,
                        "file": one.file,
                        "change": one.change,
                        "detail": one.detail,
                        "enabled": one.enabled,
                        "diff": list(one.diff),
                    }
                    for one in found
                ],
            }
        )
    else:
        state = {True: "enabled", False: "disabled"}
        rows = [(one.slug, state[one.enabled], one.change, one.detail) for one in found]
        diffs = "".join(f"\n{inert_text(line)}" for one in found for line in one.diff)
        answer(table(("definition", "state", "change", "what"), rows) + ("\n" + diffs if diffs else ""))
    verb = "would change or differ" if check else "changed or differ"
    remark(f"\n{plural(len(found), 'definition')}, {len(differing)} {verb}")
    if check and differing:
        raise typer.Exit(Exit.DIFFERENT)


@app.command(
    epilog=example(
        "kaizen-agentic definitions enable kaizen-weekly-coach-orientation --catalog catalog --smoke-report smoke.json"
        " --reason 'pilot passed'"
    )
)
def enable(
    definition: DefinitionId,
    catalog: CatalogOption,
    report: Annotated[
        str,
        typer.Option("--smoke-report", metavar="FILE", help="The report of roster smoke --catalog.", callback=filled),
    ],
    reason: Reason = "none given",
    max_age: Annotated[str, typer.Option("--max-age", metavar="7d", help="How old the report may be.")] = "7d",
) -> None:
    """Switch one definition of a catalog on, behind a passing smoke report."""
    age = read_value("--max-age", lambda: parse_duration(max_age))
    done = defs_enable(catalog, definition, report, _switch_reason(reason), max_age=age)
    answer(f"enabled {done.id} in {inert(catalog)}")


@app.command(
    epilog=example(
        "kaizen-agentic definitions disable kaizen-weekly-coach-orientation --catalog catalog --reason 'too many tasks'"
    )
)
def disable(definition: DefinitionId, catalog: CatalogOption, reason: Reason = "none given") -> None:
    """Switch one definition of a catalog off."""
    done = defs_disable(catalog, definition, _switch_reason(reason))
    answer(f"disabled {done.id} in {inert(catalog)}")


def _switch_reason(reason: str) -> SwitchReason:
    if not reason.strip():
        raise typer.BadParameter("write why, for those who read the log", param_hint="--reason")
    if len(reason) > _REASON_LIMIT:
        raise typer.BadParameter(f"write it in {_REASON_LIMIT} characters", param_hint="--reason")
    try:
        by = getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        by = "unknown"
    return SwitchReason(by=by, at=datetime.now(UTC), reason=reason)
