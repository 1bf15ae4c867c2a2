"""Repair of misspelled keys, so that problems below them are reported as well."""

from dataclasses import replace
from typing import Any

from kaizen_schedule_core.diagnostics import suggest
from kaizen_schedule_core.manifest.model import ManifestFile
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, Document, Path, Positions
from kaizen_schedule_core.source.models.fields import below, fields_of


def repair_keys(document: Document) -> Document | None:
    """Return the document with unknown keys renamed if the intended name is certain; None if there are none.

    A key is not renamed to one that exists. Keys below a renamed key are not repaired; a second call repairs those.
    All positions are those of the file.
    """
    value, names = _repaired(document.value, ManifestFile, (), PROBLEM_LIMIT)
    if not names:
        return None

    def intended(path: Path) -> Path:
        return tuple(names.get(path[: depth + 1], part) for depth, part in enumerate(path))

    def locate() -> Positions:
        found = document.locate()
        keys = dict(zip(map(intended, found.keys), found.keys.values(), strict=True))
        values = dict(zip(map(intended, found.values), found.values.values(), strict=True))
        return Positions(keys=keys, values=values)

    return replace(document, value=value, problems=(), locate=locate)


def _repaired(value: Any, model: Any, path: Path, limit: int) -> tuple[Any, dict[Path, str]]:
    """Return a value with at most `limit` repaired keys, and the new name of each by its path in the file."""
    if not isinstance(value, dict):
        return value, {}
    fields = fields_of(model) or []
    missing = set(fields) - value.keys()
    found, names = {}, dict[Path, str]()
    for key, inner in value.items():
        near = None
        # The intended key is certain if only upper and lower case differ, or if the value is a mapping.
        if fields and key not in fields and len(names) < limit:
            if key.casefold() in missing:
                near = key.casefold()
            elif isinstance(inner, dict):
                near = suggest(key, missing)
        if near:
            missing.remove(near)
            names[*path, key] = near
            found[near] = inner
        else:
            found[key], names_below = _repaired(inner, below(model, key), (*path, key), limit - len(names))
            names |= names_below
    return found, names
