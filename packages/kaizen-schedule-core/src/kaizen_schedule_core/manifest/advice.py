"""Advice on valid crons: clock changes, cadence against cron, and expressions that are odd but accepted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from kaizen_schedule_core.clock.cadence import (
    CADENCES,
    DEFAULT_CRON,
    DEFAULT_TIMEZONE,
    Cadence,
    dates_text,
    matching_cadences,
)
from kaizen_schedule_core.clock.changes import ChangeEffect, UpcomingChanges, effects, upcoming_changes
from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.times import moment_in
from kaizen_schedule_core.clock.zones import known_zones, load_zone
from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import Diagnostic, Note, Severity, join_words, quoted
from kaizen_schedule_core.source.document import Document, Path

_AHEAD = timedelta(days=400)
_HOURS = 24
_MINUTES = 60
_LISTED = 3
_VERBS = {"gap": ("does not exist", "do not exist"), "fold": ("comes twice", "come twice")}  # of one time, of several
_DATES = {"daily": "every day", "weekly": "one day a week", "monthly": "one day a month"}


def zone_of(document: Document) -> tzinfo | None:
    """Return the zone of a manifest's raw values, or None when it has no valid one."""
    name = document.value.get("timezone", DEFAULT_TIMEZONE)
    return load_zone(name) if isinstance(name, str) and name in known_zones() else None


def crons_over_time(document: Document, now: datetime | date | None) -> Iterator[Diagnostic]:
    """Report what is notable about each valid cron; without `now` nothing about the future."""
    agents = document.value.get("agents")
    if not isinstance(agents, dict):
        return
    zone = zone_of(document)
    start: datetime | None = None
    upcoming: UpcomingChanges | None = None
    if now is not None:
        start = moment_in(now, zone or UTC)
        if zone is not None:
            upcoming = upcoming_changes(zone, int(start.timestamp()), int((start + _AHEAD).timestamp()))
    for name, agent in agents.items():
        cron, key = _cron_of(agent)
        if cron is None:
            continue
        path = ("agents", name, key)
        cadence = agent.get("cadence")
        yield from _odd_cron(document, cron, path)
        yield from _many_fires(document, cron, cadence, path)
        if start is not None and key == "cron" and cadence in CADENCES:
            yield from _contradicted_cadence(document, cron, cadence, path, start.date())
        if zone is not None and upcoming is not None and agent.get("enabled") is not False:
            yield from _clock_change(document, cron, path, zone, upcoming)


def _cron_of(agent: Any) -> tuple[Cron | None, str]:
    if not isinstance(agent, dict):
        return None, ""
    key = "cron"
    text = agent.get(key)
    if key not in agent and agent.get("cadence") in CADENCES:
        key = "cadence"
        text = DEFAULT_CRON[agent[key]]
    if not isinstance(text, str):
        return None, key
    cron = parse_cron(text)
    return (None if isinstance(cron, CronProblem) else cron), key


def _odd_cron(document: Document, cron: Cron, path: Path) -> Iterator[Diagnostic]:
    """A cron that is accepted, and not what a person may think it is (KZ313, KZ314)."""
    for remark in cron.remarks:
        yield document.diagnose(remark.code, remark.message, path, hint=remark.hint, notes=map(Note, remark.notes))


def _many_fires(document: Document, cron: Cron, cadence: object, path: Path) -> Iterator[Diagnostic]:
    """A star where a minute or an hour was meant (KZ317)."""
    every_minute, every_hour = len(cron.minutes) == _MINUTES, len(cron.hours) == _HOURS
    if not every_minute and (not every_hour or cadence == "daily"):
        return
    minute, hour, *days = cron.text.split()
    if every_minute:
        minute = "0"
    if every_hour and cadence != "daily":  # `9 * * * 1` has minute and hour in the wrong order
        minute, hour = "0", minute
        if not hour.isdigit() or not 0 < int(hour) < _HOURS:
            hour = "9"
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
    kept = matching_cadences(cron, first)
    if cadence in kept or (cadence == "daily" and _told_already(cron)):
        return
    message = f"cadence {cadence}, but this cron fires {dates_text(cron)}"
    if cadence == "daily":
        message += " only"
    minute, hour = cron.text.split()[:2]
    days = " ".join(DEFAULT_CRON[cadence].split()[2:])
    example = f"a cron for {_DATES[cadence]} such as {quoted(f'{minute} {hour} {days}')}"
    hint = f"write cadence: {kept[0]}, or {example}" if kept else f"write {example}"
    yield document.diagnose(meaning.CADENCE_CONTRADICTED, message, path, hint=hint)


