"""The ActivityDefinition drafts that the scheduler copies, their loader, and their dry run (ADR-005).

This is the front door: what is named here is public. A room is opened when something of it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kaizen_activity_defs.catalog import CatalogFirings as CatalogFirings
    from kaizen_activity_defs.catalog import catalog_definition as catalog_definition
    from kaizen_activity_defs.catalog import check_definitions as check_definitions
    from kaizen_activity_defs.catalog import definition_files as definition_files
    from kaizen_activity_defs.catalog import domains_asked as domains_asked
    from kaizen_activity_defs.catalog import load_catalog as load_catalog
    from kaizen_activity_defs.catalog import selects as selects
    from kaizen_activity_defs.dry_run import DryRun as DryRun
    from kaizen_activity_defs.dry_run import Task as Task
    from kaizen_activity_defs.dry_run import preview_tasks as preview_tasks
    from kaizen_activity_defs.index import Site as Site
    from kaizen_activity_defs.loading import load_definition as load_definition
    from kaizen_activity_defs.loading import packaged_definition as packaged_definition
    from kaizen_activity_defs.loading import packaged_definitions as packaged_definitions
    from kaizen_activity_defs.loading import weekly_definitions as weekly_definitions
    from kaizen_activity_defs.model import Definition as Definition
    from kaizen_activity_defs.switching import Ground as Ground
    from kaizen_activity_defs.switching import disable as disable
    from kaizen_activity_defs.switching import enable as enable
    from kaizen_activity_defs.syncing import CHANGES as CHANGES
    from kaizen_activity_defs.syncing import Synced as Synced
    from kaizen_activity_defs.syncing import sync_catalog as sync_catalog

_ROOM_OF = {
    "weekly_definitions": "loading",
    "selects": "catalog",
    "enable": "switching",
    "disable": "switching",
    "Ground": "switching",
    "sync_catalog": "syncing",
    "Synced": "syncing",
    "CHANGES": "syncing",
    "Site": "index",
    "CatalogFirings": "catalog",
    "catalog_definition": "catalog",
    "check_definitions": "catalog",
    "definition_files": "catalog",
    "domains_asked": "catalog",
    "load_catalog": "catalog",
    "DryRun": "dry_run",
    "Task": "dry_run",
    "preview_tasks": "dry_run",
    "load_definition": "loading",
    "packaged_definition": "loading",
    "packaged_definitions": "loading",
    "Definition": "model",
}

__all__ = [
    "CHANGES",
    "CatalogFirings",
    "Definition",
    "DryRun",
    "Ground",
    "Site",
    "Synced",
    "Task",
    "catalog_definition",
    "check_definitions",
    "definition_files",
    "disable",
    "domains_asked",
    "enable",
    "load_catalog",
    "load_definition",
    "packaged_definition",
    "packaged_definitions",
    "preview_tasks",
    "selects",
    "sync_catalog",
    "weekly_definitions",
]


def __getattr__(name: str) -> Any:
    """Open the room of a public name when it is first asked for."""
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value
