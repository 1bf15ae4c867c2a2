"""The fields of a portable cron: their values, or an error."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kaizen_schedule_core.codes import Code, values
from kaizen_schedule_core.diagnostics import quoted, suggest


@dataclass(frozen=True, kw_only=True, slots=True)
class CronProblem:
    """An error in a cron expression, or a warning or note on it: the code, what is wrong, and what to write.

    `span` is the start and end index of the wrong fields, or None if the whole expression is wrong.
    """

    code: Code
    message: str
    hint: str
    notes: tuple[str, ...] = ()
    span: tuple[int, int] | None = None


class CronError(Exception):
    """The first error in an expression; it ends the parsing."""

    def __init__(self, code: Code, message: str, hint: str, span: tuple[int, int] | None = None) -> None:
        super().__init__(message)
        self.problem = CronProblem(code=code, message=message, hint=hint, span=span)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The allowed values of a field: numbers from `low` to `high`; `*` includes those up to `last`.

    `name` is the word for a value, `label` the name of the field.
    """

    name: str
    label: str
    low: int
    high: int
    last: int
    names: tuple[str, ...] = ()


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FULL_NAMES: dict[tuple[str, ...], Sequence[str]] = {_MONTHS: calendar.month_name[1:], _WEEKDAYS: calendar.day_name[:]}
_SIMILAR = 0.65  # two of three letters are right
FIELDS = (
    Field("minute", "minute field", 0, 59, 59),
    Field("hour", "hour field", 0, 23, 23),
    Field("day of month", "day-of-month field", 1, 31, 31),
    Field("month", "month field", 1, 12, 12, _MONTHS),
    Field("weekday", "day-of-week field", 0, 7, 6, _WEEKDAYS),
)
_EXTENSION = re.compile(r"[0-9]*[LW]|LW|L-[0-9]+|.*[#?].*|[A-Z]{3}L", re.IGNORECASE)
_LAST_OF_MONTH = re.compile(r"([0-9]+|[A-Z]{3})L", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,9}")
_LISTED = 8


@lru_cache(maxsize=4096)
def parse_field(text: str, field: Field) -> tuple[tuple[int, ...], tuple[CronProblem, ...]]:
    """Return the values of a field, and remarks on them. Raises CronError."""
    if text == "*":
        return tuple(range(field.low, field.last + 1)), ()
    found: set[int] = set()
    remarks: list[CronProblem] = []
    for part in text.split(","):
        numbers, remark = _parse_part(part, field)
        found.update(numbers)
        if remark is not None:
            remarks.append(remark)
    if field.names is _WEEKDAYS:
        found = {weekday % 7 for weekday in found}
    return tuple(sorted(found)), tuple(remarks)


def _parse_part(part: str, field: Field) -> tuple[range, CronProblem | None]:
    """Return the values of one part of a list, and a remark on them or None. Raises CronError."""
    if not part.isdigit() and _EXTENSION.fullmatch(part):
        message = f"unsupported cron extension {quoted(part)} in the {field.label}"
        raise CronError(values.CRON_EXTENSION, message, _instead_of_extension(part, field))
    if not part or part[0] in "-/" or part[-1] == "-":
        message = f"missing number in {quoted(part)} in the {field.label}"
        if not part:
            message = f"empty list item in the {field.label}"
        raise CronError(values.CRON_TOKEN, message, f"write numbers from {field.low} to {field.high}")
    low, high = _parse_span(part.partition("/")[0], field)
    step = _parse_step(part, low, high, field)
    numbers = range(low, high + 1, step)
    if step > 1:
        return numbers, _uneven(part, field, numbers)
    if field.names is _WEEKDAYS and (low, high) == (1, 7):
        return range(1, 7), CronProblem(
            code=values.CRON_ONE_TO_SEVEN,
            message=f"{quoted(part)} in the {field.label} does not fire on Sunday",
            hint="write * for every day, or 1-6 for Monday to Saturday",
            notes=("a Temporal Schedule reads it as Monday to Saturday, Debian cron as every day",),
        )
    return numbers, None


def _parse_span(span: str, field: Field) -> tuple[int, int]:
    """Return the first and the last value of `*`, of a range or of one value. Raises CronError."""
    if span == "*":
        return field.low, field.last
    first, hyphen, second = span.partition("-")
    low = high = _parse_value(first, field)
    if hyphen:
        high = _parse_value(second, field)
    if low > high:
        message = f"reversed range {quoted(span)} in the {field.label}"
        raise CronError(values.CRON_REVERSED, message, f"write {_wrapped(low, high, field)}")
    return low, high


