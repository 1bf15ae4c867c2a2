"""Schedules in English or as a cron, for the hints about a manifest."""

import calendar
import re
from datetime import date
from typing import NamedTuple

from kaizen_schedule_core.clock.cadence import DEFAULT_CRON, Cadence, matching_cadences
from kaizen_schedule_core.clock.cron import Cron, parse_cron

_MAX_LENGTH = 60
_ANY_DATE = date(2026, 1, 1)  # which cadence a cron matches hardly depends on the date
_DATES: dict[str, tuple[Cadence, str]] = {
    **dict.fromkeys(("hourly", "hour"), ("daily", "")),
    **dict.fromkeys(("daily", "day", "everyday"), ("daily", "* * *")),
    **dict.fromkeys(("weekly", "week"), ("weekly", "* * 1")),
    **dict.fromkeys(("monthly", "month"), ("monthly", "1 * *")),
    **dict.fromkeys(("weekday", "workday"), ("daily", "* * 1-5")),
    **{day.lower(): ("weekly", f"* * {number % 7}") for number, day in enumerate(calendar.day_name, start=1)},
}
_PHRASE = re.compile(
    r"@?(?:(?:every|each|on|once an?) )?([a-z]+?)s?(?: at ([01]?[0-9]|2[0-3])(?::([0-5][0-9]))? ?(am|pm)?)?"
)
_EVERY = re.compile(r"(?:every )?([0-9]{1,2}) ?(m|min|minute|h|hour)s?")


class Schedule(NamedTuple):
    """A cadence and its cron; without a cron, its default."""

    cadence: Cadence
    cron: str | None = None


def read_schedule(text: str) -> Schedule | None:
    """Return the schedule for a text such as `every weekday at 7`, or None if it is not understood."""
    if len(text) > _MAX_LENGTH:
        return None
    cron = parse_cron(text)
    if isinstance(cron, Cron):
        return Schedule(next(iter(matching_cadences(cron, _ANY_DATE)), "daily"), text)
    words = " ".join(text.casefold().split())
    if every := _EVERY.fullmatch(words):
        return _intervals(int(every[1]), every[2][0])
    if phrase := _PHRASE.fullmatch(words):
        return _dates(phrase[1], int(phrase[2] or 9), int(phrase[3] or 0), phrase[4])
    return None


def _intervals(number: int, unit: str) -> Schedule | None:
    """Return the schedule for every so many minutes or hours, if they divide an hour or a day."""
    whole, fields = (60, f"*/{number} * * * *") if unit == "m" else (24, f"0 */{number} * * *")
    if number == 0 or whole % number:
        return None
    return Schedule("daily", fields)


def _dates(name: str, hour: int, minute: int, half: str | None) -> Schedule | None:
    """Return the schedule for a day at a time; `half` is am, pm or None."""
    if half is not None:
        hour = hour % 12 + 12 * (half == "pm")
    if name not in _DATES:
        return None
    cadence, dates = _DATES[name]
    cron = f"{minute} {hour} {dates}" if dates else f"{minute} * * * *"
    return Schedule(cadence, None if cron == DEFAULT_CRON[cadence] else cron)
