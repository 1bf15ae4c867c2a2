"""Copying of drafts to a catalog with a three-way comparison that keeps local edits (ADR-013).

The index lists the texts before they are written, so that the next run can complete an interrupted one.
"""

import codecs
import difflib
import hashlib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, get_args

from kaizen_schedule_core import codes
from kaizen_schedule_core.diagnostics import Diagnostic, Note, diagnose, escape_control_chars
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
    Switched,
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
"""The changes of a definition; all except `unchanged` are drift."""

_DIFF_LINES = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Synced:
    """The result for one definition; `detail` is one sentence, `diff` the lines of a conflict.

    `others` are more files with the same id, which are a conflict.
    """

    slug: str
    file: str
    change: Change
    detail: str
    enabled: bool
    diff: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _CatalogFile:
    """The current file in the catalog; `enabled` is None if its frontmatter does not contain it."""

    text: str
    digest: str
    enabled: bool | None


def sync_catalog(
    catalog: str, drafts: Sequence[Definition], *, site: Site | None = None, check: bool = False
) -> tuple[Synced, ...]:
    """Update a catalog to the packaged drafts, or only report the changes with `check`, sorted by slug.

    `site` replaces values in the index. Local edits are kept. Raises KaizenError: KZ511 with the diff for every draft
    that changed in both places (nothing is written); KZ101 to KZ106 if the catalog cannot be read or written.
    """
    require_catalog(catalog)
    if check:
        return _plan(catalog, drafts, site, read_index(catalog))[0]
    with locked(catalog, INDEX_FILE):
        before = read_index(catalog)
        found, files, index = _plan(catalog, drafts, site, before)
        conflicts = [_conflict(catalog, one) for one in found if one.change == "conflict"]
        if conflicts:
            raise KaizenError(conflicts)
        _sweep(catalog, {INDEX_FILE, *map(attrgetter("file"), found)})
        if files:
            before = _with_pending(before or Index(), index, files)
            write_index(catalog, before)
        for name, text in files.items():
            write_inside(catalog, name, text.encode())
        if before is None or index_text(before) != index_text(index):
            write_index(catalog, index)
    return found


def _sweep(catalog: str, names: Collection[str]) -> None:
    """Remove temporary files of an interrupted run; the lock must be held."""
    left = re.compile("|".join(rf"{re.escape(temporary_prefix(name))}[a-z0-9_]{{8}}" for name in names))
    for name in os.listdir(catalog):
        if left.fullmatch(name):
            with suppress(OSError):  # a remaining file does no harm
                os.unlink(os.path.join(catalog, name))


def _with_pending(before: Index, after: Index, files: Collection[str]) -> Index:
    old = before.by_slug
    entries = []
    for one in after.definitions:
        known = old.get(one.slug)
        if one.file in files and known is not None:
            known = known.model_copy(update={"pending": sorted({*known.pending, one.shipped})})
        elif one.file in files:
            known = one
        if known is not None:
            entries.append(known)
    return before.model_copy(update={"definitions": entries})


