"""The portable cron dialect `portable-5`: expressions that all engines read alike, and errors for all others."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from kaizen_schedule_core.clock.field import FIELDS, CronProblem, Refused, parse_field
from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import quoted

PORTABLE_DIALECT = "portable-5"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """A cron expression of the portable dialect. Values are sorted; weekdays count from 0, Sunday.

    `days_restricted` and `weekdays_restricted` are set for a field that is anything but `*`; never both (KZ311).
    `remarks` are warnings and notes on a valid expression (KZ313, KZ314).
    """

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    days_restricted: bool
    weekdays_restricted: bool
    remarks: tuple[CronProblem, ...] = ()

    def __hash__(self) -> int:
        """Hash the text only, because the values follow from it."""
        return hash(self.text)


_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FIELD = re.compile(r"[^ \t]+")
_CURLY_QUOTES = frozenset("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f")
_MONTH_LENGTHS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # by month, in a leap year
_SHORTEST = 29  # the longest February
_READING_YEARS = 12
_LONGEST = 1000


def parse_cron(text: str, *, now: datetime | None = None) -> Cron | CronProblem:
    """Parse a cron expression of the portable dialect.

    With `now`, in the zone of the cron, the error for two restricted day fields lists the next dates of both readings.
    """
    cron = _parse(text)
    if isinstance(cron, Cron) and cron.days_restricted and cron.weekdays_restricted:
        return _both_days(cron, now)
    return cron


@lru_cache(maxsize=4096)
def _parse(text: str) -> Cron | CronProblem:
    """Parse an expression, which can restrict both day fields."""
    try:
        fields = _split(text)
        parsed = list(map(parse_field, fields, FIELDS))
    except Refused as refused:
        return refused.problem
    (minutes, _), (hours, _), (days, _), (months, _), (weekdays, _) = parsed
    if days[0] > _SHORTEST and days[0] > (longest := max(map(_MONTH_LENGTHS.__getitem__, months))):
        message = f"cron {quoted(text)} never fires: no such date exists"
        hint = f"write a day from 1 to {longest}, the last day of the longest of these months"
        return CronProblem(code=meaning.CRON_NEVER, message=message, hint=hint)
    return Cron(
        text=text,
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=weekdays,
        days_restricted=fields[2] != "*",
        weekdays_restricted=fields[4] != "*",
        remarks=sum((remarks for _, remarks in parsed), ()),
    )


def valid_cron(text: str) -> Cron:
    """Return the cron of a valid expression. Raises ValueError if it is not valid."""
    cron = parse_cron(text)
    if isinstance(cron, CronProblem):
        raise ValueError(cron.message)  # noqa: TRY004 - the text is wrong, not its type
    return cron


def _split(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise Refused(meaning.CRON_TOKEN, f"cron has {len(text):,} characters", f"the limit is {_LONGEST:,}")
    if not text.isascii():
        raise _not_ascii(text)
    if "\n" in text or "\r" in text:
        raise Refused(meaning.CRON_FIELDS, f"cron {quoted(text)} is not on one line", "write it on one line, in quotes")
    stripped = text.strip(" \t")
    if stripped.upper().startswith(("TZ=", "CRON_TZ=")):
        hint = "set timezone: in the manifest, and write only the five fields here"
        raise Refused(meaning.CRON_ZONE, "time zone in the cron", hint)
    if stripped.startswith("@"):
        hint = "write five fields: minute hour day month weekday"
        if stripped.lower() in _NICKNAMES:
            hint = f"write {quoted(_NICKNAMES[stripped.lower()])}"
        raise Refused(meaning.CRON_NICKNAME, f"cron nickname {quoted(stripped)} is not supported", hint)
    fields = _FIELD.findall(stripped)
    if len(fields) != len(FIELDS):
        number = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        message = f"cron {quoted(text)} has {number} instead of 5"
        raise Refused(meaning.CRON_FIELDS, message, _which_fields(fields))
    return fields


def _not_ascii(text: str) -> Refused:
    if not _CURLY_QUOTES.isdisjoint(text):
        return Refused(meaning.CRON_NOT_ASCII, f"cron {quoted(text)} contains curly quotes", "use straight quotes")
    odd = next(character for character in text if not character.isascii())
    message = f"cron {quoted(text)} contains the non-ASCII character {quoted(odd)}"
    return Refused(meaning.CRON_NOT_ASCII, message, "use ASCII spaces, digits, commas and hyphens")


def _which_fields(fields: list[str]) -> str:
    if " #" in " ".join(["", *fields]):
        return "move the comment after the closing quote"
    if ",," in ",".join(["", *fields, ""]):
        return "write lists without spaces, such as 9,17"
    hint = f"write minute hour day month weekday, such as {quoted('0 9 * * 1')}"
    if len(fields) in {6, 7}:
        hint += "; seconds and years are not supported"
    return hint


def _both_days(cron: Cron, now: datetime | None) -> CronProblem:
    _, _, day, _, weekday = cron.text.split()
    problem = CronProblem(
        code=meaning.CRON_BOTH_DAYS,
        message=f"day of month {quoted(day)} and day of week {quoted(weekday)} are both restricted",
        hint="write * for one of them",
    )
    if now is None:
        return problem
    either, both = "Debian cron", "Temporal"
    if day.startswith("*") or weekday.startswith("*"):
        either, both = "other engines", "Temporal, and Debian cron for a field that starts with *"
    notes = (
        f"{either} (either matches): {_next_dates(cron, now, any)}",
        f"{both} (both match): {_next_dates(cron, now, all)}",
    )
    return replace(problem, notes=notes)


def _next_dates(cron: Cron, now: datetime, matches: Callable[[Iterable[bool]], bool]) -> str:
    """Return the next three dates on which any of the day fields, or all of them, match."""
    found: list[str] = []
    over = (cron.hours[-1], cron.minutes[-1]) <= (now.hour, now.minute)  # no fire is left today
    for ahead in range(int(over), _READING_YEARS * 366):
        day = now.date() + timedelta(days=ahead)
        if day.month in cron.months and matches((day.day in cron.days, day.isoweekday() % 7 in cron.weekdays)):
            found.append(f"{day:%a} {day.isoformat()}")
            if len(found) == 3:  # noqa: PLR2004 - three dates show the pattern
                break
    return ", ".join(found) or f"never in the next {_READING_YEARS} years"
