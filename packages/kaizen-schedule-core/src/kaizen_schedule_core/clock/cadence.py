"""The cadence words, the cron each stands for when a manifest names none, and whether a cron keeps to its word."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.diagnostics import join_words

Cadence = Literal["daily", "weekly", "monthly"]

CADENCES: tuple[Cadence, ...] = ("daily", "weekly", "monthly")
DEFAULT_CRON: dict[Cadence, str] = {"daily": "0 9 * * *", "weekly": "0 9 * * 1", "monthly": "0 9 1 * *"}
DEFAULT_TIMEZONE = "Europe/Berlin"

_DAYS_AHEAD = 364
_WEEK = 7
_MONTHS = 12
_RUN = 3


def matching_cadences(cron: Cron, first: date) -> tuple[Cadence, ...]:
    """Return the cadence words that a cron keeps to, counted in dates over 364 days: the most telling one first.

    `daily` is every date, `monthly` at most one date a month, `weekly` at most one date in a week from Monday to
    Sunday. Clock changes have a warning of their own and are ignored here.
    """
    return _matching(cron.days, cron.months, cron.weekdays, first)


@lru_cache(maxsize=1024)
def _matching(
    days: tuple[int, ...], months: tuple[int, ...], weekdays: tuple[int, ...], first: date
) -> tuple[Cadence, ...]:
    count = 0
    months_met: set[int] = set()
    weeks_met: set[int] = set()
    for day, month, weekday, week in _dates_ahead(first):
        if day in days and weekday in weekdays and month % 100 in months:
            count += 1
            months_met.add(month)
            weeks_met.add(week)
    found: list[Cadence] = []
    if count == _DAYS_AHEAD:
        found.append("daily")
    if count == len(months_met):
        found.append("monthly")
    if count == len(weeks_met):
        found.append("weekly")
    return tuple(found)


@lru_cache(maxsize=4)
def _dates_ahead(first: date) -> tuple[tuple[int, int, int, int], ...]:
    ahead = []
    for count in range(_DAYS_AHEAD):
        day = first + timedelta(days=count)
        week = day.toordinal() - day.weekday()
        ahead.append((day.day, day.year * 100 + day.month, day.isoweekday() % _WEEK, week))
    return tuple(ahead)


def dates_text(cron: Cron) -> str:
    """Return the dates of a cron in words: `every day`, `Monday to Friday`, `day 1 and 15 of the month in June`."""
    text = _days_text(cron)
    if len(cron.months) < _MONTHS:
        text += f" in {_listed(cron.months, list(calendar.month_name))}"
    return text


def _days_text(cron: Cron) -> str:
    if cron.weekdays_restricted:
        weekdays = sorted((weekday - 1) % _WEEK for weekday in cron.weekdays)
        if len(weekdays) == 1:
            return f"every {calendar.day_name[weekdays[0]]}"
        return _listed(weekdays, list(calendar.day_name))
    if not cron.days_restricted:
        return "every day"
    if len(cron.days) > _WEEK:
        return f"on {len(cron.days)} days of the month"
    return f"on day {_listed(cron.days, range(32))} of the month"


def _listed(values: Sequence[int], names: Sequence[object]) -> str:
    words = [str(names[value]) for value in values]
    if len(values) >= _RUN and values[-1] - values[0] == len(values) - 1:
        return f"{words[0]} to {words[-1]}"
    return join_words(words, "and")
