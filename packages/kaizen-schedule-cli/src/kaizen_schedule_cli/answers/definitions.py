"""The JSON output of `definitions dry-run` and `sync`."""

from dataclasses import dataclass
from typing import Literal

from kaizen_activity_defs.dry_run import Task
from kaizen_activity_defs.syncing import Change


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRunAnswer:
    """The tasks that one fire of a definition would create."""

    version: Literal["1"] = "1"
    definition: str
    enabled: bool
    tasks: tuple[Task, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncedDefinition:
    """The change of a sync to one definition of a catalog."""

    slug: str
    file: str
    change: Change
    detail: str
    enabled: bool
    diff: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncAnswer:
    """The changes of a sync to a catalog."""

    version: Literal["1"] = "1"
    catalog: str
    definitions: tuple[SyncedDefinition, ...]
