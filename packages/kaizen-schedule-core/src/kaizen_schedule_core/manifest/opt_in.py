"""Opting a repository in: write the scaffold, never over anything; and notice when its schema file has aged."""

from __future__ import annotations

import os
from dataclasses import dataclass

from kaizen_schedule_core.codes import meaning, shape
from kaizen_schedule_core.diagnostics import Diagnostic, Span, diagnose, inert
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import locate_inside, read_inside, require_regular
from kaizen_schedule_core.files.writing import create_inside, write_inside
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.manifest.scaffold import SCAFFOLD, company_files, schema_text
from kaizen_schedule_core.repo.paths import MANIFEST_PATH, SCHEMA_PATH
from kaizen_schedule_core.source.text import decode


@dataclass(frozen=True, kw_only=True, slots=True)
class OptedIn:
    """The files that were written anew or added to, replaced, and already as they should be, relative to the root."""

    written: tuple[str, ...]
    replaced: tuple[str, ...]
    kept: tuple[str, ...]


def opt_in(
    root: str,
    manifest: str = SCAFFOLD,
    *,
    shown: str | None = None,
    replace: bool = False,
    dry_run: bool = False,
) -> OptedIn:
    """Write the text of a manifest and what keeps it company; lines of an existing .gitignore stay.

    With `dry_run` only tell what would be written. Raises KaizenError: KZ326 if there is a manifest that it is not
    to `replace` (nothing is written), KZ102 to KZ106.
    """
    path = os.path.join(root, MANIFEST_PATH)
    shown = shown or path
    there = os.path.lexists(path)
    if there:
        require_regular(path, shown)
        if not replace:
            raise _exists(shown, "nothing was written")
        locate_inside(root, MANIFEST_PATH, shown=shown)
    company = {relative: _merged(root, relative, text) for relative, text in company_files().items()}
    wanted = {relative: text for relative, text in company.items() if text is not None}
    if not dry_run:
        for relative, text in wanted.items():
            write_inside(root, relative, text.encode())
        if there:
            write_inside(root, MANIFEST_PATH, manifest.encode())
        elif not create_inside(root, MANIFEST_PATH, manifest.encode()):
            raise _exists(shown, "somebody else made it meanwhile, and it was left alone")
    return OptedIn(
        written=(*wanted, *(() if there else (MANIFEST_PATH,))),
        replaced=(MANIFEST_PATH,) if there else (),
        kept=tuple(relative for relative in company if relative not in wanted),
    )


def _exists(shown: str, consequence: str) -> KaizenError:
    message = f"{inert(shown)} is already there; {consequence}"
    hint = "edit it and validate it, or write it anew: kaizen-agentic schedule init --force"
    return KaizenError(diagnose(meaning.EXISTS, message, file=shown, hint=hint))


def _merged(root: str, relative: str, text: str) -> str | None:
    """What the file should hold: missing lines added to a list of lines; None when nothing is missing."""
    present = _read(root, relative)
    if present is None or relative == SCHEMA_PATH:
        return None if present == text else text
    missing = [line for line in text.splitlines() if line not in present.splitlines()]
    if not missing:
        return None
    return present + ("" if present.endswith("\n") or not present else "\n") + "".join(f"{line}\n" for line in missing)


def _read(root: str, relative: str) -> str | None:
    try:
        data = read_inside(root, relative, limit=MANIFEST_LIMIT)
    except Absent:
        return None
    return decode(data, file=os.path.join(root, relative), prose=True)


def check_schema_file(root: str, *, shown: str) -> tuple[Diagnostic, ...]:
    """A warning when the schema beside the manifest is not the one of this version; it need not be there."""
    if not os.path.lexists(os.path.join(root, SCHEMA_PATH)):
        return ()
    try:
        present = _read(root, SCHEMA_PATH)
    except KaizenError as error:
        return tuple(_as_outdated(problem.message, shown) for problem in error.diagnostics)
    if present is None or present == schema_text():
        return ()
    return (_as_outdated("the schema beside the manifest is not the one of this version", shown),)


def _as_outdated(message: str, shown: str) -> Diagnostic:
    hint = f"kaizen-agentic schedule schema > {SCHEMA_PATH}"
    top = Span(line=1, column=1, end_line=1, end_column=1)
    return diagnose(shape.SCHEMA_OUTDATED, message, file=shown, span=top, hint=hint)
