"""The portable cron dialect `portable-5`: expressions that all engines read alike, and errors for all others."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from kaizen_schedule_core.clock.field import FIELDS, CronError, CronProblem, parse_field
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import quoted

PORTABLE_DIALECT = "portable-5"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """A cron expression of the portable dialect. Values are sorted; weekdays count from 0, Sunday.

    `days_restricted` and `weekdays_restricted` are true if the field is not exactly `*`; at most one is true
    (KZ311). `remarks` are warnings and notes on a valid expression (KZ313, KZ314).
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

    def __reduce__(self) -> tuple[Callable[[str], "Cron | CronProblem"], tuple[str]]:
        """Pickle the text only, so that many equal crons of a fleet stay one object."""
        return parse_cron, (self.text,)


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
_SHORTEST_MONTH = 29  # February in a leap year
_YEARS_SEARCHED = 12
_LENGTH_LIMIT = 1000
_FIELD_ORDER = "minute, hour, day of month, month and weekday"


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
    except CronError as error:
        return error.problem
    parsed: list[tuple[int, ...]] = []
    remarks: list[CronProblem] = []
    for part, field in zip(fields, FIELDS, strict=True):
        try:
            numbers, found = parse_field(part, field)
        except CronError as error:
            return replace(error.problem, span=_spans(text)[len(parsed)])
        if found:  # rare, and spans take time
            span = _spans(text)[len(parsed)]
            remarks += [replace(remark, span=span) for remark in found]
        parsed.append(numbers)
    minutes, hours, days, months, weekdays = parsed
    if days[0] > _SHORTEST_MONTH and days[0] > (longest := max(map(_MONTH_LENGTHS.__getitem__, months))):
        message = f"cron {quoted(text)} never fires: the date does not exist"
        hint = f"write a day from 1 to {longest}: the longest of these months has {longest} days"
        spans = _spans(text)
        return CronProblem(code=values.CRON_NEVER, message=message, hint=hint, span=(spans[2][0], spans[3][1]))
    return Cron(
        text=text,
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=weekdays,
        days_restricted=fields[2] != "*",
        weekdays_restricted=fields[4] != "*",
        remarks=tuple(remarks),
    )


def valid_cron(text: str) -> Cron:
    """Return the cron of a valid expression. Raises ValueError if it is not valid."""
    cron = parse_cron(text)
    if isinstance(cron, CronProblem):
        raise ValueError(cron.message)  # noqa: TRY004 - the text is wrong, not its type
    return cron


def _spans(text: str) -> list[tuple[int, int]]:
    """Return the start and end index of the fields."""
    return [field.span() for field in _FIELD.finditer(text)]


def _split(text: str) -> list[str]:
    """Return the five fields. Raises CronError."""
    if len(text) > _LENGTH_LIMIT:
        message = f"cron has {len(text):,} characters; the limit is {_LENGTH_LIMIT:,}"
        raise CronError(values.CRON_TOKEN, message, "use ranges and steps instead of long lists")
    if not text.isascii():
        raise _not_ascii(text)
    if "\n" in text or "\r" in text:
        message = f"cron {quoted(text)} is not on one line"
        raise CronError(values.CRON_FIELDS, message, "write it on one line, in quotes")
    stripped = text.strip(" \t")
    if stripped.upper().startswith(("TZ=", "CRON_TZ=")):
        message = f"cron {quoted(text)} contains a time zone"
        hint = "set timezone: instead, and write only the five fields here"
        raise CronError(values.CRON_ZONE, message, hint, _spans(text)[0])
    if stripped.startswith("@"):
        hint = f"write five fields: {_FIELD_ORDER}"
        if stripped.lower() in _NICKNAMES:
            hint = f"write {quoted(_NICKNAMES[stripped.lower()])}"
        raise CronError(values.CRON_NICKNAME, f"cron nickname {quoted(stripped)} is not supported", hint)
    fields = _FIELD.findall(text)
    if len(fields) != len(FIELDS):
        number = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        message = f"cron {quoted(text)} has {number} instead of 5"
        raise CronError(values.CRON_FIELDS, message, _field_count_hint(fields))
    return fields


def _not_ascii(text: str) -> CronError:
    if not _CURLY_QUOTES.isdisjoint(text):
        return CronError(values.CRON_NOT_ASCII, f"cron {quoted(text)} contains curly quotes", "use straight quotes")
    wrong = next(field for field in _FIELD.finditer(text) if not field[0].isascii())
    character = next(character for character in wrong[0] if not character.isascii())
    message = f"cron {quoted(text)} contains the non-ASCII character {quoted(character)}"
    return CronError(values.CRON_NOT_ASCII, message, "use ASCII spaces, digits, commas and hyphens", wrong.span())


def _field_count_hint(fields: list[str]) -> str:
    if " #" in " ".join(["", *fields]):
        return "move the comment after the closing quote"
    if ",," in ",".join(["", *fields, ""]):
        return "write lists without spaces, such as 9,17"
    hint = f"write {_FIELD_ORDER}, such as {quoted('0 9 * * 1')}"
    if len(fields) in {6, 7}:
        hint += "; seconds and years are not supported"
    return hint


def _both_days(cron: Cron, now: datetime | None) -> CronProblem:
    _, _, day, _, weekday = cron.text.split()
    spans = _spans(cron.text)
    problem = CronProblem(
        code=values.CRON_BOTH_DAYS,
        message=f"day of month {quoted(day)} and day of week {quoted(weekday)} are both restricted",
        hint="write * for one of them",
        span=(spans[2][0], spans[4][1]),
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
    for ahead in range(int(over), _YEARS_SEARCHED * 366):
        day = now.date() + timedelta(days=ahead)
        if day.month in cron.months and matches((day.day in cron.days, day.isoweekday() % 7 in cron.weekdays)):
            found.append(f"{day:%a} {day.isoformat()}")
            if len(found) == 3:  # noqa: PLR2004 - three dates show the pattern
                break
    return ", ".join(found) or f"never in the next {_YEARS_SEARCHED} years"
