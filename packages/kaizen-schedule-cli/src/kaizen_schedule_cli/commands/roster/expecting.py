"""`roster expect` and `roster status`: which runs are due when, and whether they were recorded."""

from __future__ import annotations

import sys
from datetime import UTC
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import parse_duration, parse_time, utc_text
from kaizen_schedule_core.fleet.expected import Slot, expected_slots, manifest_firings
from kaizen_schedule_core.fleet.status import RUN_STATES, UNHEALTHY_STATES, RunStatus, fleet_status

from kaizen_schedule_cli.commands.asking import Ask, asks, firings_of, resolve
from kaizen_schedule_cli.commands.options import (
    Catalog,
    Format,
    OutputFormat,
    example,
    read_value,
)
from kaizen_schedule_cli.commands.roster.group import app
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.diagnostics import diagnostics_text
from kaizen_schedule_cli.render.fleet import clock_name, counts_text, slots_text, status_text
from kaizen_schedule_cli.render.streams import answer, answer_json, colourful, plural, remark

EXPECT_VERSION = STATUS_VERSION = "1"

Since = Annotated[str, typer.Option("--since", metavar="TIME", help="Runs after this: a time with offset, or a date.")]
Until = Annotated[str, typer.Option("--until", metavar="TIME", help="Runs up to this.")]


@app.command(epilog=example("kaizen-agentic roster expect --roster roster.yml --since 2026-11-23 --until 2026-11-30"))
@asks
def expect(
    ask: Ask,
    *,
    since: Since,
    until: Until,
    catalog: Catalog = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List the runs that are expected in a time, each with its slot."""
    start = read_value("--since", lambda: parse_time(since, zone=UTC))
    end = read_value("--until", lambda: parse_time(until, zone=UTC))
    if end <= start:
        raise typer.BadParameter("it must lie after --since", param_hint="--until")
    question = ask()
    resolution = resolve(question)
    firings = firings_of(catalog, resolution)
    slots = read_value(
        "--until",
        lambda: expected_slots(resolution.runs, start, end, firings=firings or manifest_firings),
    )
    if output is Format.JSON:
        answer_json(
            {
                "version": EXPECT_VERSION,
                "clock": clock_name(firings),
                "slots": [_slot_json(slot) for slot in slots],
            }
        )
    else:
        answer(slots_text(slots, firings))
    remark(f"\n{plural(len(slots), 'expected run')} of {counts_text(resolution)}")


@app.command(epilog=example("kaizen-agentic roster status --roster roster.yml --check"))
@asks
def status(
    ask: Ask,
    catalog: Catalog = None,
    grace: Annotated[
        str, typer.Option("--grace", metavar="24h", help="How long after its slot a run may be recorded.")
    ] = "24h",
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if a run is overdue, failed or unreadable.")] = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Compare what was expected with what was recorded."""
    patience = read_value("--grace", lambda: parse_duration(grace))
    question = ask()
    resolution = resolve(question)
    firings = firings_of(catalog, resolution)
    rows = fleet_status(resolution, question.now, grace=patience, firings=firings or manifest_firings)
    if output is Format.JSON:
        answer_json({"version": STATUS_VERSION, "clock": clock_name(firings), "rows": [_row_json(row) for row in rows]})
    else:
        answer(status_text(rows, firings))
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        remark("\n" + diagnostics_text(problems, colour=colourful(sys.stderr)).rstrip("\n"))
    told = ", ".join(f"{count} {name}" for name in RUN_STATES if (count := sum(r.state == name for r in rows)))
    remark(f"\n{plural(len(rows), 'agent')}: {told or 'none'}, of {counts_text(resolution)}")
    if check and any(row.state in UNHEALTHY_STATES for row in rows):
        raise typer.Exit(Exit.DIFFERENT)


def _slot_json(slot: Slot) -> dict[str, object]:
    return {
        "slot": slot.slot,
        "repo": slot.repo,
        "agent": slot.agent,
        "at": slot.at.isoformat(),
        "utc": utc_text(slot.at),
    }


def _row_json(row: RunStatus) -> dict[str, object]:
    return {
        "repo": row.repo,
        "agent": row.agent,
        "last_expected": utc_text(row.last_expected) if row.last_expected else None,
        "last_recorded": utc_text(row.last_recorded) if row.last_recorded else None,
        "state": row.state,
    }
