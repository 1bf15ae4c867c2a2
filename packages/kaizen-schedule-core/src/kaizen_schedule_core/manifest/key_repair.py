"""A manifest with its misspelled keys read as they were meant, so that one typo hides nothing that stands below it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kaizen_schedule_core.diagnostics import suggest
from kaizen_schedule_core.manifest.model import ManifestFile
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, Document, Path, Positions
from kaizen_schedule_core.source.models.fields import below, fields_of


def as_meant(document: Document) -> Document | None:
    """The document under the keys that its unknown ones are without doubt, or None where there is no such key.

    Below a key that was renamed nothing is, so that a second look tells what is unknown there. A key that stands there
    already is never taken for another. All places are those of the file.
    """
    meant: dict[Path, str] = {}
    value = _renamed(document.value, ManifestFile, (), meant)
    if not meant:
        return None

    def known(path: Path) -> Path:
        return tuple(meant.get(path[: depth + 1], part) for depth, part in enumerate(path))

    def locate() -> Positions:
        found = document.locate()
        return Positions(
            keys={known(path): place for path, place in found.keys.items()},
            values={known(path): place for path, place in found.values.items()},
        )

    return replace(document, value=value, problems=(), locate=locate)


def _renamed(value: Any, model: Any, path: Path, meant: dict[Path, str]) -> Any:
    if not isinstance(value, dict):
        return value
    fields = fields_of(model)
    missing = [name for name in fields or () if name not in value]
    found = {}
    for key, inner in value.items():
        name = key
        if fields and key not in fields and len(meant) < PROBLEM_LIMIT and (near := _near(key, inner, missing)):
            missing.remove(near)
            meant[*path, key] = name = near
        found[name] = inner if name != key else _renamed(inner, below(model, name), (*path, key), meant)
    return found


def _near(key: str, inner: Any, missing: list[str]) -> str | None:
    """The key that is meant: beyond doubt if only its letters' case is wrong, or if there is much below it."""
    near = suggest(key, missing)
    return near if near and (near == key.casefold() or isinstance(inner, dict)) else None
