"""Reading and checking of a manifest: parse, version, structure, rules."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from operator import attrgetter

from kaizen_schedule_core.codes import structure
from kaizen_schedule_core.diagnostics import Diagnostic, Note, has_errors, quoted, tidy
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import read_inside, too_large
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.manifest.cron_and_zone import CRON_KEYS
from kaizen_schedule_core.manifest.discovery import hint_for_absent
from kaizen_schedule_core.manifest.model import Manifest, ManifestFile, manifest_of
from kaizen_schedule_core.manifest.rules import RULES, CheckContext, check_context, crons_by_agent
from kaizen_schedule_core.manifest.vocabulary import MANIFEST_VOCABULARY
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, Document
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode
from kaizen_schedule_core.source.yaml.parser import parse_yaml

_PLACE = attrgetter("line", "column")
_VERSION = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20}){0,3}")


@dataclass(frozen=True, kw_only=True)
class CheckedManifest:
    """A manifest, or None if it has an error, and all diagnostics, sorted.

    `newer` is true for a version that this tool does not support, which is then the only error.
    """

    manifest: Manifest | None
    diagnostics: tuple[Diagnostic, ...]
    document: Document
    newer: bool = False


def load_manifest(
    root: str,
    *,
    agents: RepositoryAgents,
    relative: str = MANIFEST_PATH,
    now: datetime | date | None = None,
    shown: str | None = None,
    advice: bool = False,
) -> CheckedManifest:
    """Read and check a repository's manifest. Raises KaizenError: KZ101 to KZ106, KZ110 to KZ112."""
    shown = shown or os.path.join(root, relative)
    try:
        data = read_inside(root, relative, limit=MANIFEST_LIMIT, shown=shown)
    except Absent as error:
        raise Absent(replace(error.diagnostics[0], hint=hint_for_absent(shown, root, relative))) from None
    return check_manifest(data, file=shown, agents=agents, now=now, advice=advice)


def check_manifest(
    data: bytes, *, file: str, agents: RepositoryAgents, now: datetime | date | None = None, advice: bool = True
) -> CheckedManifest:
    """Check the bytes of a manifest; `file` is its path for diagnostics.

    With `advice`, there are also warnings and notes. Raises KaizenError if the bytes are not valid text (KZ110 to
    KZ112).
    """
    if len(data) > MANIFEST_LIMIT:
        raise KaizenError(too_large(file, MANIFEST_LIMIT))
    document = parse_yaml(decode(data, file=file), file=file, quoted=CRON_KEYS)
    newer = _newer(document)
    if newer is not None:
        return CheckedManifest(manifest=None, diagnostics=(newer,), document=document, newer=True)
    context = check_context(document, agents, now)
    manifest, found = _apply_rules(document, context, advice=advice)
    if manifest is None:
        from kaizen_schedule_core.manifest.indentation import drop_consequences
        from kaizen_schedule_core.manifest.key_repair import repair_keys

        repaired = repair_keys(document)
        while repaired is not None and len(found) < PROBLEM_LIMIT:
            more = _apply_rules(repaired, check_context(repaired, agents, now), advice=advice)[1]
            found = _merge_by_place(found, more)
            repaired = repair_keys(repaired)
        found = drop_consequences(document, found)
    diagnostics = _capped(tidy(found))
    valid = None
    if manifest is not None and context.zone is not None and not has_errors(diagnostics):
        valid = manifest_of(manifest, context.zone, crons_by_agent(context))
    return CheckedManifest(manifest=valid, diagnostics=diagnostics, document=document)


def _apply_rules(
    document: Document, context: CheckContext, *, advice: bool
) -> tuple[ManifestFile | None, list[Diagnostic]]:
    """Return the manifest, or None if its structure is invalid, and all problems, with `advice` also warnings."""
    manifest, found = read_model(document, ManifestFile, vocabulary=MANIFEST_VOCABULARY)
    if manifest is None:
        found = _merge_by_place(list(_version(document)), found)
    rules = RULES
    if advice:
        from kaizen_schedule_core.manifest.advice import ADVICE  # most commands need none

        rules += ADVICE
    if isinstance(document.value, dict):
        for rule in rules:
            found += islice(rule(document, context), PROBLEM_LIMIT)
    return manifest, found


def _merge_by_place(found: list[Diagnostic], more: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the first diagnostics, and those of the second that are at other positions."""
    places = set(map(_PLACE, found))
    return [*found, *(one for one in more if _PLACE(one) not in places)]


def _capped(diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    if len(diagnostics) < PROBLEM_LIMIT:
        return diagnostics
    *shown, last = diagnostics[:PROBLEM_LIMIT]
    note = Note(message="other problems may be hidden: fix these first")
    return (*shown, replace(last, notes=(*last.notes, note)))


def _newer(document: Document) -> Diagnostic | None:
    """Return the error for a newer version, which hides all other problems, because the file can be valid."""
    version = _version_of(document)
    if type(version) not in {str, int, float} or not _VERSION.fullmatch(str(version)):
        return None
    if [*map(int, str(version).split(".")), 0, 0, 0][:4] <= [1, 0, 0, 0]:  # 1 and 1.0 are equal
        return None
    message = f"manifest version {quoted(version)} is newer than version 1, which this tool supports"
    return document.diagnose(structure.NEWER_MANIFEST, message, ("version",), hint="upgrade kaizen-schedule-cli")


def _version(document: Document) -> Iterator[Diagnostic]:
    """Yield the error for a version that is not the text "1"."""
    version = _version_of(document)
    if type(version) in {int, float}:
        message = f"version must be text, not the number {version}"
        yield document.diagnose(structure.VERSION_NOT_TEXT, message, ("version",), hint='quote it: write "1"')
    elif isinstance(version, str) and version != "1":
        hint = 'write "1"' if version.isascii() else 'write "1", in straight quotes'
        message = f"unknown version {quoted(version)}"
        yield document.diagnose(structure.UNKNOWN_VERSION, message, ("version",), hint=hint)


def _version_of(document: Document) -> object:
    return document.value.get("version") if isinstance(document.value, dict) else None
