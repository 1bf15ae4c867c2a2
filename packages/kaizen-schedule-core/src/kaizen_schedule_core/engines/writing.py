"""Writing of exported files: only files that an export wrote are changed or removed."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose
from kaizen_schedule_core.engines.job import MARK, ExportedFile
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import MIB, os_problem, read_file
from kaizen_schedule_core.files.writing import write_file

Change = Literal["created", "updated", "unchanged", "removed"]
_SUFFIXES = (".yml", ".yaml", ".service", ".timer", ".crontab", ".json")


@dataclass(frozen=True, kw_only=True, slots=True)
class FileChange:
    """What an export changes about a file; `path` is relative to the output directory."""

    path: str
    change: Change


def plan_changes(folder: str, files: Iterable[ExportedFile], *, source: str) -> list[FileChange]:
    """Return the changes of an export to a directory, sorted; files that `source` wrote before and no more are removed.

    Raises KaizenError: KZ326 for existing files that were not exported, KZ102 to KZ106.
    """
    wanted = {file.path: file.text for file in files}
    changes = []
    problems: list[Diagnostic] = []
    for path, text in wanted.items():
        shown = os.path.join(folder, path)
        existing = _read(shown)
        change: Change = "updated"
        if existing is None:
            change = "created"
        elif existing == text:
            change = "unchanged"
        elif MARK not in existing:
            message = f"{shown} exists and was not written by an export; nothing was written"
            problems.append(diagnose(values.EXISTS, message, file=shown, hint="move it, or choose another --output"))
        changes.append(FileChange(path=path, change=change))
    if problems:
        raise KaizenError(problems)
    for path in _exported(folder, source):
        if path not in wanted:
            changes.append(FileChange(path=path, change="removed"))
    return sorted(changes, key=lambda change: change.path)


def apply_changes(folder: str, files: Iterable[ExportedFile], changes: Iterable[FileChange]) -> None:
    """Write and remove files as planned. Raises KaizenError: KZ102 to KZ106."""
    wanted = {file.path: file.text for file in files}
    for change in changes:
        path = os.path.join(folder, change.path)
        try:
            if change.change == "removed":
                os.unlink(path)
            elif change.change != "unchanged":
                os.makedirs(folder, exist_ok=True)
                write_file(path, wanted[change.path].encode())
        except FileNotFoundError:
            continue  # another export has removed it
        except OSError as error:
            raise os_problem(error, path) from None


def _exported(folder: str, source: str) -> list[str]:
    """Return the names of the files that `source` wrote into a directory."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise os_problem(error, folder) from None
    mine = f"{MARK} {source}"
    found = []
    for name in names:
        if name.startswith("kaizen-") and name.endswith(_SUFFIXES):
            text = _read(os.path.join(folder, name))
            if text is not None and mine in text:
                found.append(name)
    return found


def _read(path: str) -> str | None:
    try:
        return read_file(path, limit=MIB).decode(errors="replace")
    except Absent:
        return None
