"""Recording of runs, safe against concurrent writers and interruptions (ADR-004)."""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from pydantic_core import to_json

from kaizen_schedule_core.codes import structure
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import os_problem, too_large
from kaizen_schedule_core.files.writing import append_whole, locked, require_writable, write_file
from kaizen_schedule_core.repo.metrics import (
    METRICS_LINE_LIMIT,
    ExecutionRecord,
    Tally,
    parse_record,
    read_records,
    reason_of,
)
from kaizen_schedule_core.repo.paths import metrics_path

_CHUNK = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """The result of recording a run: `appended` is false for a second record of a session."""

    appended: bool
    diagnostics: tuple[Diagnostic, ...]


def record_run(root: str, record: ExecutionRecord, *, now: datetime | None = None) -> Recorded:
    """Append a record atomically, and write summary.json.

    Only the first record of a `session_id` is appended. Invalid lines are warnings and are not changed; in the summary,
    lines are left out as in `read_records`. Raises KaizenError: KZ241 or KZ112 for a record that could not be read
    again, KZ102 to KZ106; in these cases, the record was not written.
    """
    relative = metrics_path(record.agent)
    file = os.path.join(root, relative)
    line = _as_line(record, file)
    with locked(root, relative) as path:
        try:
            _move_torn_line_aside(path)
            tally = Tally()
            sessions: set[str | None] = set()
            last = 0
            for number, found in read_records(root, record.agent, now=now):
                tally.add(number, found)
                last = number
                if isinstance(found, ExecutionRecord):
                    sessions.add(found.session_id)
            appended = record.session_id is None or record.session_id not in sessions
            if appended:
                append_whole(path, line + b"\n")
                tally.add(last + 1, record)
        except OSError as error:
            raise os_problem(error, file) from None
        problems = _write_summary(path, tally)
    return Recorded(appended=appended, diagnostics=problems)


def require_recordable(root: str, agent: str) -> None:
    """Raise the KaizenError that `record_run` would raise for files that cannot be written (KZ102 to KZ106)."""
    with locked(root, metrics_path(agent)) as path:
        require_writable(path)


def _as_line(record: ExecutionRecord, file: str) -> bytes:
    """Return the line of a record, after reading it back. Raises KaizenError: KZ112, KZ241."""
    try:
        line = record.model_dump_json(exclude_none=True).encode()
        if len(line) <= METRICS_LINE_LIMIT:
            parse_record(line)
    except ValueError as error:
        message = f"the record is invalid: {reason_of(error)}"
        raise KaizenError(diagnose(structure.METRICS_LINE, message, file=file, severity="error")) from None
    if len(line) > METRICS_LINE_LIMIT:
        raise KaizenError(too_large("the record", METRICS_LINE_LIMIT))
    return line


def _write_summary(path: str, tally: Tally) -> tuple[Diagnostic, ...]:
    """Write summary.json, and return all problems as warnings, because the record is already written."""
    problems = tally.problems()
    summary = tally.summary()
    if summary is None:
        return problems
    try:
        write_file(_beside(path, "summary.json"), to_json(summary, indent=2) + b"\n")
    except KaizenError as error:
        return (*problems, *(replace(problem, severity="warning") for problem in error.diagnostics))
    return problems


def _move_torn_line_aside(path: str) -> None:
    """Move an incomplete last line to torn.jsonl; if only the line end is missing, add it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with open(descriptor, "r+b", buffering=0) as file:
        start = _start_of_last_line(file)
        file.seek(start)
        tail = file.read()
        if not tail:
            return
        if len(tail) <= METRICS_LINE_LIMIT and _is_record(tail):
            file.write(b"\n")
        else:
            _keep(_beside(path, "torn.jsonl"), tail + b"\n")
            file.truncate(start)
        os.fsync(descriptor)


def _beside(path: str, name: str) -> str:
    return os.path.join(os.path.dirname(path), name)


def _keep(path: str, data: bytes) -> None:
    try:
        append_whole(path, data)
    except OSError as error:
        raise os_problem(error, path) from None


def _is_record(line: bytes) -> bool:
    try:
        parse_record(line)
    except ValueError:
        return False
    return True


def _start_of_last_line(file: IO[bytes]) -> int:
    """Return the index after the last line end, which is the size of the file if it ends with one."""
    position = file.seek(0, os.SEEK_END)
    while position > 0:
        start = max(0, position - _CHUNK)
        file.seek(start)
        found = file.read(position - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0
