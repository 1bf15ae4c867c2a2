"""Recording a run so that it is never lost and never torn, whoever else writes or dies meanwhile (ADR-004)."""

import os
from dataclasses import dataclass, replace

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
    """What became of a record: whether it was appended (a session's second is not), and what else was noticed."""

    appended: bool
    diagnostics: tuple[Diagnostic, ...]


def record_run(root: str, record: ExecutionRecord) -> Recorded:
    """Append a record so that it is never lost and never torn, and renew summary.json.

    The first record of a `session_id` stands. Lines that are no records are warned of and left alone. Raises
    KaizenError: KZ102 to KZ106; the record is then not in the file.
    """
    relative = metrics_path(record.agent)
    shown = os.path.join(root, relative)
    line = record.model_dump_json(exclude_none=True).encode()
    if len(line) > METRICS_LINE_LIMIT:
        raise KaizenError(too_large("the record", METRICS_LINE_LIMIT))
    with locked(root, relative) as path:
        try:
            _move_torn_line_aside(path)
            if record.session_id is not None and os.path.exists(path) and _has_session(root, record):
                return Recorded(appended=False, diagnostics=())
            append_whole(path, line + b"\n")
        except OSError as error:
            raise os_problem(error, shown) from None
        problems = _renew_summary(root, record.agent, path)
    return Recorded(appended=True, diagnostics=tuple(replace(problem, severity="warning") for problem in problems))


def _renew_summary(root: str, agent: str, path: str) -> tuple[Diagnostic, ...]:
    try:
        summary, problems = tally_up(root, agent)
        copy = os.path.join(os.path.dirname(path), "summary.json")
        if has_errors(problems):
            problems = (*problems, *_remove(copy))  # over part of the truth it would look healthy (ADR-011)
        else:
            write_file(copy, to_json(summary, indent=2) + b"\n")
    except KaizenError as error:
        return error.diagnostics
    return problems


def _remove(path: str) -> tuple[Diagnostic, ...]:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return ()
    except OSError as error:
        return os_problem(error, path).diagnostics
    return ()


def _has_session(root: str, record: ExecutionRecord) -> bool:
    for _, found in read_records(root, record.agent):
        if isinstance(found, ExecutionRecord) and found.session_id == record.session_id:
            return True
    return False


def _move_torn_line_aside(path: str) -> None:
    """Move what a killed writer left behind the last line end to torn.jsonl; a whole record only lacks its end."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    try:
        size = os.fstat(descriptor).st_size
        start = _start_of_last_line(descriptor, size)
        if start == size:
            return
        tail = _read_from(descriptor, start, size)
        if len(tail) > METRICS_LINE_LIMIT or not _is_record(tail):
            _keep(os.path.join(os.path.dirname(path), "torn.jsonl"), tail + b"\n")
            os.ftruncate(descriptor, start)
        else:
            os.pwrite(descriptor, b"\n", size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep(path: str, data: bytes) -> None:
    try:
        append_whole(path, data)
    except OSError as error:
        raise os_problem(error, path) from None


def _read_from(descriptor: int, start: int, end: int) -> bytes:
    chunks = []
    while start < end and (chunk := os.pread(descriptor, min(_CHUNK, end - start), start)):
        chunks.append(chunk)
        start += len(chunk)
    return b"".join(chunks)


def _is_record(line: bytes) -> bool:
    try:
        ExecutionRecord.model_validate_json(line)
    except ValidationError:
        return False
    return True


def _start_of_last_line(descriptor: int, size: int) -> int:
    position = size
    while position > 0:
        start = max(0, position - _CHUNK)
        found = os.pread(descriptor, position - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0
