"""The cadences, their default crons, and the cadences that a cron matches."""

import calendar
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.diagnostics import join_words

Cadence = Literal["daily", "weekly", "monthly"]

CADENCES: tuple[Cadence, ...] = get_args(Cadence)
DEFAULT_CRON: dict[Cadence, str] = {"daily": "0 9 * * *", "weekly": "0 9 * * 1", "monthly": "0 9 1 * *"}
DEFAULT_TIMEZONE = "Europe/Berlin"

_DAYS_AHEAD = 364
_WEEK = 7
_MONTHS = 12
_RUN = 3  # consecutive values from which on a range is written


def matching_cadences(cron: Cron, first: date) -> tuple[Cadence, ...]:
    """Return the cadences that a cron matches, counted in dates over 364 days.

    `daily` is every date, `monthly` at most one date a month, `weekly` at most one date in a week from Monday to
    Sunday. Clock changes have their own warning and are ignored here.
    """
    return _matching(cron.days, cron.months, cron.weekdays, first)


@lru_cache(maxsize=1024)
def _matching(
    days: tuple[int, ...], months: tuple[int, ...], weekdays: tuple[int, ...], first: date
) -> tuple[Cadence, ...]:
    count = 0
    months_met: set[tuple[int, int]] = set()
    weeks_met: set[int] = set()
    for ordinal in range(first.toordinal(), first.toordinal() + _DAYS_AHEAD):
        day = date.fromordinal(ordinal)
        if day.day in days and day.month in months and day.isoweekday() % _WEEK in weekdays:
            count += 1
            months_met.add((day.year, day.month))
            weeks_met.add(ordinal - day.weekday())
    expected: dict[Cadence, int] = {"daily": _DAYS_AHEAD, "monthly": len(months_met), "weekly": len(weeks_met)}
    return tuple(cadence for cadence, dates in expected.items() if dates == count)


def dates_text(cron: Cron) -> str:
    """Return the dates of a cron in words: `every day`, `Monday to Friday`, `on day 1 and 15 of the month in June`."""
    text = "every day"
    if cron.weekdays_restricted:
        weekdays = sorted((weekday - 1) % _WEEK for weekday in cron.weekdays)
        text = _listed(weekdays, calendar.day_name.__getitem__)
        if len(weekdays) == 1:
            text = f"every {text}"
    elif len(cron.days) > _WEEK and cron.days_restricted:
        text = f"on {len(cron.days)} days of the month"
    elif cron.days_restricted:
        noun = "day" if len(cron.days) == 1 else "days"
        text = f"on {noun} {_listed(cron.days, str)} of the month"
    if len(cron.months) < _MONTHS:
        text += f" in {_listed(cron.months, calendar.month_name.__getitem__)}"
    return text


def _listed(values: Sequence[int], name: Callable[[int], str]) -> str:
    """Return the names of sorted values, consecutive ones as a range."""
    if len(values) >= _RUN and values[-1] - values[0] == len(values) - 1:
        return f"{name(values[0])} to {name(values[-1])}"
    return join_words(list(map(name, values)), "and")
