"""The JSON output of `schedule export` and `roster export`."""

from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.engines.writing import FileChange


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportDifference:
    """A fire that differs; the date is that of the manifest's zone. A time is null if the fire does not happen."""

    agent: str
    date: str
    engine_utc: str | None
    manifest_utc: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportAnswer:
    """The files of an export, and the fires of the next 400 days that differ from those of the manifests."""

    version: Literal["1"] = "1"
    engine: str
    files: tuple[FileChange, ...]
    differences: tuple[ExportDifference, ...]
