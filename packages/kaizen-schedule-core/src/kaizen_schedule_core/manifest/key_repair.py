"""A document with its misspelled keys repaired, so that a typo hides nothing below it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kaizen_schedule_core.diagnostics import suggest
from kaizen_schedule_core.manifest.model import ManifestFile
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, Document, Path, Positions
from kaizen_schedule_core.source.models.fields import below, fields_of


def repair_keys(document: Document) -> Document | None:
    """Return the document with its unknown keys under the names that are certainly intended; None if there are none.

    A key that is present already is never taken for another. Nothing below a renamed key is repaired, so that a second
    call reports what is unknown there. All positions are those of the file.
    """
    value, renamed = _repaired(document.value, ManifestFile, (), PROBLEM_LIMIT)
    if not renamed:
        return None

    def locate() -> Positions:
        found = document.locate()
        return Positions(keys=_renamed(found.keys, renamed), values=_renamed(found.values, renamed))

    return replace(document, value=value, problems=(), locate=locate)


def _renamed(places: Mapping[Path, tuple[int, int]], renamed: Mapping[Path, str]) -> dict[Path, tuple[int, int]]:
    found = {}
    for path, place in places.items():
        parts = [renamed.get(path[: depth + 1], part) for depth, part in enumerate(path)]
        found[tuple(parts)] = place
    return found


def _repaired(value: Any, model: Any, path: Path, limit: int) -> tuple[Any, dict[Path, str]]:
    """Return a value with at most `limit` repaired keys, and the new name of each by its path in the file."""
    if not isinstance(value, dict):
        return value, {}
    fields = fields_of(model) or []
    missing = [name for name in fields if name not in value]
    found = {}
    renamed: dict[Path, str] = {}
    for key, inner in value.items():
        near = None
        if fields and key not in fields and len(renamed) < limit:
            near = _near(key, inner, missing)
        if near is None:
            found[key], below_it = _repaired(inner, below(model, key), (*path, key), limit - len(renamed))
            renamed |= below_it
        else:
            missing.remove(near)
            renamed[*path, key] = near
            found[near] = inner
    return found, renamed


def _near(key: str, inner: Any, missing: list[str]) -> str | None:
    near = suggest(key, missing)
    return near if near == key.casefold() or isinstance(inner, dict) else None
