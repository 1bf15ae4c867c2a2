"""`roster expect`: the expected runs of a period."""

from typing import Annotated

import typer
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.diagnostics import plural
from kaizen_schedule_core.fleet.expected import Slot, expected_slots, manifest_firings

from kaizen_schedule_cli.answers.roster import ExpectAnswer, ExpectedSlot
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Catalog, Format, OutputFormat, parse_utc, read_value
from kaizen_schedule_cli.commands.roster_options import ReadQuery, clock_of, firings_of, resolve, roster_options
from kaizen_schedule_cli.render.fleet import counts_text, slots_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


@as_command("kaizen-agentic roster expect --roster roster.yml --since 2026-11-23 --until 2026-11-30")
@roster_options
def command(
    read_query: ReadQuery,
    *,
    since: Annotated[
        str, typer.Option("--since", metavar="TIME", help="Start, exclusive: a time with offset, or a date.")
    ],
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="End, inclusive.")],
    catalog: Catalog = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """List expected runs in a period."""
    start = read_value("--since", lambda: parse_utc(since))
    end = read_value("--until", lambda: parse_utc(until))
    if end <= start:
        raise typer.BadParameter("it must be after --since", param_hint="--until")
    resolution = resolve(read_query())
    firings = firings_of(catalog, resolution)
    slots = read_value(
        "--until", lambda: expected_slots(resolution.runs, start, end, firings=firings or manifest_firings)
    )
    answer = ExpectAnswer(clock=clock_of(catalog), slots=tuple(map(_slot, slots)))
    if output is Format.JSON:
        write_json(answer)
    else:
        write_stdout(slots_text(answer))
    write_stderr(f"\n{plural(len(slots), 'expected run')} of {counts_text(resolution)}")


def _slot(slot: Slot) -> ExpectedSlot:
    return ExpectedSlot(slot=slot.slot, repo=slot.repo, agent=slot.agent, at=slot.at.isoformat(), utc=utc_text(slot.at))
