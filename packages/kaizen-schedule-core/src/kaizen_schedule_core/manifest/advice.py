"""Warnings and notes on a valid manifest: overridden agents, clock changes, unusual crons."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from operator import attrgetter

from kaizen_schedule_core.clock.cadence import CADENCES, DEFAULT_CRON, Cadence, dates_text, matching_cadences
from kaizen_schedule_core.clock.change_effects import ChangeEffect, UpcomingChanges, effects, upcoming_changes
from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import Diagnostic, Note, Severity, join_words, quoted
from kaizen_schedule_core.manifest.cron_and_zone import cron_diagnostic
from kaizen_schedule_core.manifest.rules import CheckContext, Rule, agent_entries
from kaizen_schedule_core.repo.agents import OVERRIDE_HINT, override_message
from kaizen_schedule_core.source.document import Document, Path

_AHEAD = timedelta(days=400)
_HOURS = 24
_MINUTES = 60
_LISTED = 3
_VERBS = {
    "gap": ("does not exist", "do not exist"),
    "fold": ("occurs twice", "occur twice"),
    "lost": ("is skipped", "are skipped"),
}
_DATES = {"daily": "every day", "weekly": "one day a week", "monthly": "one day a month"}


def shadowed_agent(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Report an agent that is defined more than once (KZ321)."""
    for name in agent_entries(document):
        message = override_message(context.agents, name)
        if message is not None:
            place = ("agents", name)
            yield document.diagnose(values.SHADOWED_AGENT, message, place, key=True, hint=OVERRIDE_HINT)


