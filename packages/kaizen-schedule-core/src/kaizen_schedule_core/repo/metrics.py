"""Execution metrics of an agent's runs (ADR-004): the records are in `executions.jsonl`, everything else is derived."""

import heapq
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kaizen_schedule_core.codes import Code, reading, structure
from kaizen_schedule_core.diagnostics import Diagnostic, Note, Span, diagnose, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import KIB, count_lines, read_lines, read_lines_backwards, too_large
from kaizen_schedule_core.repo.paths import metrics_path
from kaizen_schedule_core.source.strict_json import InvalidJson, has_surrogate, parse_json
from kaizen_schedule_core.source.text import decode

Trend = Literal["up", "down", "stable", "unknown"]

METRICS_LINE_LIMIT = 64 * KIB
CLOCK_SKEW = timedelta(minutes=5)
"""How much later than `now` a record can be dated, because clocks differ."""

_TIMESTAMP = re.compile(
    "([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:)([0-9]{2})(?:[.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_IN_UTC = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_FIRST_YEAR = 1970
_LEAP_SECOND = "60"
_WINDOW = 5
_ENOUGH = 3
_CHANGE = 0.05
_DECIMALS = 4
_REPAIR = "fix or delete the line"
_MOST_PROBLEMS = 10
_LATEST = 20
_UNREASONABLE = 1e15  # a larger cost or number of tokens is ignored


def _as_utc(timestamp: str) -> str:
    """Return an RFC 3339 time as UTC in whole seconds. Raises ValueError with a hint."""
    try:
        # First as records are written.
        if _IN_UTC.fullmatch(timestamp) and datetime.fromisoformat(timestamp).year >= _FIRST_YEAR:
            return timestamp
        match = _TIMESTAMP.fullmatch(timestamp)
        if match and int(timestamp[:4]) > _FIRST_YEAR:  # so that it is one in UTC too
            date, minute, second, offset = match.groups()
            if second == _LEAP_SECOND:  # datetime has no leap seconds
                second = "59"
            utc = datetime.fromisoformat(f"{date}T{minute}{second}{offset.upper()}").astimezone(UTC)
            return utc.replace(tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError):
        pass  # a date or time that does not exist
    raise ValueError(f"{quoted(timestamp)} is not a time in the form 2026-01-31T09:30:00Z")


class ExecutionRecord(BaseModel):
    """One run of an agent. `execution_time_s` is in seconds, `quality_score` from 0 to 1.

    `timestamp` is any RFC 3339 time; it is kept as UTC in whole seconds, such as 2026-01-31T09:30:00Z.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        strict=True,
        allow_inf_nan=False,
        ser_json_inf_nan="constants",  # so that reading them back fails; the default writes null
        defer_build=True,
    )

    timestamp: Annotated[str, AfterValidator(_as_utc)]
    agent: str
    success: bool
    session_id: str | None = None
    execution_time_s: Annotated[float, Field(ge=0)] | None = None
    quality_score: Annotated[float, Field(ge=0, le=1)] | None = None
    primary_metric: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None

    @property
    def time(self) -> datetime:
        """The timestamp as a time in UTC."""
        return datetime.fromisoformat(self.timestamp)

    @property
    def cost_usd(self) -> float | None:
        """The cost in US dollars, if `metadata` contains it as `cost_usd`."""
        return self._number("cost_usd")

    @property
    def tokens(self) -> tuple[float | None, float | None]:
        """The input and output tokens, if `metadata` contains them under OpenTelemetry's names."""
        return self._number("gen_ai.usage.input_tokens"), self._number("gen_ai.usage.output_tokens")

    def _number(self, name: str) -> float | None:
        value = (self.metadata or {}).get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _UNREASONABLE:
            return value
        return None


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """The total cost in US dollars and the total tokens of an agent's runs; None if no record contains it."""

    cost_usd: float | None
    input_tokens: int | None
    output_tokens: int | None

    def recorded(self) -> dict[str, float]:
        """Return the totals that are not None, by name."""
        totals = {"cost_usd": self.cost_usd, "input_tokens": self.input_tokens, "output_tokens": self.output_tokens}
        return {name: total for name, total in totals.items() if total is not None}


def no_metrics(root: str, agent: str) -> Diagnostic:
    """Return the diagnostic for an agent without a recorded run."""
    file = os.path.join(root, metrics_path(agent))
    message = f"no recorded runs of agent {quoted(agent)} in this repository"
    hint = "a session records its run at the end, with kaizen-agentic metrics record"
    return diagnose(reading.ABSENT, message, file=file, hint=hint)


def read_records(
    root: str, agent: str, *, now: datetime | None = None
) -> Iterator[tuple[int, ExecutionRecord | Diagnostic]]:
    """Yield an agent's records, and warnings for lines that are left out (ADR-021), with their line numbers.

    A line is left out if it is not a valid record, or is dated more than five minutes after `now`. Blank lines, and
    all but the first record of a session, are skipped. Without a file, there are no records. Raises KaizenError:
    KZ102 to KZ106.
    """
    file = os.path.join(root, metrics_path(agent))
    latest = _latest_timestamp(now)
    sessions: set[str] = set()
    try:
        for number, line, ended in read_lines(root, metrics_path(agent), line_limit=METRICS_LINE_LIMIT):
            if line is not None and not line.strip():
                continue
            found = read_line(line, file, number, agent, ended=ended, latest=latest)
            if isinstance(found, ExecutionRecord) and found.session_id is not None:
                if found.session_id in sessions:
                    continue
                sessions.add(found.session_id)
            yield number, found
    except Absent:
        return


@lru_cache(maxsize=8)  # the same for all agents of a fleet
def _latest_timestamp(now: datetime | None) -> str:
    """Return the last timestamp that counts; timestamps sort as text."""
    if now is None:
        return "9999-12-31T23:59:59Z"
    return _as_utc((now + CLOCK_SKEW).isoformat())


def read_line(
    line: bytes | None, file: str, number: int, agent: str, *, ended: bool, latest: str
) -> ExecutionRecord | Diagnostic:
    """Return the record of a line, or why it is left out; a line that is too long is None."""
    if line is None and ended:
        return _at_line(too_large(f"line {number}", METRICS_LINE_LIMIT), file, number)
    if line is None:
        return _torn(file, number)
    try:
        record = parse_record(line)
    except ValueError as error:
        if not ended:
            return _torn(file, number)
        return _wrong_line(line, error, file, number)
    if record.agent != agent:
        message = f"line {number} is a record of agent {quoted(record.agent)}, not of {quoted(agent)}"
        return _problem(structure.METRICS_LINE, message, file, number, hint="move it to that agent's file")
    if record.timestamp > latest:
        message = f"metrics line {number} is dated {record.timestamp}, which is in the future"
        return _problem(structure.METRICS_LINE, message, file, number, hint="check the clock of its runner")
    return record


def parse_record(line: bytes) -> ExecutionRecord:
    """Return the record of a line. Raises ValueError: UnicodeDecodeError, InvalidJson or ValidationError."""
    value = parse_json(line.decode("utf-8-sig"))
    if b"\\u" in line and has_surrogate(value):
        raise InvalidJson("a string contains half of a surrogate pair")
    return ExecutionRecord.model_validate(value)


def _wrong_line(line: bytes, error: ValueError, file: str, number: int) -> Diagnostic:
    try:
        decode(line, file=file)
    except KaizenError as unreadable:
        problem = unreadable.diagnostics[0]
        return _at_line(replace(problem, message=f"{problem.message} in line {number}"), file, number)
    message = f"metrics line {number} is invalid: {reason_of(error)}"
    problem = _problem(structure.METRICS_LINE, message, file, number, hint=_REPAIR)
    return replace(problem, excerpt=line.decode(errors="replace"))


def reason_of(error: ValueError) -> str:
    """Return why a text is not a record."""
    if isinstance(error, ValidationError):
        from kaizen_schedule_core.source.models.messages import first_message

        return first_message(error)
    if isinstance(error, InvalidJson) and not error.is_json:
        return f"not valid JSON ({error})"
    if isinstance(error, InvalidJson) and error.key is not None:
        return f"{error} {quoted(error.key)}"
    return str(error)


def _torn(file: str, number: int) -> Diagnostic:
    message = f"line {number} is incomplete: the write was interrupted"
    hint = "no action needed; the next record moves it to torn.jsonl"
    return _problem(structure.METRICS_TORN, message, file, number, hint=hint)


def _problem(code: Code, message: str, file: str, number: int, *, hint: str) -> Diagnostic:
    span = Span(line=number, column=1, end_line=number, end_column=1)
    return diagnose(code, message, file=file, span=span, hint=hint)


def _at_line(problem: Diagnostic, file: str, number: int) -> Diagnostic:
    """Return a problem of one line with its line number, as a warning."""
    return replace(problem, severity="warning", file=file, line=number, end_line=number, hint=_REPAIR)


@dataclass(frozen=True, kw_only=True, slots=True)
class Latest:
    """The last record of an agent, if any, the records that were read, and the lines that were left out.

    `records` are in the order of the file, and only the first of each session.
    """

    record: ExecutionRecord | None
    records: tuple[ExecutionRecord, ...] = ()
    skipped: int
    problems: tuple[Diagnostic, ...]


def read_latest(
    root: str,
    agent: str,
    *,
    now: datetime | None = None,
    present: datetime | None = None,
    since: datetime | None = None,
) -> Latest:
    """Return the last record of an agent by timestamp, then by line, among the last 20 records of the file (ADR-021).

    Lines are left out as in `read_records`. With `since`, the file is read until 20 records are older than that. If
    `now` is a time in the past, records between it and the `present` are ignored. Raises KaizenError: KZ102 to KZ106.
    """
    relative = metrics_path(agent)
    file = os.path.join(root, relative)
    if _is_missing(file):
        return Latest(record=None, skipped=0, problems=())
    latest = _latest_timestamp(now)
    latest_of_all = latest if present is None else max(latest, _latest_timestamp(present))
    first = latest_of_all if since is None else _as_utc(since.isoformat())
    records: list[ExecutionRecord] = []
    older = 0
    tally = Tally()
    try:
        for start, line, ended in read_lines_backwards(root, relative, line_limit=METRICS_LINE_LIMIT):
            if line is not None and not line.strip():
                continue
            found = read_line(line, file, 0, agent, ended=ended, latest=latest_of_all)
            if isinstance(found, ExecutionRecord):
                if found.timestamp <= latest:
                    records.append(found)
                    older += found.timestamp <= first
                if older == _LATEST:
                    break
                continue
            if tally.skipped < _MOST_PROBLEMS:
                number = count_lines(root, relative, until=start) + 1
                found = read_line(line, file, number, agent, ended=ended, latest=latest_of_all)
            tally.add(0, found)
    except Absent:
        pass
    tally.first_problems.sort(key=lambda problem: problem.line or 0)
    ordered = _first_of_sessions(records)
    return Latest(record=_last(ordered), records=tuple(ordered), skipped=tally.skipped, problems=tally.problems())


def _is_missing(file: str) -> bool:
    """Check whether a file is missing: faster than opening the directories of each agent without records."""
    try:
        os.lstat(file)
    except FileNotFoundError:
        return True
    except OSError:
        pass  # reading reports it
    return False


def _first_of_sessions(records: Sequence[ExecutionRecord]) -> list[ExecutionRecord]:
    """Return the first record of each session in the order of the file; the given ones are in the reverse order."""
    kept: list[ExecutionRecord] = []
    sessions: set[str | None] = set()
    for record in reversed(records):
        if record.session_id is None or record.session_id not in sessions:
            sessions.add(record.session_id)
            kept.append(record)
    return kept


def _last(records: Iterable[ExecutionRecord]) -> ExecutionRecord | None:
    """Return the last record by timestamp, then by line."""
    last: ExecutionRecord | None = None
    for record in records:
        if last is None or record.timestamp >= last.timestamp:
            last = record
    return last


@dataclass
class _Mean:
    """An exact mean and total: they do not depend on the order of the lines."""

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
        return round(float(self._exact() / self.count), _DECIMALS)

    def total(self) -> float | None:
        if not self.count:
            return None
        return round(float(self._exact()), _DECIMALS)

    def _exact(self) -> Fraction:
        return sum(map(Fraction, self.numerators.values(), self.numerators.keys()), Fraction())


@dataclass
class Tally:
    """The means, the last ten records in order of (timestamp, line), and the first ten problems."""

    successes: _Mean = field(default_factory=_Mean)
    qualities: _Mean = field(default_factory=_Mean)
    times: _Mean = field(default_factory=_Mean)
    costs: _Mean = field(default_factory=_Mean)
    inputs: _Mean = field(default_factory=_Mean)
    outputs: _Mean = field(default_factory=_Mean)
    latest: list[tuple[str, int, ExecutionRecord]] = field(default_factory=list)
    skipped: int = 0
    first_problems: list[Diagnostic] = field(default_factory=list)

    def add(self, number: int, record: ExecutionRecord | Diagnostic) -> None:
        """Add a record, or the problem of a line that is left out."""
        if isinstance(record, Diagnostic):
            self.skipped += 1
            if self.skipped <= _MOST_PROBLEMS:
                self.first_problems.append(record)
            return
        self.successes.add(record.success)
        self.qualities.add(record.quality_score)
        self.times.add(record.execution_time_s)
        if record.metadata is not None:
            self.costs.add(record.cost_usd)
            inputs, outputs = record.tokens
            self.inputs.add(inputs)
            self.outputs.add(outputs)
        heapq.heappush(self.latest, (record.timestamp, number, record))
        if len(self.latest) > 2 * _WINDOW:
            heapq.heappop(self.latest)

    def problems(self) -> tuple[Diagnostic, ...]:
        """Return the problems; the last one has a note if there are more."""
        found = self.first_problems
        if self.skipped > len(found):
            note = Note(message=f"invalid lines not shown: {self.skipped - len(found)}")
            return (*found[:-1], replace(found[-1], notes=(*found[-1].notes, note)))
        return tuple(found)

    def summary(self) -> Summary | None:
        """Return the summary, or None without records."""
        if not self.latest:
            return None
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

    def usage(self) -> Usage:
        """Return the total cost and tokens."""
        return Usage(
            cost_usd=self.costs.total(),
            input_tokens=_whole(self.inputs.total()),
            output_tokens=_whole(self.outputs.total()),
        )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


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


def tally_records(root: str, agent: str, *, now: datetime | None = None) -> Tally:
    """Return the tally of all records of an agent. Lines are left out as in `read_records`.

    Raises KaizenError: KZ102 to KZ106.
    """
    tally = Tally()
    for number, record in read_records(root, agent, now=now):
        tally.add(number, record)
    return tally


def summarize(root: str, agent: str, *, now: datetime | None = None) -> tuple[Summary | None, tuple[Diagnostic, ...]]:
    """Return the summary of all records of an agent, or None if there are none, and warnings for lines left out.

    Lines are left out as in `read_records`. Raises KaizenError: KZ102 to KZ106.
    """
    tally = tally_records(root, agent, now=now)
    return tally.summary(), tally.problems()
