"""The folder `.kaizen/runs/<agent>` of a checkout: the logs of runs, and what the agent records during its run."""

import os
import re
from contextlib import suppress

from kaizen_schedule_core.bundle.redaction import clean, redact
from kaizen_schedule_core.codes import structure
from kaizen_schedule_core.diagnostics import diagnose
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import locate_inside, read_inside
from kaizen_schedule_core.files.writing import create_inside, write_inside
from kaizen_schedule_core.repo.metrics import METRICS_LINE_LIMIT, ExecutionRecord, parse_record, reason_of

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
    with suppress(OSError):
        folder = locate_inside(root, f"{RUNS}/{agent}")
        logs = sorted(name for name in os.listdir(folder) if name.endswith(".log"))
        for name in logs[:-_LOGS_KEPT]:
            os.unlink(os.path.join(folder, name))


def await_record(root: str, agent: str, session_id: str) -> None:
    """Create the empty file in which `metrics record` leaves its record during the run. Raises KaizenError."""
    _ignore_runs(root)
    clean_up(root, agent)  # a killed run leaves its files
    write_inside(root, _record_path(agent, session_id), b"")


def write_bundle(root: str, agent: str, session_id: str, text: bytes) -> str:
    """Write the bundle of a run, and return the path of its file. Raises KaizenError: KZ102 to KZ106."""
    path = f"{RUNS}/{agent}/{session_id}.md"
    write_inside(root, path, text)
    return os.path.join(root, path)


def clean_up(root: str, agent: str) -> None:
    """Remove everything but the logs of an agent's runs; the caller holds the lock of the checkout."""
    with suppress(OSError, KaizenError):
        folder = locate_inside(root, f"{RUNS}/{agent}")
        for name in os.listdir(folder):
            if not name.endswith(".log"):
                os.unlink(os.path.join(folder, name))


def leave_record(root: str, record: ExecutionRecord, session_id: str) -> bool | None:
    """Leave a record for the run with this session id, which writes it at its end; the first one counts.

    Returns whether it is the first, or None without such a run. Raises KaizenError: KZ102 to KZ106.
    """
    path = _record_path(record.agent, session_id)
    if not _SESSION.fullmatch(session_id):
        return None
    try:
        earlier = read_inside(root, path, limit=METRICS_LINE_LIMIT)
    except Absent:
        return None
    if earlier:
        return False
    write_inside(root, path, record.model_dump_json(exclude_none=True).encode())
    return True


def take_record(root: str, agent: str, session_id: str) -> ExecutionRecord | None:
    """Return the record that was left for the run, or None. Raises KaizenError: KZ241, KZ102 to KZ106."""
    path = _record_path(agent, session_id)
    data = read_inside(root, path, limit=METRICS_LINE_LIMIT)
    if not data:
        return None
    try:
        return parse_record(data)
    except ValueError as error:
        message = f"the record that the agent left is invalid: {reason_of(error)}"
        file = os.path.join(root, path)
        raise KaizenError(diagnose(structure.METRICS_LINE, message, file=file, severity="error")) from None


def _record_path(agent: str, session_id: str) -> str:
    return f"{RUNS}/{agent}/{session_id}.json"