def _conflict(catalog: str, one: Synced) -> Diagnostic:
    hint = "merge the lines below into your file, or move it to another directory, then sync again"
    if one.others:
        hint = "keep one of them, move the others to another directory, then sync again"
    return diagnose(
        codes.definitions.SYNC_CONFLICT,
        f"{one.slug}: {one.detail}",
        file=os.path.join(catalog, one.file),
        hint=hint,
        notes=map(Note, map(escape_control_chars, one.diff)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shipped:
    """A draft with the site's values: its text, its digest, and its digest with the previous values."""

    text: str
    digest: str
    digest_before: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """The plan for one definition: its result, its entry in the index, and the text to write, if any."""

    found: Synced
    entry: Indexed
    text: str | None = None


def _plan(
    catalog: str, drafts: Sequence[Definition], site: Site | None, index: Index | None
) -> tuple[tuple[Synced, ...], dict[str, str], Index]:
    """Return the results, the files to write, and the new index."""
    index = index or Index()
    values = _merged(index.site, site) if site is not None else index.site
    entries = index.by_slug
    names = files_by_id(catalog)
    found: dict[str, Synced] = {}
    files: dict[str, str] = {}
    for draft in drafts:
        shipped = _shipped(draft, values, index.site)
        name, *others = names.get(draft.id) or [os.path.basename(draft.file)]
        step = _step(draft, shipped, _read(catalog, name), entries.get(draft.id), (name, *others))
        found[draft.id] = step.found
        entries[draft.id] = step.entry
        if step.text is not None:
            files[name] = step.text
    for slug, entry in entries.items():
        if slug not in found:
            found[slug] = _without_draft(entry)
    after = Index(site=values, definitions=sorted(entries.values(), key=attrgetter("slug")))
    return tuple(sorted(found.values(), key=attrgetter("slug"))), files, after


def _shipped(draft: Definition, site: Site, site_before: Site) -> _Shipped:
    text = with_site(draft, site)
    digest = digest_of(text, draft.file)
    before = digest if site == site_before else digest_of(with_site(draft, site_before), draft.file)
    return _Shipped(text=text, digest=digest, digest_before=before)


def _step(
    draft: Definition, shipped: _Shipped, current: _CatalogFile | None, entry: Indexed | None, names: tuple[str, ...]
) -> _Step:
    """Return the plan for one draft; `names` are the files with its id, of which there should be one."""
    name, *others = names
    change, detail = _compare(shipped.digest, current, entry, name)
    if others:
        change, detail = "conflict", f"{name} and {', '.join(others)} have the same id"
    enabled = bool(current and current.enabled)
    if current and entry and entry.enabled != enabled and change != "switched":
        detail += f"; its file has enabled: {str(enabled).lower()}, unlike the index"
    text: str | None = None
    if change in {"added", "restored"}:
        enabled, text = False, shipped.text
    elif change == "updated":
        text = switched(shipped.text, draft.file, on=enabled)
        if entry and entry.shipped == shipped.digest_before:
            detail = "updated with the new site values"
            if enabled:
                detail += "; it is enabled: test it again"
    digest = shipped.digest
    diff: tuple[str, ...] = ()
    if current and change in {"local-edit", "conflict"}:
        digest = current.digest
        if not others:
            diff = tuple(_diff(current.text, switched(shipped.text, draft.file, on=enabled), name))
    found = Synced(
        slug=draft.id, file=name, change=change, detail=detail, enabled=enabled, diff=diff, others=tuple(others)
    )
    log: list[Switched] = []
    if entry is not None:
        log = entry.log
    indexed = Indexed(slug=draft.id, file=name, shipped=shipped.digest, standing=digest, enabled=enabled, log=log)
    return _Step(found=found, entry=indexed, text=text)


def _without_draft(entry: Indexed) -> Synced:
    detail = "no longer in the package; not changed"
    return Synced(slug=entry.slug, file=entry.file, change="no-draft", detail=detail, enabled=entry.enabled)


def _compare(shipped: str, current: _CatalogFile | None, entry: Indexed | None, name: str) -> tuple[Change, str]:
    """Compare three digests: of the previous and the current package, and of the file in the catalog."""
    if current is None:
        if entry is None:
            return "added", "copied, disabled"
        return "restored", "missing file copied again, disabled"
    if current.digest == shipped:
        return _compare_unedited(shipped, current, entry, name)
    if entry is None:
        return "conflict", "a file with this name exists and was not created by sync"
    if current.digest in {entry.shipped, *entry.pending}:
        if current.enabled:
            return "updated", "updated to the new version, still enabled"
        return "updated", "updated to the new version, still disabled"
    if entry.shipped == shipped:
        return "local-edit", "modified here; kept"
    return "conflict", "modified here and in the new version"


def _compare_unedited(shipped: str, current: _CatalogFile, entry: Indexed | None, name: str) -> tuple[Change, str]:
    if entry is None:
        return "adopted", "identical to the packaged version; added to the index"
    if entry.enabled != bool(current.enabled):
        return "switched", f"the file has enabled: {str(bool(current.enabled)).lower()}, unlike the index"
    if (entry.shipped, entry.standing, entry.file) != (shipped, shipped, name) or entry.pending:
        return "adopted", "identical to the new version; index updated"
    return "unchanged", "identical to the packaged version"


def _merged(old: Site, new: Site) -> Site:
    values = new.model_dump(exclude_none=True)
    # An empty cron restores that of the package.
    values["crons"] = {name: cron for name, cron in {**old.crons, **new.crons}.items() if cron}
    return old.model_copy(update=values)


def _read(catalog: str, name: str) -> _CatalogFile | None:
    try:
        data = read_inside(catalog, name, limit=DEFINITION_LIMIT)
    except Absent:
        return None
    path = os.path.join(catalog, name)
    text = decode(data, file=path, prose=True)
    document = parse_frontmatter(text, file=path).document
    reached, enabled = document.reach(("enabled",))
    if not reached or not isinstance(enabled, bool):
        return _CatalogFile(text=text, digest=hashlib.sha256(data).hexdigest(), enabled=None)
    digest = digest_of(text, path, bom=data.startswith(codecs.BOM_UTF8))
    return _CatalogFile(text=text, digest=digest, enabled=enabled)


def _diff(old: str, new: str, name: str) -> Iterator[str]:
    titles = (f"{name} in the catalog", f"{name} in the package")
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), *titles, lineterm=""))
    yield from lines[:_DIFF_LINES]
    if len(lines) > _DIFF_LINES:
        yield f"{len(lines) - _DIFF_LINES} more lines"
