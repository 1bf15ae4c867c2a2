"""The folder `.kaizen/runs/<agent>` of a checkout: the logs of runs, and what the agent records during its run."""

import os
import re
from contextlib import suppress

from kaizen_schedule_core.bundle.redaction import clean, redact
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import locate_inside, read_inside
from kaizen_schedule_core.files.writing import create_inside, write_inside
from kaizen_schedule_core.repo.metrics import METRICS_LINE_LIMIT, ExecutionRecord, parse_record

from kaizen_schedule_cli.session.output import Kept

RUNS = ".kaizen/runs"
_LOGS_KEPT = 20
_SESSION = re.compile(r"[0-9a-f]{32}")


def write_log(root: str, agent: str, name: str, output: Kept) -> str:
    """Write the log of a run, with secrets redacted, and remove all but the last 20; return its path.

    `name` sorts by time. Raises KaizenError: KZ102 to KZ106.
    """
    head, left_out, tail = output.parts()
    text = head.decode(errors="replace")
    if left_out:
        text += f"\n[{left_out} bytes are left out here]\n"
    text, _ = redact(clean(text + tail.decode(errors="replace")))
    data = text.encode(errors="replace")
    _ignore_runs(root)
    path, number = f"{RUNS}/{agent}/{name}.log", 1
    while not create_inside(root, path, data):
        number += 1
        path = f"{RUNS}/{agent}/{name}-{number}.log"
    _remove_old_logs(root, agent)
    return path


def _ignore_runs(root: str) -> None:
    create_inside(root, f"{RUNS}/.gitignore", b"*\n")


def _remove_old_logs(root: str, agent: str) -> None:
    folder = locate_inside(root, f"{RUNS}/{agent}")
    logs = sorted(name for name in os.listdir(folder) if name.endswith(".log"))
    for name in logs[:-_LOGS_KEPT]:
        with suppress(OSError):
            os.unlink(os.path.join(folder, name))


def await_record(root: str, agent: str, session_id: str) -> None:
    """Create the empty file in which `metrics record` leaves its record during the run. Raises KaizenError."""
    _ignore_runs(root)
    write_inside(root, _record_path(agent, session_id), b"")


def leave_record(root: str, record: ExecutionRecord, session_id: str) -> bool | None:
    """Leave a record for the run with this session id, which writes it at its end; the first one counts.

    Returns whether it is the first, or None without such a run. Raises KaizenError: KZ102 to KZ106.
    """
    path = _record_path(record.agent, session_id)
    if not _SESSION.fullmatch(session_id) or not os.path.isfile(os.path.join(root, path)):
        return None
    if os.path.getsize(os.path.join(root, path)):
        return False
    write_inside(root, path, record.model_dump_json(exclude_none=True).encode())
    return True


def take_record(root: str, agent: str, session_id: str) -> ExecutionRecord | None:
    """Return the record that was left for the run, or None without a readable one, and remove its file."""
    path = _record_path(agent, session_id)
    try:
        return parse_record(read_inside(root, path, limit=METRICS_LINE_LIMIT))
    except (KaizenError, ValueError):  # an empty file: nothing was recorded
        return None
    finally:
        with suppress(OSError):
            os.unlink(os.path.join(root, path))


def _record_path(agent: str, session_id: str) -> str:
    return f"{RUNS}/{agent}/{session_id}.json"
