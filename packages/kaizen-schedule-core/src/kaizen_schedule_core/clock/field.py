"""One field of a cron in the portable dialect: its values, or a precise answer to what is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kaizen_schedule_core.codes import Code, meaning
from kaizen_schedule_core.diagnostics import did_you_mean, quoted


@dataclass(frozen=True, kw_only=True, slots=True)
class CronProblem:
    """Something to say about an expression: the code, what is wrong, what to write, and further facts."""

    code: Code
    message: str
    hint: str
    notes: tuple[str, ...] = ()


class Refused(Exception):
    """What ends the reading of an expression: the one problem that it is answered with."""

    def __init__(self, code: Code, message: str, hint: str) -> None:
        super().__init__(message)
        self.problem = CronProblem(code=code, message=message, hint=hint)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What may stand in a field: numbers from `low` to `high`; `last` is the greatest that `*` stands for."""

    name: str
    low: int
    high: int
    last: int
    names: tuple[str, ...] = ()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS = (
    Field("minute", 0, 59, 59),
    Field("hour", 0, 23, 23),
    Field("day of month", 1, 31, 31),
    Field("month", 1, 12, 12, _MONTHS),
    Field("day of week", 0, 7, 6, _WEEKDAYS),
)
_EXTENSION = re.compile(r"[0-9]*[LW]|LW|L-[0-9]+|.*[#?].*|[A-Z]{3}L", re.IGNORECASE)
_LAST_OF_MONTH = re.compile(r"([0-9]+|[A-Z]{3})L", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,9}")
_LISTED = 8


@lru_cache(maxsize=4096)
def parse_field(text: str, field: Field) -> tuple[tuple[int, ...], tuple[CronProblem, ...]]:
    """The values of a field, and what is to be said about it. Raises Refused.

    The answers are kept: the same few fields come in most crons.
    """
    if text == "*":
        return tuple(range(field.low, field.last + 1)), ()
    found: set[int] = set()
    remarks: list[CronProblem] = []
    for part in text.split(","):
        found.update(_parse_part(part, field, remarks))
    if field.names is _WEEKDAYS:
        found = {weekday % 7 for weekday in found}
    return tuple(sorted(found)), tuple(remarks)


def _parse_part(part: str, field: Field, remarks: list[CronProblem]) -> range:
    if not part.isdigit() and _EXTENSION.fullmatch(part):
        message = f"{quoted(part)} in the {field.name} is an extension"
        raise Refused(meaning.CRON_EXTENSION, message, _instead_of_extension(part, field))
    if part[:1] in {"", "-", "/"} or part.endswith("-"):
        message = (
            f"a number is missing in the {field.name} {quoted(part)}" if part else f"an empty place in the {field.name}"
        )
        raise Refused(meaning.CRON_TOKEN, message, f"write numbers from {field.low} to {field.high}")
    span, slash, step_text = part.partition("/")
    step = 1 if not slash else int(step_text) if _NUMBER.fullmatch(step_text) else 0
    if span == "*":
        low, high = field.low, field.last
    elif "-" in span:
        low, high = _parse_range(span, field)
    else:
        low = high = _value(span, field)
        if slash:
            hint = f"write {_walk(low, step, field)}"
            raise Refused(meaning.CRON_STEP, f"the step in {quoted(part)} has no range to walk over", hint)
    if step < 1 or (step > 1 and step > high - low):
        hint = f"write a step from 1 to {high - low}" if high - low > 1 else f"write {_span(low, high)}"
        raise Refused(
            meaning.CRON_STEP, f"step {quoted(step_text)} in the {field.name} does not fit {low}-{high}", hint
        )
    if step > 1:
        remarks.extend(_uneven(part, field, range(low, high + 1, step)))
    elif field.names is _WEEKDAYS and (low, high) == (1, 7):
        remarks.append(_without_sunday(part))
        return range(1, 7)
    return range(low, high + 1, step)


def _uneven(part: str, field: Field, values: range) -> Iterator[CronProblem]:
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


def _instead_of_extension(part: str, field: Field) -> str:
    if "?" in part:
        return "write *"
    weekday = part.partition("#")[0] if "#" in part else _LAST_OF_MONTH.sub(r"\1", part)
    if field.names is _WEEKDAYS and weekday != part:
        return f"write {weekday}, and let the agent look whether it is the right week"
    number = _NUMBER.match(part)
    if number:
        return f"write {number[0]}"
    return "write 28, the last day that every month has" if field.name == "day of month" else "write plain numbers"


def _parse_range(span: str, field: Field) -> tuple[int, int]:
    first, _, second = span.partition("-")
    low, high = _value(first, field), _value(second, field)
    if low > high:
        message = f"reversed range {quoted(span)} in the {field.name}"
        raise Refused(meaning.CRON_REVERSED, message, f"write {_wrapped(low, high, field)}")
    return low, high


def _wrapped(low: int, high: int, field: Field) -> str:
    """A reversed range in two parts, or in one that says the same; not 1-7, which engines read differently."""
    if field.names is _WEEKDAYS and low == field.high:
        return _span(0, high)
    if field.names is _WEEKDAYS and high == 0:
        return "*" if low == 1 else f"{low}-{field.high}"
    return f"{_span(low, field.last)},{_span(field.low, high)}"


def _walk(low: int, step: int, field: Field) -> str:
    """What a step on a single number means to the engines that read it: from there to the end of the field."""
    last = max(range(low, field.last + 1, max(step, 1)), default=low)
    if step < 1 or last == low:
        return str(low)
    return f"*/{step}" if low == field.low else f"{low}-{last}/{step}"


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"


def _value(text: str, field: Field) -> int:
    if _NUMBER.fullmatch(text):
        value = int(text)
        if field.low <= value <= field.high:
            return value
        raise Refused(
            meaning.CRON_RANGE,
            f"{field.name} {value} is out of range",
            f"write a number from {field.low} to {field.high}",
        )
    if text.lower() in field.names:
        return field.names.index(text.lower()) + field.low
    hint = did_you_mean(text[:3], field.names) if field.names and text.isalpha() else None
    expected = f"a number from {field.low} to {field.high}" + (
        f" or a name from {field.names[0]} to {field.names[-1]}" if field.names else ""
    )
    raise Refused(meaning.CRON_TOKEN, f"{quoted(text)} is no {field.name}", hint or f"write {expected}")
