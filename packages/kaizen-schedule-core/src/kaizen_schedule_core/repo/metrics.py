"""Execution metrics: what became of an agent's runs (ADR-004). `executions.jsonl` is the truth."""

import heapq
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kaizen_schedule_core.codes import reading, shape
from kaizen_schedule_core.diagnostics import Diagnostic, Note, Span, diagnose, has_errors, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import KIB, read_lines, too_large
from kaizen_schedule_core.repo.paths import metrics_path
from kaizen_schedule_core.source.text import decode

Trend = Literal["up", "down", "stable", "unknown"]

METRICS_LINE_LIMIT = 64 * KIB
_TIMESTAMP = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_WINDOW = 5
_ENOUGH = 3
_STABLE_UNDER = 0.05
_DECIMALS = 4
_PROBLEMS_TOLD = 10


def _a_moment(timestamp: str) -> str:
    try:
        if re.fullmatch(_TIMESTAMP, timestamp):
            datetime.fromisoformat(timestamp)  # raises for a day or an hour that does not exist
            return timestamp
    except ValueError:
        pass
    raise ValueError(f"{quoted(timestamp)} is no moment: write UTC like 2026-01-31T09:30:00Z")


class ExecutionRecord(BaseModel):
    """One run of an agent. `timestamp` is UTC, `execution_time_s` seconds, `quality_score` 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False, defer_build=True)

    timestamp: Annotated[str, AfterValidator(_a_moment)]
    agent: str
    success: bool
    session_id: str | None = None
    execution_time_s: Annotated[float, Field(ge=0)] | None = None
    quality_score: Annotated[float, Field(ge=0, le=1)] | None = None
    primary_metric: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What the runs amount to: rates from 0 to 1, times in seconds, 4 decimals; None where nothing was measured."""

    execution_count: int
    success_rate: float | None
    avg_quality_score: float | None
    avg_execution_time_s: float | None
    last_execution: str | None
    trend: dict[str, Trend]


def no_metrics(root: str, agent: str) -> Diagnostic:
    """What to say to who asks for the metrics of an agent that never ran here."""
    file = os.path.join(root, metrics_path(agent))
    message = f"no run of agent {quoted(agent)} is recorded here yet"
    return diagnose(reading.ABSENT, message, file=file, hint="a session records its run when it closes")


def read_records(root: str, agent: str) -> Iterator[tuple[int, ExecutionRecord | Diagnostic]]:
    """Stream an agent's records with their line numbers; a line that is none comes as its diagnostic.

    Blank lines are passed over. Raises KaizenError: KZ101 to KZ106.
    """
    file = os.path.join(root, metrics_path(agent))
    for number, line, ended in read_lines(root, metrics_path(agent), line_limit=METRICS_LINE_LIMIT):
        if line is None and not ended:
            yield number, _torn(file, number)
        elif line is None:
            yield number, _at_line(too_large(f"line {number}", METRICS_LINE_LIMIT), file, number)
        elif line.strip():
            yield number, _read_line(line, file, number, agent, ended=ended)


def _read_line(line: bytes, file: str, number: int, agent: str, *, ended: bool) -> ExecutionRecord | Diagnostic:
    try:
        record = ExecutionRecord.model_validate_json(line)
    except ValidationError as error:
        return _wrong_line(line, error, file, number, ended=ended)
    if record.agent == agent:
        return record
    message = f"line {number} is a record of agent {quoted(record.agent)}, not of {quoted(agent)}"
    return diagnose(
        shape.METRICS_LINE, message, file=file, span=_line_span(number), hint="move it to that agent's file"
    )


def _wrong_line(line: bytes, error: ValidationError, file: str, number: int, *, ended: bool) -> Diagnostic:
    if not ended:
        return _torn(file, number)
    try:
        decode(line, file=file)
    except KaizenError as unreadable:
        return _at_line(unreadable.diagnostics[0], file, number)
    from kaizen_schedule_core.source.models.messages import first_message

    message = f"line {number} is not a record: {first_message(error)}"
    return diagnose(
        shape.METRICS_LINE,
        message,
        file=file,
        span=_line_span(number),
        hint="repair or delete the line",
        excerpt=line.decode(errors="replace"),
    )


def _torn(file: str, number: int) -> Diagnostic:
    message = f"line {number} is torn: a writer was killed before it was done"
    hint = "nothing to do; the next record moves it aside"
    return diagnose(shape.METRICS_TORN, message, file=file, span=_line_span(number), hint=hint)


