"""`roster expect`: the expected runs of a period."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta, tzinfo
from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import parse_duration, utc_text
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import Diagnostic, plural
from kaizen_schedule_core.fleet.answered import AnsweredSlot, answered_slots
from kaizen_schedule_core.fleet.expected import Slot, expected_slots, manifest_firings, require_slot_limit
from kaizen_schedule_core.fleet.resolution import OUTCOMES, Resolution

from kaizen_schedule_cli.answers.roster import ExpectAnswer, ExpectedSlot
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import (
    Catalog,
    FiresFormat,
    FiresOutputFormat,
    check_words,
    parse_utc,
    read_optional,
    read_value,
)
from kaizen_schedule_cli.commands.roster_options import (
    AllRows,
    Grace,
    Outcomes,
    ReadQuery,
    Slugs,
    clock_of,
    firings_of,
    load_enabled,
    map_outcomes,
    resolve,
    roster_options,
    select_outcomes,
)
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.fleet import counts_text, slots_text
from kaizen_schedule_cli.render.icalendar import calendar_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


@as_command("kaizen-agentic roster expect --roster roster.yml --since 2026-11-23 --until 2026-11-30")
@roster_options
def command(
    read_query: ReadQuery,
    slugs: Slugs = None,
    *,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="Start, exclusive: a time with offset, or a date [default: a week before the end].",
        ),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="End, inclusive [default: now].")] = None,
    outcomes: Outcomes = None,
    missed: Annotated[
        bool, typer.Option("--missed", help="Only runs without a record, after the grace period.")
    ] = False,
    grace: Grace = "24h",
    catalog: Catalog = None,
    all_rows: AllRows = False,
    output: FiresOutputFormat = FiresFormat.TEXT,
) -> None:
    """List expected runs in a period.

    Of more than 40 runs, the text shows the number for each day.
    """
    check_words("--outcome", outcomes, OUTCOMES)
    patience = read_value("--grace", lambda: parse_duration(grace))
    first = read_optional("--since", since, parse_utc)
    last = read_optional("--until", until, parse_utc)
    query = read_query(slugs=slugs)
    end = last or query.now
    start = first or end - timedelta(weeks=1)
    if end <= start:
        raise typer.BadParameter("it must be after --since (default: now)", param_hint="--until")
    resolution = select_outcomes(resolve(query), outcomes)
    definitions = load_enabled(catalog)
    with_records = missed or output is FiresFormat.JSON

    def slots_of(part: Resolution) -> list[AnsweredSlot | Diagnostic]:
        firings = firings_of(definitions, part) or manifest_firings
        if with_records:
            found = answered_slots(part.runs, start, end, now=query.now, firings=firings)
            return [*found.slots, *found.problems]
        unanswered = expected_slots(part.runs, start, end, firings=firings)
        return [AnsweredSlot(slot=slot, record=None) for slot in unanswered]

    found: list[AnsweredSlot | Diagnostic] = read_value(
        "--until", lambda: map_outcomes(query, resolution, slots_of, require_limit=require_slot_limit)
    )
    problems = [one for one in found if isinstance(one, Diagnostic)]
    write_diagnostics(replace(problem, severity="warning") for problem in problems)
    slots = [one for one in found if isinstance(one, AnsweredSlot)]
    slots.sort(key=lambda one: (one.slot.at, one.slot.slot))
    if missed:
        slots = [slot for slot in slots if slot.is_missed(query.now, patience)]
    answer = ExpectAnswer(clock=clock_of(catalog), slots=tuple(map(_slot, slots)))
    if output is FiresFormat.JSON:
        write_json(answer)
    elif output is FiresFormat.ICS:
        write_stdout(calendar_text((one.slot.repo, one.slot.agent, one.slot.at) for one in slots))
    else:
        zone = _zone(one.slot for one in slots)
        write_stdout(slots_text(answer, zone, missed=missed, all_rows=all_rows))
    kind = "missed run" if missed else "expected run"
    write_stderr(f"\n{plural(len(slots), kind)} of {counts_text(resolution)}")


def _zone(slots: Iterable[Slot]) -> tzinfo:
    """Return the zone of all slots, or UTC if they have several."""
    names = {getattr(slot.at.tzinfo, "key", "UTC") for slot in slots}
    if len(names) == 1:
        return load_zone(names.pop())
    return load_zone("UTC")


def _slot(answered: AnsweredSlot) -> ExpectedSlot:
    slot, record = answered.slot, answered.record
    return ExpectedSlot(
        slot=slot.slot,
        repo=slot.repo,
        agent=slot.agent,
        at=slot.at.isoformat(),
        utc=utc_text(slot.at),
        recorded=None if record is None else record.timestamp,
        success=None if record is None else record.success,
    )
