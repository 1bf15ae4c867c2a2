"""The preview matches the server: compare fires over a year and at clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from kaizen_activity_defs import load_catalog
from kaizen_schedule_core import Cron, fires, parse_cron
from kaizen_schedule_core.clock.zones import load_zone
from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleState

from drill import schedules
from drill.engine import connect, listed_fires
from drill.lines import Lines, differing
from drill.scenario import Scenario
from drill.world import World

YEAR = "a year's fires"
CHANGES = "fires as clocks change"

# Inside and around gap and fold, hourly, and with steps. 36 hours each in spring and autumn of 2027.
_CRONS = ("30 2 * * *", "0 * * * *", "*/20 1 * * *", "0 3 * * 0", "15 1-3 * * *")
_ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


async def _clock(world: World, lines: Lines) -> None:
    world.client = await connect(world.drill.temporal.address, world.namespace)
    world.sync_catalog()
    await world.sync_schedules()

    world.log("the server lists a year's fires")
    now = datetime.now(UTC).replace(microsecond=0)
    until = now + timedelta(days=365)
    expected, happened = [], []
    for definition in load_catalog(world.catalog):
        trigger = definition.header.trigger
        mine = _fires(trigger.cron_expression, trigger.timezone, now, until)
        expected.append(differing(mine, mine, "fires"))
        happened.append(differing(mine, await listed_fires(world.client, definition.id, now, until), "fires"))
    lines.record(YEAR, "; ".join(expected), "; ".join(happened))

    world.log("the server lists the fires of clock changes")
    ours: list[tuple[str, str, datetime]] = []
    theirs: list[tuple[str, str, datetime]] = []
    for number, (zone, cron) in enumerate((zone, cron) for zone in _ZONES for cron in _CRONS):
        name = f"change-{number}"
        await world.client.create_schedule(name, _never(name, cron, zone))
        for change in _changes(ZoneInfo(zone), 2027):
            begin, end = change - timedelta(hours=18), change + timedelta(hours=18)
            ours += [(zone, cron, fire) for fire in _fires(cron, zone, begin, end)]
            theirs += [(zone, cron, fire) for fire in await listed_fires(world.client, name, begin, end)]
    lines.record(CHANGES, differing(ours, ours, "fires"), differing(ours, theirs, "fires"))


def _fires(text: str, zone: str, after: datetime, until: datetime) -> list[datetime]:
    cron = parse_cron(text)
    if not isinstance(cron, Cron):
        raise AssertionError(f"invalid cron: {text}")  # noqa: TRY004
    return list(islice(fires(cron, load_zone(zone), after, until), None))


def _changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """Return the hours of a year in which the UTC offset of a zone changes."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(366 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [hour for hour, here, there in zip(hours, offsets, offsets[1:], strict=False) if here != there]


def _never(name: str, cron: str, zone: str) -> Schedule:
    """Return a paused schedule, only for listing its fires."""
    return Schedule(
        action=ScheduleActionStartWorkflow("never-started", id=name, task_queue="never-polled"),
        spec=schedules.spec_of(cron, zone),
        state=ScheduleState(paused=True),
    )


CLOCK = Scenario(name="clock", lines=(YEAR, CHANGES), run=_clock)