def _at_line(problem: Diagnostic, file: str, number: int) -> Diagnostic:
    """A problem found inside one line, told with the line's number in the file."""
    column = problem.column or 1
    message = problem.message
    if not message.startswith("line "):
        message = f"{message} in line {number}"
    return replace(
        problem,
        message=message,
        file=file,
        line=number,
        column=column,
        end_line=number,
        end_column=problem.end_column or column,
        hint="repair or delete the line",
    )


def _line_span(number: int) -> Span:
    return Span(line=number, column=1, end_line=number, end_column=1)


@dataclass
class _Mean:
    """A mean in the making; fractions are exact, so that the order of the lines does not show and no sum overflows."""

    total: Fraction = Fraction(0)
    count: int = 0

    def add(self, value: float | None) -> None:
        if value is not None:
            self.total += Fraction(value)
            self.count += 1

    def value(self) -> float | None:
        return None if not self.count else round(float(self.total / self.count), _DECIMALS)


@dataclass
class _Tally:
    """A summary in the making: means, and the last ten records in order of (timestamp, line)."""

    successes: _Mean = field(default_factory=_Mean)
    qualities: _Mean = field(default_factory=_Mean)
    times: _Mean = field(default_factory=_Mean)
    latest: list[tuple[str, int, bool, float | None]] = field(default_factory=list)

    def add(self, number: int, record: ExecutionRecord) -> None:
        self.successes.add(record.success)
        self.qualities.add(record.quality_score)
        self.times.add(record.execution_time_s)
        heapq.heappush(self.latest, (record.timestamp, number, record.success, record.quality_score))
        if len(self.latest) > 2 * _WINDOW:
            heapq.heappop(self.latest)

    def summary(self) -> Summary:
        ordered = sorted(self.latest)
        last = ordered[-1][0] if ordered else None
        return Summary(
            execution_count=self.successes.count,
            success_rate=self.successes.value(),
            avg_quality_score=self.qualities.value(),
            avg_execution_time_s=self.times.value(),
            last_execution=last,
            trend={
                "success_rate": _trend([float(entry[2]) for entry in ordered]),
                "quality_score": _trend([entry[3] for entry in ordered]),
            },
        )


def _trend(values: list[float | None]) -> Trend:
    now = [value for value in values[-_WINDOW:] if value is not None]
    before = [value for value in values[-2 * _WINDOW : -_WINDOW] if value is not None]
    if len(now) < _ENOUGH or len(before) < _ENOUGH:
        return "unknown"
    difference = round(sum(now) / len(now) - sum(before) / len(before), 9)
    if abs(difference) < _STABLE_UNDER:
        return "stable"
    if difference > 0:
        return "up"
    return "down"


def latest_record(root: str, agent: str) -> ExecutionRecord | None:
    """The last record of an agent by its timestamp, then by its line, streaming; None when nothing was ever recorded.

    Raises KaizenError for a line that is no record (KZ241, KZ110 to KZ112), and KZ102 to KZ106.
    """
    latest: ExecutionRecord | None = None
    wrong: list[Diagnostic] = []
    try:
        for _, record in read_records(root, agent):
            if isinstance(record, Diagnostic):
                wrong.append(record)
            elif latest is None or record.timestamp >= latest.timestamp:
                latest = record
            if has_errors(wrong):
                break
    except Absent:
        pass
    if has_errors(wrong):
        raise KaizenError(wrong)
    return latest


def summarize(root: str, agent: str) -> tuple[Summary | None, tuple[Diagnostic, ...]]:
    """The summary of all records of an agent, streaming; None when nothing was ever recorded.

    A torn last line is a warning. Raises KaizenError for a line that is no record (KZ241, KZ110 to KZ112): a
    summary over part of the truth would look healthy (ADR-011); and KZ102 to KZ106.
    """
    summary, problems = tally_up(root, agent)
    if has_errors(problems):
        raise KaizenError(problems)
    if not summary.execution_count:
        return None, problems
    return summary, problems


def tally_up(root: str, agent: str) -> tuple[Summary, tuple[Diagnostic, ...]]:
    """The summary of the lines that are records, and what is wrong with the others. Raises KaizenError."""
    tally = _Tally()
    problems: list[Diagnostic] = []
    unsaid = 0
    try:
        for number, record in read_records(root, agent):
            if not isinstance(record, Diagnostic):
                tally.add(number, record)
            elif len(problems) < _PROBLEMS_TOLD:
                problems.append(record)
            else:
                unsaid += 1
    except Absent:
        pass
    if unsaid:
        note = Note(message=f"and {unsaid} more lines like it")
        problems[-1] = replace(problems[-1], notes=(*problems[-1].notes, note))
    return tally.summary(), tuple(problems)
