"""The portable cron dialect `portable-5`: what every engine reads alike, and a precise answer to all else."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from kaizen_schedule_core.codes import Code, meaning
from kaizen_schedule_core.diagnostics import did_you_mean, quoted

PORTABLE_DIALECT = "portable-5"


@dataclass(frozen=True, kw_only=True, slots=True)
class CronProblem:
    """Something to say about an expression: the code, what is wrong, what to write, and further facts."""

    code: Code
    message: str
    hint: str
    notes: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    name: str
    low: int
    high: int
    last: int
    names: tuple[str, ...] = ()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (
    _Field("minute", 0, 59, 59),
    _Field("hour", 0, 23, 23),
    _Field("day of month", 1, 31, 31),
    _Field("month", 1, 12, 12, _MONTHS),
    _Field("day of week", 0, 7, 6, _WEEKDAYS),
)
_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EXTENSION = r"[0-9]*[LW]|LW|L-[0-9]+|.*[#?].*|[A-Z]{3}L"
_NUMBER = re.compile(r"[0-9]{1,9}")
_BLANKS = re.compile(r"[ \t]+")
_LONGEST_MONTH = {month: calendar.monthrange(2024, month)[1] for month in range(1, 13)}  # a leap year
_SHORTEST_MONTH = 28
_READING_YEARS = 12
_LONGEST = 1000
_LISTED = 8
_CURLY = frozenset("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f")


class _Refused(Exception):
    def __init__(self, code: Code, message: str, hint: str) -> None:
        super().__init__(message)
        self.problem = CronProblem(code=code, message=message, hint=hint)


@lru_cache(maxsize=4096)
def parse_cron(text: str, *, today: date | None = None) -> Cron | CronProblem:
    """Read a cron expression of the portable dialect.

    With `today`, an expression that restricts both day fields is answered with the next dates of both readings.
    """
    try:
        fields = _split(text)
        parsed = [_parse_field(part, field) for part, field in zip(fields, _FIELDS, strict=True)]
    except _Refused as refused:
        return refused.problem
    (minutes, _), (hours, _), (days, _), (months, _), (weekdays, _) = parsed
    if days[0] > _SHORTEST_MONTH and not any(days[0] <= _LONGEST_MONTH[month] for month in months):
        return CronProblem(
            code=meaning.CRON_NEVER,
            message=f"cron {quoted(text)} never fires: no such date exists",
            hint=f"the longest of these months ends on {max(_LONGEST_MONTH[month] for month in months)}",
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
        return _both_days(cron, fields, today)
    return cron


def _split(text: str) -> list[str]:
    if len(text) > _LONGEST:
        raise _Refused(meaning.CRON_TOKEN, f"cron of {len(text)} characters", f"{_LONGEST} characters are enough")
    if not _CURLY.isdisjoint(text):
        raise _Refused(meaning.CRON_NOT_ASCII, f"cron {quoted(text)} holds curly quotes", "type straight quotes")
    if not text.isascii():
        odd = next(char for char in text if not char.isascii())
        message = f"cron {quoted(text)} holds {quoted(odd)}, which is not ASCII"
        raise _Refused(meaning.CRON_NOT_ASCII, message, "write it with plain digits, commas and hyphens")
    stripped = text.strip(" \t")
    fields = _BLANKS.split(stripped) if stripped else []
    first = fields[0] if fields else ""
    if first.upper().startswith(("TZ=", "CRON_TZ=")):
        raise _Refused(
            meaning.CRON_ZONE,
            "a time zone inside the cron",
            "put the zone into timezone: and leave five fields here",
        )
    if first.startswith("@"):
        instead = _NICKNAMES.get(stripped.lower())
        hint = f"write {quoted(instead)}" if instead else "write five fields: minute hour day month weekday"
        raise _Refused(meaning.CRON_NICKNAME, f"nickname {quoted(stripped)} instead of five fields", hint)
    if len(fields) != len(_FIELDS):
        extra = {6: "; seconds and years are not part of it", 7: "; seconds and years are not part of it"}
        raise _Refused(
            meaning.CRON_FIELDS,
            f"cron {quoted(text)} has {len(fields)} field{'' if len(fields) == 1 else 's'} instead of 5",
            f"write minute hour day month weekday{extra.get(len(fields), '')}",
        )
    return fields


@lru_cache(maxsize=4096)
def _parse_field(text: str, field: _Field) -> tuple[tuple[int, ...], tuple[CronProblem, ...]]:
    """The values of a field, and what is to be said about it; the same few fields come in most crons."""
    if text == "*":
        return tuple(range(field.low, field.last + 1)), ()
    found: set[int] = set()
    remarks: list[CronProblem] = []
    for part in text.split(","):
        found.update(_parse_part(part, field, remarks))
    if field.names is _WEEKDAYS:
        found = {weekday % 7 for weekday in found}
    return tuple(sorted(found)), tuple(remarks)


def _parse_part(part: str, field: _Field, remarks: list[CronProblem]) -> range:
    if not part.isdigit() and re.fullmatch(_EXTENSION, part, re.IGNORECASE):
        message = f"{quoted(part)} in the {field.name} is an extension"
        raise _Refused(meaning.CRON_EXTENSION, message, _instead_of_extension(part, field))
    if part[:1] in {"", "-", "/"} or part.endswith("-"):
        message = (
            f"a number is missing in {quoted(part)}, {field.name}" if part else f"an empty place in the {field.name}"
        )
        raise _Refused(meaning.CRON_TOKEN, message, f"write numbers from {field.low} to {field.high}")
    span, slash, step_text = part.partition("/")
    if span == "*":
        low, high = field.low, field.last
    elif "-" in span:
        low, high = _parse_range(span, field)
    else:
        low = high = _value(span, field)
        if slash:
            hint = f"write {low}-{field.last}/{step_text}"
            raise _Refused(meaning.CRON_STEP, f"the step in {quoted(part)} has no range to walk over", hint)
    step = 1 if not slash else int(step_text) if _NUMBER.fullmatch(step_text) else 0
    if step < 1 or (step > 1 and step > high - low):
        hint = f"write a step from 1 to {high - low}" if high > low else f"write {low}"
        raise _Refused(
            meaning.CRON_STEP, f"step {quoted(step_text)} in the {field.name} does not fit {low}-{high}", hint
        )
    if step > 1:
        remarks.extend(_uneven(part, field, range(low, high + 1, step)))
    elif field.names is _WEEKDAYS and (low, high) == (1, 7):
        remarks.append(_without_sunday(part))
        return range(1, 7)
    return range(low, high + 1, step)


def _uneven(part: str, field: _Field, values: range) -> Iterator[CronProblem]:
    """Say it when the last stretch of a step is shorter: before the field begins anew, or before the range ends."""
    whole = (values.start, values.stop - 1) == (field.low, field.last)
    rest = (values.stop - values.start if whole else values.stop - 1 - values.start) % values.step
    if not rest:
        return
    seen = [str(value) for value in values]
    listed = ", ".join(seen if len(seen) <= _LISTED else [*seen[:2], "…", seen[-1]])
    size = field.last - field.low + 1
    even = [str(step) for step in range(2, size // 2 + 1) if size % step == 0]
    message = f"{quoted(part)} in the {field.name} is uneven: {listed}, then {field.low} again"
    hint = f"steps that divide {size} evenly: {', '.join(even)}" if even else "list the days that are meant"
    if not whole:
        message = f"{quoted(part)} in the {field.name} ends at {values[-1]}, not at {values.stop - 1}: {listed}"
        hint = f"write {values.start}-{values[-1]}/{values.step} if that is meant"
    yield CronProblem(code=meaning.CRON_UNEVEN, message=message, hint=hint)


def _without_sunday(part: str) -> CronProblem:
    return CronProblem(
        code=meaning.CRON_ONE_TO_SEVEN,
        message=f"{quoted(part)} in the day of week leaves out Sunday where it fires",
        hint="write * for every day, or 1-6 to leave out Sunday",
        notes=("a Temporal Schedule reads it as Monday to Saturday, Debian cron as every day",),
    )


def _instead_of_extension(part: str, field: _Field) -> str:
    if "?" in part:
        return "write *"
    if "#" in part:
        return f"write {part.partition('#')[0]}, and let the agent look whether it is the right week"
    number = _NUMBER.match(part)
    if number:
        return f"write {number[0]}"
    return "write 28, the last day that every month has" if field.name == "day of month" else "write plain numbers"


def _parse_range(span: str, field: _Field) -> tuple[int, int]:
    first, _, second = span.partition("-")
    low, high = _value(first, field), _value(second, field)
    if low > high:
        wraps = field.names is _WEEKDAYS and high == 0
        hint = f"write {low}-7" if wraps else f"write {_span(low, field.last)},{_span(field.low, high)}"
        raise _Refused(meaning.CRON_REVERSED, f"reversed range {quoted(span)} in the {field.name}", hint)
    return low, high


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"


def _value(text: str, field: _Field) -> int:
    if _NUMBER.fullmatch(text):
        value = int(text)
        if field.low <= value <= field.high:
            return value
        raise _Refused(
            meaning.CRON_RANGE,
            f"{field.name} {value} is out of range",
            f"write a number from {field.low} to {field.high}",
        )
    if text.lower() in field.names:
        return field.names.index(text.lower()) + field.low
    hint = did_you_mean(text[:3], field.names) if field.names and text else None
    expected = f"a number from {field.low} to {field.high}" + (
        f" or {field.names[0]}-{field.names[-1]}" if field.names else ""
    )
    raise _Refused(meaning.CRON_TOKEN, f"{quoted(text)} is no {field.name}", hint or f"write {expected}")


def _both_days(cron: Cron, fields: list[str], today: date | None) -> CronProblem:
    notes: list[str] = []
    if today is not None:
        either = _next_dates(cron, today, lambda day, weekday: day or weekday)
        both = _next_dates(cron, today, lambda day, weekday: day and weekday)
        notes = [f"Debian cron (either matches): {either}", f"Temporal (both match): {both}"]
    return CronProblem(
        code=meaning.CRON_BOTH_DAYS,
        message=f"day of month {quoted(fields[2])} and day of week {quoted(fields[4])} are both restricted",
        hint="write * for one of the two",
        notes=tuple(notes),
    )


def _next_dates(cron: Cron, today: date, matches: Callable[[bool, bool], bool]) -> str:
    found: list[str] = []
    for ahead in range(1, _READING_YEARS * 366):
        day = today + timedelta(days=ahead)
        if day.month in cron.months and matches(day.day in cron.days, day.isoweekday() % 7 in cron.weekdays):
            found.append(f"{day:%a} {day.isoformat()}")
            if len(found) == 3:  # noqa: PLR2004 - three dates show the pattern
                break
    return ", ".join(found) or f"never in the next {_READING_YEARS} years"