def _told_already(cron: Cron) -> bool:
    return any(remark.code is meaning.CRON_ONE_TO_SEVEN for remark in cron.remarks)


def _clock_change(
    document: Document, cron: Cron, path: Path, zone: tzinfo, upcoming: UpcomingChanges
) -> Iterator[Diagnostic]:
    """Fires in a gap or a fold: at most one warning for a cron, about the first of them (KZ315)."""
    met = effects(cron, zone, upcoming)
    if not met:
        return
    first, *others = met
    notes = [_consequence(first, zone)]
    other_kind = next((other for other in others if other.change.kind != first.change.kind), None)
    if other_kind is not None:
        notes.append(f"later {_what(other_kind)}")
    severity: Severity | None = None
    hint = "nothing to do, unless every single hour matters"
    if len(cron.hours) == _HOURS:
        severity = "info"
    else:
        hint = _free_hours(cron, zone, upcoming)
    yield document.diagnose(
        meaning.CLOCK_CHANGE, _what(first), path, hint=hint, notes=map(Note, notes), severity=severity
    )


def _what(found: ChangeEffect) -> str:
    """Return `02:30 does not exist on Sun 2027-03-28`."""
    day = f"{_wall(found.change.start):%a %Y-%m-%d}"
    if found.wanted:
        return f"{_walls(found.wanted)} {_verb(found.wanted, *_VERBS[found.change.kind])} on {day}"
    if found.lost:
        return f"{_walls(found.lost)} {_verb(found.lost, 'is', 'are')} left out on {day}, when clocks change"
    return f"an extra fire on {day}, when clocks change"


def _verb(walls: tuple[int, ...], one: str, several: str) -> str:
    return one if len(walls) == 1 else several


def _walls(walls: tuple[int, ...]) -> str:
    texts = [f"{_wall(wall):%H:%M}" for wall in walls]
    return f"{texts[0]} to {texts[-1]}" if len(texts) > _LISTED else join_words(texts, "and")


def _consequence(found: ChangeEffect, zone: tzinfo) -> str:
    start, end = f"{_wall(found.change.start):%H:%M}", f"{_wall(found.change.end):%H:%M}"
    jump = f"clocks go back from {end} to {start}"
    if found.change.kind == "gap":
        jump = f"clocks go from {start} to {end}"
    if found.lost and found.wanted:
        jump += f"; the engine leaves out {_walls(found.lost)}, too"
    if not found.fires:
        return f"{jump}; nothing fires in its place"
    shown = [datetime.fromtimestamp(fire, zone).isoformat(timespec="minutes")[11:] for fire in found.fires]
    times = f"{len(shown)} times" if len(shown) > 1 else "once"
    if len(shown) > 2 * _LISTED:
        shown = [*shown[:_LISTED], "…", shown[-1]]
    return f"{jump}; the engine then fires {times}: {', '.join(shown)}"


def _free_hours(cron: Cron, zone: tzinfo, upcoming: UpcomingChanges) -> str:
    """Return the cron with each affected hour moved to the nearest free one, later ones first, or left out."""
    free = {hour for hour in range(_HOURS) if not effects(replace(cron, hours=(hour,)), zone, upcoming)}
    kept = free.intersection(cron.hours)
    moved: set[int] = set()
    for hour in sorted(set(cron.hours) - free):
        moved.update(_nearest(hour, free - kept - moved))
    hours = tuple(sorted(kept | moved))
    if not hours or hours == cron.hours or effects(replace(cron, hours=hours), zone, upcoming):
        return "no hour of that day is free of it: choose other days, or a zone without clock changes"
    minute, _, *days = cron.text.split()
    which = "what is left"
    if moved:
        which = f"hours {', '.join(map(str, sorted(moved)))}"
    if len(moved) == 1:
        which = f"hour {min(moved)}"
    return f"write {quoted(' '.join([minute, _ranges(hours), *days]))}: no clock change touches {which}"


def _nearest(hour: int, free: set[int]) -> list[int]:
    for distance in range(1, _HOURS):
        for step in (distance, -distance):
            if (hour + step) % _HOURS in free:
                return [(hour + step) % _HOURS]
    return []


def _ranges(hours: tuple[int, ...]) -> str:
    runs: list[list[int]] = []
    for hour in hours:
        if runs and hour == runs[-1][-1] + 1:
            runs[-1].append(hour)
        else:
            runs.append([hour])
    parts = []
    for run in runs:
        if len(run) >= _LISTED:
            parts.append(f"{run[0]}-{run[-1]}")
        else:
            parts.extend(map(str, run))
    return ",".join(parts)


def _wall(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
