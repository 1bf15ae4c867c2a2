"""Advice on what time will bring: clock changes, cadence against cron, and expressions that are odd but accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from kaizen_schedule_core.clock.cadence import (
    CADENCES,
    DEFAULT_CRON,
    DEFAULT_TIMEZONE,
    Cadence,
    dates_text,
    kept_cadences,
)
from kaizen_schedule_core.clock.changes import Ahead, Touch, look_ahead, touches
from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.clock.times import moment_in
from kaizen_schedule_core.clock.zones import known_zones, load_zone
from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import Diagnostic, Note, quoted
from kaizen_schedule_core.source.document import Document, Path

_AHEAD = timedelta(days=400)
_HOURS = 24
_MINUTES = 60
_LISTED = 3
_DATES = {"daily": "every day", "weekly": "one day a week", "monthly": "one day a month"}


def zone_of(document: Document) -> tzinfo | None:
    """The zone of a manifest's raw values, or None when it has no valid one."""
    name = document.value.get("timezone", DEFAULT_TIMEZONE)
    return load_zone(name) if isinstance(name, str) and name in known_zones() else None


def crons_over_time(document: Document, now: datetime | date | None) -> Iterator[Diagnostic]:
    """Everything there is to say about each cron that can be read; without `now` nothing about time to come."""
    agents = document.value.get("agents")
    zone = zone_of(document)
    start = moment_in(now, zone or UTC) if now is not None else None
    ahead = look_ahead(zone, int(start.timestamp()), int((start + _AHEAD).timestamp())) if start and zone else None
    for name, agent in agents.items() if isinstance(agents, dict) else ():
        if not isinstance(agent, dict):
            continue
        own, cadence = "cron" in agent, agent.get("cadence")
        text = agent.get("cron") if own else DEFAULT_CRON[cadence] if cadence in CADENCES else None
        cron = parse_cron(text) if isinstance(text, str) else None
        if not isinstance(cron, Cron):
            continue
        path = ("agents", name, "cron" if own else "cadence")
        yield from _odd_cron(document, cron, path)
        yield from _many_fires(document, cron, cadence, path)
        if start is not None and own and cadence in CADENCES:
            yield from _contradicted_cadence(document, cron, cadence, path, start.date())
        if zone is not None and ahead is not None and agent.get("enabled") is not False:
            yield from _clock_change(document, cron, path, zone, ahead)


def _odd_cron(document: Document, cron: Cron, path: Path) -> Iterator[Diagnostic]:
    """A cron that is accepted, and not what a person may think it is (KZ313, KZ314)."""
    for remark in cron.remarks:
        notes = [Note(message=note) for note in remark.notes]
        yield document.diagnose(remark.code, remark.message, path, hint=remark.hint, notes=notes)


def _many_fires(document: Document, cron: Cron, cadence: object, path: Path) -> Iterator[Diagnostic]:
    """A star where a minute or an hour was meant (KZ317)."""
    every_minute, every_hour = len(cron.minutes) == _MINUTES, len(cron.hours) == _HOURS
    if not every_minute and (not every_hour or cadence == "daily"):
        return
    minute, hour, *days = cron.text.split()
    if every_minute:
        minute = "0"
    if every_hour and cadence != "daily":  # `9 * * * 1` has minute and hour in the wrong order
        minute, hour = "0", minute if minute.isdigit() and 0 < int(minute) < _HOURS else "9"
    yield document.diagnose(
        meaning.CRON_MANY,
        f"this cron fires {len(cron.minutes) * len(cron.hours)} times {dates_text(cron)}",
        path,
        hint=f"if that is not meant, write {quoted(' '.join([minute, hour, *days]))}",
    )


def _contradicted_cadence(
    document: Document, cron: Cron, cadence: Cadence, path: Path, first: date
) -> Iterator[Diagnostic]:
    """A cron that does not keep to the cadence word beside it (KZ316)."""
    kept = kept_cadences(cron, first)
    if cadence in kept or (cadence == "daily" and _told_already(cron)):
        return
    only = " only" if cadence == "daily" else ""
    days = " ".join(DEFAULT_CRON[cadence].split()[2:])
    example = quoted(f"{' '.join(cron.text.split()[:2])} {days}")
    other = f"write cadence: {kept[0]}, or" if kept else "write"
    yield document.diagnose(
        meaning.CADENCE_CONTRADICTED,
        f"cadence {cadence}, but this cron fires {dates_text(cron)}{only}",
        path,
        hint=f"{other} a cron for {_DATES[cadence]} such as {example}",
    )


