"""Copying the drafts into a catalog: three-way, so that nothing of a site's own is lost and nothing is switched on.

For every draft three texts are compared: what was shipped last time, what is shipped now, and what stands. `enabled` is
no part of any of them (`digest`, section 9). A run that is killed is taken up by the next one: the index first says
which texts are about to be written, each file is written whole, and then the index says that they stand.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, get_args

from kaizen_schedule_core import codes
from kaizen_schedule_core.diagnostics import Diagnostic, Note, diagnose, inert
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import read_inside
from kaizen_schedule_core.files.writing import locked, temporary_prefix, write_inside
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.text import decode

from kaizen_activity_defs.editing import switched, with_site
from kaizen_activity_defs.index import (
    INDEX_FILE,
    Index,
    Indexed,
    Site,
    files_by_id,
    index_text,
    read_index,
    require_catalog,
    write_index,
)
from kaizen_activity_defs.loading import digest_of
from kaizen_activity_defs.model import DEFINITION_LIMIT, Definition

Change = Literal[
    "unchanged", "added", "updated", "restored", "adopted", "local-edit", "conflict", "switched", "no-draft"
]
CHANGES: tuple[Change, ...] = get_args(Change)
"""What a sync finds of a definition; everything but `unchanged` is drift."""

_DIFF_LINES = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Synced:
    """What became, or would become, of one definition; `detail` is one sentence, `diff` the lines of a conflict.

    `others` are further files of the same id: which of them is meant, nobody can tell.
    """

    slug: str
    file: str
    change: Change
    detail: str
    enabled: bool
    diff: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Standing:
    """A file of the catalog as it stands; `enabled` is None where its frontmatter does not say."""

    text: str
    digest: str
    enabled: bool | None


def sync_catalog(
    catalog: str, drafts: Sequence[Definition], *, site: Site | None = None, check: bool = False
) -> tuple[Synced, ...]:
    """Bring a catalog up to the drafts, or with `check` only tell what would happen, sorted by slug.

    `site` replaces the values that the index keeps, where given. A local edit is kept. Raises KaizenError: KZ511 with
    the diff for every draft that changed both here and there, and then nothing at all is written; KZ101 to KZ106 for
    a catalog that cannot be read or written.
    """
    require_catalog(catalog)
    if check:
        return _plan(catalog, drafts, site)[0]
    with locked(catalog, INDEX_FILE):
        found, files, index = _plan(catalog, drafts, site)
        conflicts = [_conflict(catalog, one) for one in found if one.change == "conflict"]
        if conflicts:
            raise KaizenError(conflicts)
        _sweep(catalog, {INDEX_FILE, *(one.file for one in found)})
        if files:
            write_index(catalog, _announced(read_index(catalog) or Index(), index, files))
        for name, text in files.items():
            write_inside(catalog, name, text.encode())
        before = read_index(catalog)
        if before is None or index_text(before) != index_text(index):
            write_index(catalog, index)
    return found


def _sweep(catalog: str, names: Collection[str]) -> None:
    """Remove what a killed writer left beside the files: the lock is held, so that nobody is at it."""
    left = re.compile("|".join(rf"{re.escape(temporary_prefix(name))}[a-z0-9_]{{8}}" for name in names))
    for name in os.listdir(catalog):
        if left.fullmatch(name):
            with suppress(OSError):  # what cannot be removed does no harm
                os.unlink(os.path.join(catalog, name))


def _announced(before: Index, after: Index, files: Collection[str]) -> Index:
    """The index as it was, with what is about to be written: whoever comes after a kill knows those texts."""
    old = {one.slug: one for one in before.definitions}
    entries = []
    for one in after.definitions:
        known = old.get(one.slug)
        if one.file not in files:
            entries += [known] if known else []
        elif known is None:
            entries.append(one)
        else:
            entries.append(known.model_copy(update={"pending": sorted({*known.pending, one.shipped})}))
    return before.model_copy(update={"definitions": entries})


def _conflict(catalog: str, one: Synced) -> Diagnostic:
    hint = "take over what you need from the lines below, or move your file away, and sync again"
    if one.others:
        hint = "keep the one that you want, move the others away, and sync again"
    return diagnose(
        codes.definitions.SYNC_CONFLICT,
        f"{one.slug}: {one.detail}",
        file=os.path.join(catalog, one.file),
        hint=hint,
        notes=[Note(message=inert(line)) for line in one.diff],
    )


def _plan(
    catalog: str, drafts: Sequence[Definition], site: Site | None
) -> tuple[tuple[Synced, ...], dict[str, str], Index]:
    """What is found of each definition, the files to write, and the index as it will be."""
    before = read_index(catalog)
    index = before or Index()
    values = index.site if site is None else _merged(index.site, site)
    found: list[Synced] = []
    files: dict[str, str] = {}
    entries: dict[str, Indexed] = {one.slug: one for one in index.definitions}
    holders = files_by_id(catalog)
    for draft in drafts:
        name, *others = holders.get(draft.id) or [os.path.basename(draft.file)]
        shipped = with_site(draft, values)
        standing = _read(catalog, name)
        entry = index.find(draft.id)
        change, detail = _compare(digest_of(shipped, draft.file), standing, entry, name)
        if others:
            change, detail = "conflict", f"{name} and {', '.join(others)} have the same id"
        enabled = bool(standing and standing.enabled)
        if standing and entry and entry.enabled != enabled and change != "switched":
            detail += f"; its file says enabled: {str(enabled).lower()}, the index said otherwise"
        if change in {"added", "restored"}:
            enabled = False
            files[name] = shipped
        elif change == "updated" and standing is not None:
            if entry and entry.shipped == digest_of(with_site(draft, index.site), draft.file):
                detail = "the site's values were changed" + "; it stays enabled: try it again" * enabled
            files[name] = switched(shipped, draft.file, on=enabled)
        differs = change in {"conflict", "local-edit"} and not others
        diff = _diff(standing.text if standing else "", switched(shipped, draft.file, on=enabled), name)
        found.append(
            Synced(
                slug=draft.id,
                file=name,
                change=change,
                detail=detail,
                enabled=enabled,
                diff=tuple(diff) if differs else (),
                others=tuple(others),
            )
        )
        kept = standing is not None and change in {"local-edit", "conflict"}
        entries[draft.id] = Indexed(
            slug=draft.id,
            file=name,
            shipped=digest_of(shipped, draft.file),
            standing=standing.digest if kept and standing else digest_of(shipped, draft.file),
            enabled=enabled,
            log=entry.log if entry else [],
        )
    known = {draft.id for draft in drafts}
    found += [
        Synced(
            slug=one.slug,
            file=one.file,
            change="no-draft",
            detail="in the index, but no longer shipped; left alone",
            enabled=one.enabled,
        )
        for one in index.definitions
        if one.slug not in known
    ]
    done = Index(site=values, definitions=sorted(entries.values(), key=lambda one: one.slug))
    return tuple(sorted(found, key=lambda one: one.slug)), files, done


def _compare(shipped: str, standing: _Standing | None, entry: Indexed | None, name: str) -> tuple[Change, str]:
    """The three-way comparison by digest: shipped before, shipped now, standing now."""
    if standing is None:
        if entry is None:
            return "added", "copied, disabled"
        return "restored", "the file was missing; copied again, disabled"
    if standing.digest == shipped:
        if entry is None:
            return "adopted", "stands as it is shipped, and was not in the index"
        if entry.enabled != bool(standing.enabled):
            return "switched", f"the file says enabled: {str(bool(standing.enabled)).lower()}, the index said otherwise"
        if (entry.shipped, entry.standing, entry.file) != (shipped, shipped, name) or entry.pending:
            return "adopted", "stands as it is shipped now, which the index did not say yet"
        return "unchanged", "as shipped"
    if entry is not None and standing.digest in {entry.shipped, *entry.pending}:
        return "updated", "a newer version was copied; it stays " + ("enabled" if standing.enabled else "disabled")
    if entry is not None and entry.shipped == shipped:
        return "local-edit", "changed here, kept as it stands"
    if entry is None:
        return "conflict", "a file of that name stands here that was never shipped"
    return "conflict", "changed here, and shipped anew with other changes"


def _merged(old: Site, new: Site) -> Site:
    return Site(
        **{name: value if value is not None else getattr(old, name) for name, value in new.model_dump().items()}
    )


def _read(catalog: str, name: str) -> _Standing | None:
    try:
        data = read_inside(catalog, name, limit=DEFINITION_LIMIT)
    except Absent:
        return None
    path = os.path.join(catalog, name)
    text = decode(data, file=path, prose=True)
    value = parse_frontmatter(text, file=path).document.value
    enabled = value.get("enabled") if isinstance(value, dict) else None
    if not isinstance(enabled, bool):
        return _Standing(text=text, digest=hashlib.sha256(data).hexdigest(), enabled=None)
    mark = "\ufeff" if data.startswith(codecs.BOM_UTF8) else ""
    return _Standing(text=text, digest=digest_of(mark + text, path), enabled=enabled)


def _diff(old: str, new: str, name: str) -> Iterator[str]:
    lines = list(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"{name} as it stands", f"{name} as shipped", lineterm=""
        )
    )
    yield from lines[:_DIFF_LINES]
    if len(lines) > _DIFF_LINES:
        yield f"and {len(lines) - _DIFF_LINES} more lines"
