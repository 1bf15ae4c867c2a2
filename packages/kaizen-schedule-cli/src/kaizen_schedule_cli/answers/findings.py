"""The JSON output of `schedule validate` and `definitions validate`."""

from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.diagnostics import Note, Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedFile:
    """A checked file; `ok` is false if it has errors."""

    file: str
    ok: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One diagnostic, without the source line."""

    code: str
    severity: Severity
    message: str
    file: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    hint: str | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingsAnswer:
    """The checked files, and their diagnostics."""

    version: Literal["1"] = "1"
    files: tuple[CheckedFile, ...]
    diagnostics: tuple[Finding, ...]
    counts: dict[Severity, int]
