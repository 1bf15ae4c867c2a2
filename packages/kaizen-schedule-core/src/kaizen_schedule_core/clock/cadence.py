"""The cadence words, the cron each stands for when a manifest names none, and whether a cron keeps to its word."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from kaizen_schedule_core.clock.cron import Cron

Cadence = Literal["daily", "weekly", "monthly"]

CADENCES: tuple[Cadence, ...] = ("daily", "weekly", "monthly")
DEFAULT_CRON: dict[Cadence, str] = {
    "daily": "0 9 * * *",
    "weekly": "0 9 * * 1",
    "monthly": "0 9 1 * *",
}
DEFAULT_TIMEZONE = "Europe/Berlin"

_DAYS_AHEAD = 364
_WEEK = 7
_MONTHS = 12
_RUN = 3  # from three on, neighbours are told as a range


def kept_cadences(cron: Cron, first: date) -> tuple[Cadence, ...]:
    """The cadence words that a cron keeps to, counted in dates over 364 days: the most telling one first.

    `daily` is every date, `monthly` at most one date a month, `weekly` at most one date in a week from Monday to
    Sunday. Clock changes are not looked at: they have a warning of their own.
    """
    return _kept(cron.days, cron.months, cron.weekdays, first)


@lru_cache(maxsize=1024)
def _kept(
    days: tuple[int, ...], months: tuple[int, ...], weekdays: tuple[int, ...], first: date
) -> tuple[Cadence, ...]:
    named = [
        (month, week)
        for day, month, weekday, week in _dates_ahead(first)
        if day in days and weekday in weekdays and month % 100 in months
    ]
    kept: list[Cadence] = []
    if len(named) == _DAYS_AHEAD:
        kept.append("daily")
    if len({month for month, _ in named}) == len(named):
        kept.append("monthly")
    if len({week for _, week in named}) == len(named):
        kept.append("weekly")
    return tuple(kept)


@lru_cache(maxsize=4)
def _dates_ahead(first: date) -> tuple[tuple[int, int, int, int], ...]:
    """Day, month (with its year, as 202606), weekday from Sunday, and week from Monday, of 364 dates."""
    ahead = [first + timedelta(days=count) for count in range(_DAYS_AHEAD)]
    return tuple(
        (day.day, day.year * 100 + day.month, day.isoweekday() % _WEEK, day.toordinal() - day.weekday())
        for day in ahead
    )


def dates_text(cron: Cron) -> str:
    """The dates of a cron in words: `every day`, `Monday to Friday`, `day 1 and 15 of the month in June`."""
    text = "every day"
    if cron.weekdays_restricted:
        weekdays = sorted((weekday - 1) % _WEEK for weekday in cron.weekdays)
        text = "every " * (len(weekdays) == 1) + _listed(weekdays, tuple(calendar.day_name))
    elif cron.days_restricted:
        many = len(cron.days) > _WEEK
        text = f"on {len(cron.days)} days of the month" if many else f"on day {_listed(cron.days)} of the month"
    if len(cron.months) < _MONTHS:
        text += f" in {_listed(cron.months, tuple(calendar.month_name))}"
    return text


def _listed(values: Sequence[int], names: Sequence[str] | None = None) -> str:
    words = [names[value] if names else str(value) for value in values]
    if len(values) >= _RUN and values[-1] - values[0] == len(values) - 1:
        return f"{words[0]} to {words[-1]}"
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[:-1] else words)
