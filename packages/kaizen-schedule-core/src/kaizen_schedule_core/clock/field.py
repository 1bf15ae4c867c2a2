"""One field of a cron in the portable dialect: its values, or a precise answer to what is none."""

import re
from collections.abc import Sequence
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
        values, more = _parse_part(part, field)
        found.update(values)
        remarks.extend(more)
    if field.names is _WEEKDAYS:
        found = {weekday % 7 for weekday in found}
    return tuple(sorted(found)), tuple(remarks)


def _parse_part(part: str, field: Field) -> tuple[range, Sequence[CronProblem]]:
    """Return the values of one part of a list, and the remarks on it."""
    if not part.isdigit() and _EXTENSION.fullmatch(part):
        message = f"{quoted(part)} in the {field.name} is an extension"
        raise Refused(meaning.CRON_EXTENSION, message, _instead_of_extension(part, field))
    if not part:
        raise _missing_number(f"an empty place in the {field.name}", field)
    if part[0] in "-/" or part.endswith("-"):
        raise _missing_number(f"a number is missing in the {field.name} {quoted(part)}", field)
    span, slash, step_text = part.partition("/")
    if span == "*":
        low, high = field.low, field.last
    elif "-" in span:
        low, high = _parse_range(span, field)
    else:
        low = high = _value(span, field)
    step = _step(part)
    if slash and span.isalnum():
        hint = f"write {_walk(low, step, field)}"
        raise Refused(meaning.CRON_STEP, f"the step in {quoted(part)} has no range to walk over", hint)
    if step < 1 or (step > 1 and step > high - low):
        hint = f"write {_span(low, high)}"
        if high - low > 1:
            hint = f"write a step from 1 to {high - low}"
        message = f"step {quoted(step_text)} in the {field.name} does not fit {low}-{high}"
        raise Refused(meaning.CRON_STEP, message, hint)
    if step > 1:
        values = range(low, high + 1, step)
        return values, _uneven(part, field, values)
    if field.names is _WEEKDAYS and (low, high) == (1, 7):
        return range(1, 7), [_without_sunday(part)]
    return range(low, high + 1), []


def _missing_number(message: str, field: Field) -> Refused:
    return Refused(meaning.CRON_TOKEN, message, f"write numbers from {field.low} to {field.high}")


def _step(part: str) -> int:
    _, slash, text = part.partition("/")
    if not slash:
        return 1
    if not _NUMBER.fullmatch(text):
        return 0
    return int(text)


def _uneven(part: str, field: Field, values: range) -> list[CronProblem]:
    """Return a remark if the last stretch of a step is shorter: before the field begins again, or the range ends."""
    last = values.stop - 1
    whole = (values.start, last) == (field.low, field.last)
    length = last - values.start
    if whole:
        length += 1
    if length % values.step == 0:
        return []
    seen = [str(value) for value in values]
    if len(seen) > _LISTED:
        seen = [*seen[:2], "…", seen[-1]]
    listed = ", ".join(seen)
    if not whole:
        message = f"{quoted(part)} in the {field.name} ends at {values[-1]}, not at {last}: {listed}"
        hint = f"write {values.start}-{values[-1]}/{values.step} if that is meant"
        return [CronProblem(code=meaning.CRON_UNEVEN, message=message, hint=hint)]
    message = f"{quoted(part)} in the {field.name} is uneven: {listed}, then {field.low} again"
    size = field.last - field.low + 1
    even = [str(step) for step in range(2, size // 2 + 1) if size % step == 0]
    hint = "list the days that are meant"
    if even:
        hint = f"steps that divide {size} evenly: {', '.join(even)}"
    return [CronProblem(code=meaning.CRON_UNEVEN, message=message, hint=hint)]


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
    weekday = _LAST_OF_MONTH.sub(r"\1", part)
    if "#" in part:
        weekday = part.partition("#")[0]
    if field.names is _WEEKDAYS and weekday != part:
        return f"write {weekday}, and let the agent look whether it is the right week"
    number = _NUMBER.match(part)
    if number:
        return f"write {number[0]}"
    if field.name == "day of month":
        return "write 28, the last day that every month has"
    return "write plain numbers"


def _parse_range(span: str, field: Field) -> tuple[int, int]:
    first, _, second = span.partition("-")
    low, high = _value(first, field), _value(second, field)
    if low > high:
        message = f"reversed range {quoted(span)} in the {field.name}"
        raise Refused(meaning.CRON_REVERSED, message, f"write {_wrapped(low, high, field)}")
    return low, high


def _wrapped(low: int, high: int, field: Field) -> str:
    if field.names is _WEEKDAYS and low == field.high:
        return _span(0, high)
    if field.names is _WEEKDAYS and (low, high) == (1, 0):
        return "*"
    if field.names is _WEEKDAYS and high == 0:
        return f"{low}-{field.high}"
    return f"{_span(low, field.last)},{_span(field.low, high)}"


def _walk(low: int, step: int, field: Field) -> str:
    last = max(range(low, field.last + 1, max(step, 1)), default=low)
    if step < 1 or last == low:
        return str(low)
    if low == field.low:
        return f"*/{step}"
    return f"{low}-{last}/{step}"


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
    hint = f"write a number from {field.low} to {field.high}"
    if field.names:
        hint += f" or a name from {field.names[0]} to {field.names[-1]}"
    near = did_you_mean(text[:3], field.names) if text.isalpha() else None
    raise Refused(meaning.CRON_TOKEN, f"{quoted(text)} is no {field.name}", near or hint)