def _parse_step(part: str, low: int, high: int, field: Field) -> int:
    """Return the step of a part, 1 if it has none. Raises CronError."""
    span, slash, text = part.partition("/")
    if not slash:
        return 1
    step = int(text) if _NUMBER.fullmatch(text) else 0
    if span.isalnum():
        hint = f"write {_to_end(low, step, field)}"
        raise CronError(values.CRON_STEP, f"the step in {quoted(part)} does not follow * or a range", hint)
    if not 1 <= step <= max(high - low, 1):
        hint = f"write {_span(low, high)}"
        if high - low > 1:
            hint = f"write a step from 1 to {high - low}"
        message = f"invalid step {quoted(text)} for the range {low}-{high} in the {field.label}"
        raise CronError(values.CRON_STEP, message, hint)
    return step


def _parse_value(text: str, field: Field) -> int:
    if text.lower() in field.names:
        return field.names.index(text.lower()) + field.low
    hint = f"write a number from {field.low} to {field.high}"
    if _NUMBER.fullmatch(text):
        if not field.low <= int(text) <= field.high:
            raise CronError(values.CRON_RANGE, f"{field.name} {int(text)} is out of range", hint)
        return int(text)
    if not field.names:
        raise CronError(values.CRON_TOKEN, f"invalid {field.name} {quoted(text)}", hint)
    near = _near_name(text, field)
    if near is not None:
        hint = f"did you mean {quoted(near)}?"
    elif text.lower() in _WEEKDAYS:
        hint = "write weekdays in the last of the five fields"
    else:
        hint += f" or a name from {field.names[0]} to {field.names[-1]}"
    raise CronError(values.CRON_TOKEN, f"unknown {field.name} {quoted(text)}", hint)


def _near_name(text: str, field: Field) -> str | None:
    """Return the three letters of a full or misspelled name: `mon` for Monday and MODAY."""
    if not text.isalpha() or text.lower() in _MONTHS + _WEEKDAYS:  # a name of the other field has no spelling mistake
        return None
    near = suggest(text, _FULL_NAMES[field.names], cutoff=_SIMILAR) or suggest(text, field.names, cutoff=_SIMILAR)
    return near and near[:3].lower()


def _uneven(part: str, field: Field, numbers: range) -> CronProblem | None:
    """Return a remark if the last interval of a step is shorter than the others, or None."""
    last = numbers.stop - 1
    whole = (numbers.start, last) == (field.low, field.last)
    # From the last value of the whole field to its first is one more.
    length = last - numbers.start + int(whole)
    if length % numbers.step == 0:
        return None
    seen = list(map(str, numbers))
    if len(seen) > _LISTED:
        seen[2:-1] = ["…"]
    message = f"{quoted(part)} in the {field.label} ends at {numbers[-1]}, not at {last}: {', '.join(seen)}"
    hint = f"write {numbers.start}-{numbers[-1]}/{numbers.step} if this is intended"
    if whole:
        message = f"uneven step {quoted(part)} in the {field.label}: {', '.join(seen)}, then {field.low} again"
        even = [str(step) for step in range(2, length // 2 + 1) if length % step == 0]
        hint = f"use a step that divides {length}: {', '.join(even)}" if even else "list the intended days"
    return CronProblem(code=values.CRON_UNEVEN, message=message, hint=hint)


def _instead_of_extension(part: str, field: Field) -> str:
    if "?" in part:
        return "write *"
    value = _LAST_OF_MONTH.sub(r"\1", part.partition("#")[0])
    number = _NUMBER.match(part)
    if field.names is _WEEKDAYS and _is_value(value, field):
        return f"write {value}, and let the agent check the week"
    if number and _is_value(number[0], field):
        return f"write {number[0]}"
    if field.name == "day of month":
        return "write 28, which every month has"
    return f"write a number from {field.low} to {field.high}"


def _is_value(text: str, field: Field) -> bool:
    try:
        _parse_value(text, field)
    except CronError:
        return False
    return True


def _wrapped(low: int, high: int, field: Field) -> str:
    """Return a reversed range as one or two ranges, never as 1-7, which engines read differently."""
    if field.names is _WEEKDAYS and low == field.high:
        return _span(0, high)
    if field.names is _WEEKDAYS and (low, high) == (1, 0):
        return "*"
    if field.names is _WEEKDAYS and high == 0:
        return f"{low}-{field.high}"
    return f"{_span(low, field.last)},{_span(field.low, high)}"


def _to_end(low: int, step: int, field: Field) -> str:
    """Return the equivalent of a step on one number: from there to the end of the field."""
    last = max(range(low, field.last + 1, max(step, 1)), default=low)
    if step < 1 or last == low:
        return str(low)
    return f"*/{step}" if low == field.low else f"{low}-{last}/{step}"


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
