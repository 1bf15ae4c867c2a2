"""Opt a repository in: write the manifest and its sidecar files, and check that the schema file is current."""

import os
from dataclasses import dataclass

from kaizen_schedule_core.codes import structure, values
from kaizen_schedule_core.diagnostics import TOP, Diagnostic, diagnose, escape_control_chars
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import MIB, locate_inside, read_inside, require_regular
from kaizen_schedule_core.files.writing import create_inside, write_inside
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.manifest.scaffold import SCAFFOLD, schema_text, sidecar_files
from kaizen_schedule_core.repo.paths import MANIFEST_PATH, SCHEMA_PATH
from kaizen_schedule_core.source.text import decode


@dataclass(frozen=True, kw_only=True, slots=True)
class OptedIn:
    """The files that were written or added to, replaced, and already correct, relative to the root.

    `copy` is the copy of a replaced manifest.
    """

    written: tuple[str, ...]
    replaced: tuple[str, ...]
    kept: tuple[str, ...]
    copy: str | None = None


def opt_in(
    root: str, manifest: str = SCAFFOLD, *, shown: str | None = None, replace: bool = False, dry_run: bool = False
) -> OptedIn:
    """Write a manifest and its sidecar files; the lines of existing sidecar files are kept.

    A replaced manifest is copied to .kaizen/schedule.yml.bak, or to the first of .bak2, .bak3 and so on that is free.
    With `dry_run`, only return what would be written. Raises KaizenError: KZ326 if a manifest exists and `replace` is
    not set, or one with another spelling of the file name (nothing is written), KZ102 to KZ106.
    """
    path = os.path.join(root, MANIFEST_PATH)
    shown = shown or path
    exists = os.path.lexists(path)
    if exists:
        require_regular(path, shown)
        if not replace:
            raise _exists(shown, "nothing was written")
        locate_inside(root, MANIFEST_PATH, shown=shown)
    else:
        _refuse_misnamed(root, shown)
    wanted: dict[str, str] = {}
    kept = []
    copy: str | None = None
    for relative, text in sidecar_files().items():
        merged = _merged(root, relative, text)
        if merged is None:
            kept.append(relative)
        else:
            wanted[relative] = merged
    if not dry_run:
        for relative, text in wanted.items():
            write_inside(root, relative, text.encode())
        if exists:
            copy = _copy(root, shown)
            write_inside(root, MANIFEST_PATH, manifest.encode())
        elif not create_inside(root, MANIFEST_PATH, manifest.encode()):
            raise _exists(shown, "another process created it meanwhile, and it was not changed")
    if exists:
        return OptedIn(written=tuple(wanted), replaced=(MANIFEST_PATH,), kept=tuple(kept), copy=copy)
    return OptedIn(written=(*wanted, MANIFEST_PATH), replaced=(), kept=tuple(kept))


def _copy(root: str, shown: str) -> str:
    """Copy the manifest, and return the path of the copy. Raises KaizenError: KZ102 to KZ106."""
    data = read_inside(root, MANIFEST_PATH, limit=MIB, shown=shown)
    copy = f"{MANIFEST_PATH}.bak"
    number = 1
    while not create_inside(root, copy, data):
        number += 1
        copy = f"{MANIFEST_PATH}.bak{number}"
    return copy


def _exists(shown: str, consequence: str) -> KaizenError:
    message = f"{escape_control_chars(shown)} already exists; {consequence}"
    hint = "edit it, or overwrite it with: kaizen-agentic schedule init --force"
    return KaizenError(diagnose(values.EXISTS, message, file=shown, hint=hint))


def _refuse_misnamed(root: str, shown: str) -> None:
    """Raise KaizenError (KZ326) for a manifest with another spelling of the file name, such as schedule.yaml."""
    try:
        names = os.listdir(os.path.join(root, os.path.dirname(MANIFEST_PATH)))
    except OSError:  # writing reports it
        return
    right = os.path.basename(MANIFEST_PATH)
    for name in sorted(names):
        if name.casefold() in {right, "schedule.yaml"}:
            path = os.path.join(os.path.dirname(shown), name)
            message = f"{escape_control_chars(path)} exists, but is not read; nothing was written"
            raise KaizenError(diagnose(values.EXISTS, message, file=path, hint=f"rename it to {right}"))


def _merged(root: str, relative: str, text: str) -> str | None:
    """Return the file with missing lines added, or the current schema; None if it is up to date."""
    present = _read(root, relative)
    if present is not None and _with_lf(present) == text:
        return None
    if present is None or relative == SCHEMA_PATH:
        return text
    missing = [line for line in text.splitlines() if line not in present.splitlines()]
    if not missing:
        return None
    if present and not present.endswith("\n"):
        present += "\n"
    return present + "\n".join(missing) + "\n"


def _with_lf(text: str) -> str:
    """Return a text with the line ends that this tool writes; Git can check it out with others."""
    return text.replace("\r\n", "\n")


def _read(root: str, relative: str) -> str | None:
    try:
        data = read_inside(root, relative, limit=MANIFEST_LIMIT)
    except Absent:
        return None
    return decode(data, file=os.path.join(root, relative), prose=True)


def check_schema_file(root: str, *, shown: str) -> tuple[Diagnostic, ...]:
    """Return a warning if the schema file exists but is not that of this version."""
    if not os.path.lexists(os.path.join(root, SCHEMA_PATH)):
        return ()
    message = "the schema file differs from the schema of this version"
    try:
        present = _read(root, SCHEMA_PATH)
        if present is None or _with_lf(present) == schema_text():
            return ()
    except KaizenError as error:
        message = error.diagnostics[0].message
    hint = f"update it with: kaizen-agentic schedule schema > {SCHEMA_PATH}"
    return (diagnose(structure.SCHEMA_OUTDATED, message, file=shown, span=TOP, hint=hint),)
