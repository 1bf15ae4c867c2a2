"""Recording of runs, safe against concurrent writers and interruptions (ADR-004)."""

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import IO

from pydantic import ValidationError
from pydantic_core import to_json

from kaizen_schedule_core.diagnostics import Diagnostic, has_errors
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import os_problem, too_large
from kaizen_schedule_core.files.writing import append_whole, locked, write_file
from kaizen_schedule_core.repo.metrics import METRICS_LINE_LIMIT, ExecutionRecord, read_records, tally_up
from kaizen_schedule_core.repo.paths import metrics_path

_CHUNK = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """The result of recording a run: `appended` is false for a second record of a session."""

    appended: bool
    diagnostics: tuple[Diagnostic, ...]


def record_run(root: str, record: ExecutionRecord) -> Recorded:
    """Append a record atomically, and update summary.json.

    Only the first record of a `session_id` is appended. Invalid lines are warnings and are not changed. Raises
    KaizenError: KZ102 to KZ106; in this case, the record was not written.
    """
    relative = metrics_path(record.agent)
    line = record.model_dump_json(exclude_none=True).encode()
    if len(line) > METRICS_LINE_LIMIT:
        raise KaizenError(too_large("the record", METRICS_LINE_LIMIT))
    with locked(root, relative) as path:
        try:
            _move_torn_line_aside(path)
            if record.session_id is not None and _has_session(root, record):
                return Recorded(appended=False, diagnostics=())
            append_whole(path, line + b"\n")
        except OSError as error:
            raise os_problem(error, os.path.join(root, relative)) from None
        problems = _update_summary(root, record.agent, path)
    return Recorded(appended=True, diagnostics=tuple(replace(problem, severity="warning") for problem in problems))


def _update_summary(root: str, agent: str, path: str) -> tuple[Diagnostic, ...]:
    """Write summary.json and return all problems; none is raised, because the record is already written."""
    copy = _beside(path, "summary.json")
    try:
        summary, problems = tally_up(root, agent)
        if summary is not None and not has_errors(problems):
            write_file(copy, to_json(summary, indent=2) + b"\n")
            return problems
    except KaizenError as error:
        return error.diagnostics
    try:
        with suppress(FileNotFoundError):
            os.unlink(copy)  # a summary of only some records could hide failures (ADR-011)
    except OSError as error:
        return (*problems, *os_problem(error, copy).diagnostics)
    return problems


def _has_session(root: str, record: ExecutionRecord) -> bool:
    for _, found in read_records(root, record.agent):
        if isinstance(found, ExecutionRecord) and found.session_id == record.session_id:
            return True
    return False


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
        ExecutionRecord.model_validate_json(line)
    except ValidationError:
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
