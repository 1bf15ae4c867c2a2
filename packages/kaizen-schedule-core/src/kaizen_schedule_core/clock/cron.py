"""The portable cron dialect `portable-5`: what every engine reads alike, and a precise answer to all else."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from kaizen_schedule_core.clock.field import FIELDS, CronProblem, Refused, parse_field
from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import quoted

PORTABLE_DIALECT = "portable-5"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """A cron expression of the portable dialect. Values are sorted; weekdays count from 0, Sunday.

    `days_restricted` and `weekdays_restricted` tell a field that is anything but `*`; never both (KZ311). `remarks`
    are what a person should know about an expression that is accepted all the same (KZ313, KZ314).
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
        """Hash the text alone: the values follow from it."""
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
_BLANKS = re.compile(r"[ \t]+")
_LONGEST_MONTH = {month: calendar.monthrange(2024, month)[1] for month in range(1, 13)}  # a leap year
_SHORTEST = 29  # the longest February
_READING_YEARS = 12
_LONGEST = 1000
_CURLY = frozenset("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f")


@lru_cache(maxsize=4096)
def parse_cron(text: str, *, now: datetime | None = None) -> Cron | CronProblem:
    """Read a cron expression of the portable dialect.

    With `now`, a moment in the zone of the cron, an expression that restricts both day fields is answered with the next
    dates of both readings.
    """
    try:
        fields = _split(text)
        parsed = [parse_field(part, field) for part, field in zip(fields, FIELDS, strict=True)]
    except Refused as refused:
        return refused.problem
    (minutes, _), (hours, _), (days, _), (months, _), (weekdays, _) = parsed
    if days[0] > _SHORTEST and days[0] > (longest := max(map(_LONGEST_MONTH.__getitem__, months))):
        return CronProblem(
            code=meaning.CRON_NEVER,
            message=f"cron {quoted(text)} never fires: no such date exists",
            hint=f"write a day from 1 to {longest}: the longest of these months ends on {longest}",
        )
    cron = Cron(
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
    if cron.days_restricted and cron.weekdays_restricted:
        return _both_days(cron, fields, now)
    return cron


def valid_cron(text: str) -> Cron:
    """Return the cron of an expression that was checked before. Raises ValueError for any other."""
    cron = parse_cron(text)
    if isinstance(cron, CronProblem):
        raise ValueError(cron.message)  # noqa: TRY004 - the text is wrong, not its type
    return cron


def _split(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise Refused(meaning.CRON_TOKEN, f"cron of {len(text)} characters", f"{_LONGEST} characters are enough")
    if not _CURLY.isdisjoint(text):
        raise Refused(meaning.CRON_NOT_ASCII, f"cron {quoted(text)} holds curly quotes", "type straight quotes")
    if not text.isascii():
        odd = next(char for char in text if not char.isascii())
        message = f"cron {quoted(text)} holds {quoted(odd)}, which is not ASCII"
        raise Refused(meaning.CRON_NOT_ASCII, message, "write it with plain blanks, digits, commas and hyphens")
    if "\n" in text or "\r" in text:
        raise Refused(meaning.CRON_FIELDS, f"cron {quoted(text)} is not on one line", "write it on one line, in quotes")
    fields = list(filter(None, _BLANKS.split(text)))
    first = "".join(fields[:1])
    if first.upper().startswith(("TZ=", "CRON_TZ=")):
        raise Refused(
            meaning.CRON_ZONE, "a time zone inside the cron", "put the zone into timezone: and leave five fields here"
        )
    if first.startswith("@"):
        nickname = text.strip(" \t")
        hint = "write five fields: minute hour day month weekday"
        if nickname.lower() in _NICKNAMES:
            hint = f"write {quoted(_NICKNAMES[nickname.lower()])}"
        raise Refused(meaning.CRON_NICKNAME, f"nickname {quoted(nickname)} instead of five fields", hint)
    if len(fields) != len(FIELDS):
        number = f"{len(fields)} fields" if len(fields) != 1 else "1 field"
        message = f"cron {quoted(text)} has {number} instead of 5"
        raise Refused(meaning.CRON_FIELDS, message, _which_fields(fields))
    return fields


def _which_fields(fields: list[str]) -> str:
    if any(part.startswith("#") for part in fields):
        return "a comment stands behind the closing quote, not before it"
    if any(",," in f",{part}," for part in fields):
        return "write a list without blanks, such as 9,17"
    hint = f"write minute hour day month weekday, such as {quoted('0 9 * * 1')}"
    if len(fields) in {6, 7}:
        hint += "; seconds and years are not part of it"
    return hint


def _both_days(cron: Cron, fields: list[str], now: datetime | None) -> CronProblem:
    notes: tuple[str, ...] = ()
    if now is not None:
        either, both = "other engines", "Temporal"
        if any(part.startswith("*") for part in (fields[2], fields[4])):
            both = "Temporal, and Debian cron for a field that begins with *"
        else:
            either = "Debian cron"
        notes = (
            f"{either} (either matches): {_next_dates(cron, now, lambda day, weekday: day or weekday)}",
            f"{both} (both match): {_next_dates(cron, now, lambda day, weekday: day and weekday)}",
        )
    return CronProblem(
        code=meaning.CRON_BOTH_DAYS,
        message=f"day of month {quoted(fields[2])} and day of week {quoted(fields[4])} are both restricted",
        hint="write * for one of the two",
        notes=notes,
    )


def _next_dates(cron: Cron, now: datetime, matches: Callable[[bool, bool], bool]) -> str:
    found: list[str] = []
    over = (cron.hours[-1], cron.minutes[-1]) <= (now.hour, now.minute)  # nothing is left of today
    for ahead in range(over, _READING_YEARS * 366):
        day = now.date() + timedelta(days=ahead)
        if day.month in cron.months and matches(day.day in cron.days, day.isoweekday() % 7 in cron.weekdays):
            found.append(f"{day:%a} {day.isoformat()}")
            if len(found) == 3:  # noqa: PLR2004 - three dates show the pattern
                break
    return ", ".join(found) or f"never in the next {_READING_YEARS} years"