def notable_cron(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Report the warnings and notes on each valid cron."""
    now, upcoming = context.local_now(), None
    if now is not None and context.zone is not None:
        upcoming = upcoming_changes(context.zone, int(now.timestamp()), int((now + _AHEAD).timestamp()))
    for path, entry, cron in context.crons:
        if isinstance(cron, CronProblem):
            continue
        for remark in cron.remarks:
            yield cron_diagnostic(document, path, remark)
        cadence = entry.get("cadence")
        yield from _many_fires(document, cron, cadence, path)
        if now is not None and "cron" in entry and cadence in CADENCES:
            yield from _contradicted_cadence(document, cron, cadence, path, now.date())
        if upcoming is not None and entry.get("enabled") is not False:
            yield from _clock_change(document, cron, path, upcoming)


ADVICE: tuple[Rule, ...] = (shadowed_agent, notable_cron)


def _many_fires(document: Document, cron: Cron, cadence: object, path: Path) -> Iterator[Diagnostic]:
    """Report * in the minute or hour field where a number is likely intended (KZ317)."""
    every_minute, every_hour = len(cron.minutes) == _MINUTES, len(cron.hours) == _HOURS
    if not every_minute and (not every_hour or cadence == "daily"):
        return
    minute, hour, *days = cron.text.split()
    if every_minute:
        minute = "0"
    if every_hour and cadence != "daily":  # `9 * * * 1` has minute and hour in the wrong order
        hour = minute if minute.isdigit() and 0 < int(minute) < _HOURS else "9"
        minute = "0"
    message = f"this cron fires {len(cron.minutes) * len(cron.hours)} times {dates_text(cron)}"
    hint = f"if this is not intended, write {quoted(' '.join([minute, hour, *days]))}"
    yield document.diagnose(values.CRON_MANY, message, path, hint=hint)


def _contradicted_cadence(
    document: Document, cron: Cron, cadence: Cadence, path: Path, first: date
) -> Iterator[Diagnostic]:
    """Report a cron that does not match the cadence of its agent (KZ316)."""
    matching = matching_cadences(cron, first)
    no_sunday = values.CRON_ONE_TO_SEVEN in map(attrgetter("code"), cron.remarks)  # has its own warning
    if cadence in matching or (cadence == "daily" and no_sunday):
        return
    message = f"cadence is {cadence}, but the cron fires {dates_text(cron)}"
    if cadence == "daily":
        message += " only"
    example = " ".join([*cron.text.split()[:2], *DEFAULT_CRON[cadence].split()[2:]])
    instead = f"write cadence: {matching[0]}, or" if matching else "write"
    hint = f"{instead} a cron for {_DATES[cadence]} such as {quoted(example)}"
    yield document.diagnose(values.CADENCE_CONTRADICTED, message, path, hint=hint)


def _clock_change(document: Document, cron: Cron, path: Path, upcoming: UpcomingChanges) -> Iterator[Diagnostic]:
    """Report fires in a gap or a fold, with one warning per cron for the first of them (KZ315)."""
    met = effects(cron, upcoming)
    if not met:
        return
    notes = [_engine_text(met[0], upcoming.zone)]
    for effect in met:
        if effect.change.kind != met[0].change.kind:
            notes.append(f"later: {_effect_text(effect)}")
            break
    hint = "no action needed, unless each hour matters"
    severity: Severity | None = "info"
    if len(cron.hours) < _HOURS:
        hint, severity = _move_hint(cron, upcoming), None
    message = _effect_text(met[0])
    yield document.diagnose(values.CLOCK_CHANGE, message, path, hint=hint, notes=map(Note, notes), severity=severity)


def _effect_text(effect: ChangeEffect) -> str:
    """Return `02:30 does not exist on Sun 2027-03-28`."""
    day = f"{_wall(effect.change.start):%a %Y-%m-%d}"
    if effect.wanted:
        return f"{_with_verb(effect.wanted, effect.change.kind)} on {day}"
    if effect.lost:
        return f"{_with_verb(effect.lost, 'lost')} on {day}, when clocks change"
    return f"an extra fire on {day}, when clocks change"


def _with_verb(walls: tuple[int, ...], what: str) -> str:
    """Return local times with the verb for what happens to them."""
    one, several = _VERBS[what]
    return f"{_times(walls)} {one if len(walls) == 1 else several}"


def _times(walls: tuple[int, ...]) -> str:
    times = [f"{_wall(wall):%H:%M}" for wall in walls]
    if len(times) > _LISTED:
        return f"{times[0]} to {times[-1]}"
    return join_words(times, "and")


def _engine_text(effect: ChangeEffect, zone: tzinfo) -> str:
    """Return the clock change, and the fires of the engine."""
    start, end = f"{_wall(effect.change.start):%H:%M}", f"{_wall(effect.change.end):%H:%M}"
    text = f"clocks go back from {end} to {start}"
    if effect.change.kind == "gap":
        text = f"clocks go forward from {start} to {end}"
    if effect.lost and effect.wanted:
        text += f"; the engine also skips {_times(effect.lost)}"
    if not effect.fires:
        return f"{text}; the fire is skipped"
    fires = [datetime.fromtimestamp(fire, zone).isoformat(timespec="minutes")[11:] for fire in effect.fires]
    count = "once" if len(fires) == 1 else f"{len(fires)} times"
    if len(fires) > 2 * _LISTED:
        fires[_LISTED:-1] = ["…"]
    return f"{text}; the engine then fires {count}: {', '.join(fires)}"


def _move_hint(cron: Cron, upcoming: UpcomingChanges) -> str:
    """Return the hint with each affected hour moved to the nearest unaffected hour, or removed if there is none."""
    free = {hour for hour in range(_HOURS) if not effects(replace(cron, hours=(hour,)), upcoming)}
    kept = free.intersection(cron.hours)
    moved: set[int] = set()
    for hour in sorted(set(cron.hours) - free):
        others = free - kept - moved
        if others:
            moved.add(min(others, key=lambda other: _distance(hour, other)))
    hours = tuple(sorted(kept | moved))
    if not hours or hours == cron.hours or effects(replace(cron, hours=hours), upcoming):
        return "all hours of that day are affected: choose other days, or a zone without clock changes"
    minute, _, *days = cron.text.split()
    which = "the other hours"
    if moved:
        which = f"hours {', '.join(map(str, sorted(moved)))}"
    if len(moved) == 1:
        which = which.replace("hours", "hour")
    return f"write {quoted(' '.join([minute, _ranges(hours), *days]))}: no clock change affects {which}"


def _distance(hour: int, other: int) -> tuple[int, int]:
    """Return a sort key: the nearest hour first, and the later of two equally near hours."""
    later = (other - hour) % _HOURS
    return min(later, _HOURS - later), later


def _ranges(hours: tuple[int, ...]) -> str:
    """Return hours as a cron field, three or more consecutive hours as a range."""
    parts: list[str] = []
    for _, pairs in groupby(enumerate(hours), lambda pair: pair[1] - pair[0]):  # equal for consecutive hours
        run = [str(hour) for _, hour in pairs]
        parts += run if len(run) < _LISTED else [f"{run[0]}-{run[-1]}"]
    return ",".join(parts)


def _wall(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
