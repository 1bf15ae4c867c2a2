"""The answers of `definitions dry-run` and `sync`."""

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
    """What a sync did, or would do, with one definition of a catalog."""

    slug: str
    file: str
    change: Change
    detail: str
    enabled: bool
    diff: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncAnswer:
    """What a sync did, or would do, with a catalog."""

    version: Literal["1"] = "1"
    catalog: str
    definitions: tuple[SyncedDefinition, ...]
