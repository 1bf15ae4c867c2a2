"""Execution metrics of an agent's runs (ADR-004): the records are in `executions.jsonl`, everything else is derived."""

import heapq
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kaizen_schedule_core.codes import Code, reading, structure
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
_CHANGE = 0.05
_DECIMALS = 4
_REPAIR = "fix or delete the line"
_MOST_PROBLEMS = 10


def _check_timestamp(timestamp: str) -> str:
    try:
        if re.fullmatch(_TIMESTAMP, timestamp):
            datetime.fromisoformat(timestamp)  # raises for a date or time that does not exist
            return timestamp
    except ValueError:
        pass
    raise ValueError(f"{quoted(timestamp)} is not UTC in the form 2026-01-31T09:30:00Z")


class ExecutionRecord(BaseModel):
    """One run of an agent. `timestamp` is UTC, `execution_time_s` seconds, `quality_score` 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False, defer_build=True)

    timestamp: Annotated[str, AfterValidator(_check_timestamp)]
    agent: str
    success: bool
    session_id: str | None = None
    execution_time_s: Annotated[float, Field(ge=0)] | None = None
    quality_score: Annotated[float, Field(ge=0, le=1)] | None = None
    primary_metric: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """The summary of an agent's runs, as in summary.json: rates from 0 to 1, times in seconds, 4 decimals.

    A value is None if no record contains it.
    """

    execution_count: int
    success_rate: float | None
    avg_quality_score: float | None
    avg_execution_time_s: float | None
    last_execution: str | None
    trend: dict[str, Trend]

    def rows(self) -> list[tuple[str, str]]:
        """Return the names and values as text."""
        rows = []
        for name in ("execution_count", "success_rate", "avg_quality_score", "avg_execution_time_s", "last_execution"):
            value = getattr(self, name)
            if value is None:
                value = "not measured"
            rows.append((name, str(value)))
        rows += [(f"trend of {name}", trend) for name, trend in self.trend.items()]
        return rows


def no_metrics(root: str, agent: str) -> Diagnostic:
    """Return the diagnostic for an agent without a recorded run."""
    file = os.path.join(root, metrics_path(agent))
    message = f"no recorded runs of agent {quoted(agent)} in this repository"
    hint = "a session records its run at the end, with kaizen-agentic metrics record"
    return diagnose(reading.ABSENT, message, file=file, hint=hint)


def read_records(root: str, agent: str) -> Iterator[tuple[int, ExecutionRecord | Diagnostic]]:
    """Yield an agent's records, and the diagnostics of invalid lines, with their line numbers.

    Blank lines are skipped; without a file, there are no records. Raises KaizenError: KZ102 to KZ106.
    """
    file = os.path.join(root, metrics_path(agent))
    try:
        for number, line, ended in read_lines(root, metrics_path(agent), line_limit=METRICS_LINE_LIMIT):
            if line is None and ended:
                yield number, _at_line(too_large(f"line {number}", METRICS_LINE_LIMIT), file, number)
            elif line is None:
                yield number, _torn(file, number)
            elif line.strip():
                yield number, _read_line(line, file, number, agent, ended=ended)
    except Absent:
        return


def _read_line(line: bytes, file: str, number: int, agent: str, *, ended: bool) -> ExecutionRecord | Diagnostic:
    try:
        record = ExecutionRecord.model_validate_json(line)
    except ValidationError as error:
        if not ended:
            return _torn(file, number)
        return _wrong_line(line, error, file, number)
    if record.agent == agent:
        return record
    message = f"line {number} is a record of agent {quoted(record.agent)}, not of {quoted(agent)}"
    return _problem(structure.METRICS_LINE, message, file, number, hint="move it to that agent's file")


def _wrong_line(line: bytes, error: ValidationError, file: str, number: int) -> Diagnostic:
    try:
        decode(line, file=file)
    except KaizenError as unreadable:
        problem = unreadable.diagnostics[0]
        return _at_line(replace(problem, message=f"{problem.message} in line {number}"), file, number)
    from kaizen_schedule_core.source.models.messages import first_message

    message = f"metrics line {number} is invalid: {first_message(error)}"
    problem = _problem(structure.METRICS_LINE, message, file, number, hint=_REPAIR)
    return replace(problem, excerpt=line.decode(errors="replace"))


def _torn(file: str, number: int) -> Diagnostic:
    message = f"line {number} is incomplete: the write was interrupted"
    hint = "no action needed; the next record moves it to torn.jsonl"
    return _problem(structure.METRICS_TORN, message, file, number, hint=hint)


def _problem(code: Code, message: str, file: str, number: int, *, hint: str) -> Diagnostic:
    span = Span(line=number, column=1, end_line=number, end_column=1)
    return diagnose(code, message, file=file, span=span, hint=hint)


def _at_line(problem: Diagnostic, file: str, number: int) -> Diagnostic:
    """Return a problem of one line with its line number."""
    return replace(problem, file=file, line=number, end_line=number, hint=_REPAIR)


@dataclass
class _Mean:
    """An exact mean: it does not depend on the order of the lines and does not overflow."""

    count: int = 0
    numerators: Counter[int] = field(default_factory=Counter)  # by denominator: faster than a sum of fractions

    def add(self, value: float | None) -> None:
        if value is not None:
            numerator, denominator = value.as_integer_ratio()
            self.numerators[denominator] += numerator
            self.count += 1

    def rounded(self) -> float | None:
        if not self.count:
            return None
        total = sum(map(Fraction, self.numerators.values(), self.numerators.keys()))
        return round(float(total / self.count), _DECIMALS)


@dataclass
class _Tally:
    """The means, and the last ten records in order of (timestamp, line)."""

    successes: _Mean = field(default_factory=_Mean)
    qualities: _Mean = field(default_factory=_Mean)
    times: _Mean = field(default_factory=_Mean)
    latest: list[tuple[str, int, ExecutionRecord]] = field(default_factory=list)

    def add(self, number: int, record: ExecutionRecord) -> None:
        self.successes.add(record.success)
        self.qualities.add(record.quality_score)
        self.times.add(record.execution_time_s)
        heapq.heappush(self.latest, (record.timestamp, number, record))
        if len(self.latest) > 2 * _WINDOW:
            heapq.heappop(self.latest)

    def summary(self) -> Summary:
        records = [record for _, _, record in sorted(self.latest)]
        return Summary(
            execution_count=self.successes.count,
            success_rate=self.successes.rounded(),
            avg_quality_score=self.qualities.rounded(),
            avg_execution_time_s=self.times.rounded(),
            last_execution=records[-1].timestamp,
            trend={
                "success_rate": _trend([record.success for record in records]),
                "quality_score": _trend([record.quality_score for record in records]),
            },
        )


def _trend(values: Sequence[float | None]) -> Trend:
    """Compare the last five records with the five before them; records without the value are ignored."""
    now = _measured(values[-_WINDOW:])
    before = _measured(values[-2 * _WINDOW : -_WINDOW])
    if len(now) < _ENOUGH or len(before) < _ENOUGH:
        return "unknown"
    difference = round(sum(now) / len(now) - sum(before) / len(before), 9)
    if difference >= _CHANGE:
        return "up"
    if difference <= -_CHANGE:
        return "down"
    return "stable"


def _measured(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def latest_record(root: str, agent: str) -> ExecutionRecord | None:
    """Return the last record of an agent by timestamp, then by line, or None if there is none.

    Raises KaizenError: KZ241 and KZ110 to KZ112 for an invalid line, KZ102 to KZ106.
    """
    latest: ExecutionRecord | None = None
    for _, record in read_records(root, agent):
        if isinstance(record, Diagnostic):
            if record.severity == "error":
                raise KaizenError(record)
        elif latest is None or record.timestamp >= latest.timestamp:
            latest = record
    return latest


def summarize(root: str, agent: str) -> tuple[Summary | None, tuple[Diagnostic, ...]]:
    """Return the summary of all records of an agent, or None if there are none.

    An incomplete last line is a warning. Raises KaizenError: KZ241 and KZ110 to KZ112 for an invalid line, because
    the summary of the other records could hide failures (ADR-011); KZ102 to KZ106.
    """
    summary, problems = tally_up(root, agent)
    if has_errors(problems):
        raise KaizenError(problems)
    return summary, problems


def tally_up(root: str, agent: str) -> tuple[Summary | None, tuple[Diagnostic, ...]]:
    """Return the summary of the valid records, and the problems of the other lines. Raises KaizenError."""
    tally = _Tally()
    problems: list[Diagnostic] = []
    more = 0
    for number, record in read_records(root, agent):
        if not isinstance(record, Diagnostic):
            tally.add(number, record)
        elif len(problems) < _MOST_PROBLEMS:
            problems.append(record)
        else:
            more += 1
    if more:
        note = Note(message=f"invalid lines not shown: {more}")
        problems[-1] = replace(problems[-1], notes=(*problems[-1].notes, note))
    if not tally.latest:
        return None, tuple(problems)
    return tally.summary(), tuple(problems)