def _told_already(cron: Cron) -> bool:
    """Whether the missing Sunday has a warning of its own."""
    return any(remark.code is meaning.CRON_ONE_TO_SEVEN for remark in cron.remarks)


def _clock_change(document: Document, cron: Cron, path: Path, zone: tzinfo, ahead: Ahead) -> Iterator[Diagnostic]:
    """Fires in a gap or a fold: at most one warning for a cron, about the first of them (KZ315)."""
    met = touches(cron, zone, ahead)
    if not met:
        return
    first, *others = met
    notes = [_consequence(first, zone)]
    notes += [f"later {_what(other)}" for other in others if other.change.kind != first.change.kind][:1]
    always = len(cron.hours) == _HOURS
    yield document.diagnose(
        meaning.CLOCK_CHANGE,
        _what(first),
        path,
        hint="nothing to do, unless every single hour matters" if always else _free_hours(cron, zone, ahead),
        notes=[Note(message=note) for note in notes],
        severity="info" if always else None,
    )


def _what(found: Touch) -> str:
    """`02:30 does not exist on Sun 2027-03-28`."""
    day = f"{_wall(found.change.start):%a %Y-%m-%d}"
    if not found.wanted and found.lost:
        return f"{_walls(found.lost)} {'is' if len(found.lost) == 1 else 'are'} left out on {day}, when clocks change"
    if not found.wanted:
        return f"an extra fire on {day}, when clocks change"
    one = len(found.wanted) == 1
    gap = ("does" if one else "do") + " not exist"
    fold = ("comes" if one else "come") + " twice"
    return f"{_walls(found.wanted)} {gap if found.change.kind == 'gap' else fold} on {day}"


def _walls(walls: tuple[int, ...]) -> str:
    texts = [f"{_wall(wall):%H:%M}" for wall in walls]
    if len(texts) > _LISTED:
        return f"{texts[0]} to {texts[-1]}"
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if texts[:-1] else texts)


def _consequence(found: Touch, zone: tzinfo) -> str:
    """What clocks do that day, and what the engine does about it."""
    start, end = f"{_wall(found.change.start):%H:%M}", f"{_wall(found.change.end):%H:%M}"
    jump = f"clocks go from {start} to {end}" if found.change.kind == "gap" else f"clocks go back from {end} to {start}"
    if found.lost and found.wanted:
        jump += f"; the engine leaves out {_walls(found.lost)}, too"
    if not found.fires:
        return f"{jump}; nothing fires in its place"
    fires = [datetime.fromtimestamp(fire, zone).isoformat(timespec="minutes") for fire in found.fires]
    shown = [fire.partition("T")[2] for fire in fires]
    listed = ", ".join(shown if len(shown) <= 2 * _LISTED else [*shown[:_LISTED], "…", shown[-1]])
    times = "once" if len(shown) == 1 else f"{len(shown)} times"
    return f"{jump}; the engine then fires {times}: {listed}"


def _free_hours(cron: Cron, zone: tzinfo, ahead: Ahead) -> str:
    """The cron with each touched hour moved to the nearest free one, later ones first, or left out where none is."""
    free = {hour for hour in range(_HOURS) if not touches(replace(cron, hours=(hour,)), zone, ahead)}
    kept = free & {*cron.hours}
    moved: set[int] = set()
    for hour in sorted({*cron.hours} - free):
        steps = (step for distance in range(1, _HOURS) for step in (distance, -distance))
        near = ((hour + step) % _HOURS for step in steps)
        moved.update([other for other in near if other in free - kept - moved][:1])
    hours = tuple(sorted(kept | moved))
    if not hours or hours == cron.hours or touches(replace(cron, hours=hours), zone, ahead):
        return "no hour of that day is free of it: choose other days, or a zone without clock changes"
    minute, _, *days = cron.text.split()
    text = " ".join([minute, _ranges(hours), *days])
    which = f"hour{'s' * (len(moved) > 1)} {', '.join(map(str, sorted(moved)))}" if moved else "what is left"
    return f"write {quoted(text)}: no clock change touches {which}"


def _ranges(hours: tuple[int, ...]) -> str:
    """Hours as a field of a cron: neighbours from three on as a range."""
    runs: list[list[int]] = []
    for hour in hours:
        if runs and hour == runs[-1][-1] + 1:
            runs[-1].append(hour)
        else:
            runs.append([hour])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) >= _LISTED else ",".join(map(str, run)) for run in runs)


def _wall(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
