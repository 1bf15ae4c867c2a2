"""Switching one definition of a catalog on, behind a passing smoke report, or off again (contract section 9).

The gate guards against mistakes, not against forgery: whoever can write the catalog can write the file.
"""

from __future__ import annotations

import codecs
import hashlib
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, did_you_mean, has_errors, inert, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import read_file, read_inside
from kaizen_schedule_core.files.writing import locked, write_inside
from kaizen_schedule_core.fleet.roster import ROSTER_LIMIT
from kaizen_schedule_core.source.text import decode
from pydantic import BaseModel, ConfigDict, ValidationError

from kaizen_activity_defs.catalog import check_definitions, definition_files, domains_asked
from kaizen_activity_defs.editing import switched
from kaizen_activity_defs.index import (
    INDEX_FILE,
    Index,
    Indexed,
    Switched,
    files_by_id,
    read_index,
    require_catalog,
    write_index,
)
from kaizen_activity_defs.loading import digest_of, load_definition
from kaizen_activity_defs.model import DEFINITION_LIMIT, Definition
from kaizen_activity_defs.overlaps import check_together

DEFAULT_MAX_AGE = timedelta(days=7)
_AHEAD = timedelta(minutes=5)  # two machines' clocks


class _Tried(BaseModel):
    """A definition in a smoke report."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str
    digest: str
    passed: bool


class _Step(BaseModel):
    """A step of a smoke report."""

    model_config = ConfigDict(extra="ignore", strict=True)

    step: str
    passed: bool


class _Repo(BaseModel):
    """A repository in a smoke report."""

    model_config = ConfigDict(extra="ignore", strict=True)

    repo: str
    steps: list[_Step]


class _Report(BaseModel):
    """What is asked of a smoke report; `repos` only says where one that did not pass failed."""

    model_config = ConfigDict(extra="ignore", strict=True)

    version: Literal["1"]
    passed: bool
    finished_at: str
    repos: list[_Repo] = []
    definitions: list[_Tried]

    @property
    def failed(self) -> list[str]:
        """Which repositories failed, each with its step."""
        firsts = ((one.repo, next((step.step for step in one.steps if not step.passed), None)) for one in self.repos)
        return [f"{inert(repo)} at {inert(step)}" for repo, step in firsts if step]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Why a definition is switched: by whom, when, the reason they gave."""

    by: str
    at: datetime
    reason: str


def enable(catalog: str, slug: str, report: str, ground: Ground, *, max_age: timedelta = DEFAULT_MAX_AGE) -> Definition:
    """Switch a definition on.

    Raises KaizenError: KZ512 with the sentence that says what is missing, KZ513, KZ501, KZ508 for two files of that id.
    The report must have passed, be no older than `max_age`, and cover the digest that stands. The log of the index is
    written before the file: a run killed between the two leaves it off.
    """
    require_catalog(catalog)
    with locked(catalog, INDEX_FILE):
        index, entry, definition = _find(catalog, slug)
        if definition.header.enabled:
            raise _refused(definition, "it is enabled already", "nothing to do; disable switches it off")
        digest = _check_report(definition, report, ground.at, max_age)
        _check_company(catalog, definition)
        log = _entry("enable", definition, ground, digest)
        data = _switched(catalog, entry, definition, on=True)
        write_index(catalog, _with(index, entry, definition, log, on=True))
        try:
            write_inside(catalog, entry.file, data)
        except KaizenError:
            write_index(catalog, index)  # what was not done is not in the log
            raise
        return load_definition(definition.file)


def disable(catalog: str, slug: str, ground: Ground) -> Definition:
    """Switch a definition off; that needs no report.

    Raises KaizenError: KZ512 if it is off already, KZ501, KZ508 for two files of that id.
    The file is written before the log: a run killed between the two leaves it off.
    """
    require_catalog(catalog)
    with locked(catalog, INDEX_FILE):
        index, entry, definition = _find(catalog, slug)
        if not definition.header.enabled:
            raise _refused(definition, "it is disabled already", "nothing to do")
        write_inside(catalog, entry.file, _switched(catalog, entry, definition, on=False))
        write_index(catalog, _with(index, entry, definition, _entry("disable", definition, ground, None), on=False))
        return load_definition(definition.file)


def _find(catalog: str, slug: str) -> tuple[Index, Indexed, Definition]:
    index = read_index(catalog)
    entry = index.find(slug) if index else None
    if index is None or entry is None:
        known = [one.slug for one in index.definitions] if index else []
        hint = did_you_mean(slug, known) or "copy the definitions first: kaizen-agentic definitions sync CATALOG"
        message = f"the catalog {inert(catalog)} has no definition {quoted(slug)} in its index"
        raise KaizenError(diagnose(codes.definitions.UNKNOWN_DEFINITION, message, file=catalog, hint=hint))
    name, *others = files_by_id(catalog).get(slug) or [entry.file]
    definition = _load(catalog, slug, name)
    if others:
        message = f"{inert(name)} and {inert(', '.join(others))} have the same id"
        hint = "keep the one that you want, and move the others away"
        raise KaizenError(definition.document.diagnose(codes.definitions.REPEATED_ID, message, ("id",), hint=hint))
    if definition.id != slug:
        raise _refused(definition, f"its file says it is {quoted(definition.id)}", "mend the id, or the index")
    return index, entry.model_copy(update={"file": name}), definition


def _load(catalog: str, slug: str, name: str) -> Definition:
    path = os.path.join(catalog, name)
    if os.path.lexists(path):
        return load_definition(path)
    message = f"no file of the catalog {inert(catalog)} has the id {quoted(slug)}; the index says {inert(name)}"
    hint = "copy it again, disabled: kaizen-agentic definitions sync CATALOG"
    raise Absent(diagnose(codes.reading.ABSENT, message, file=path, hint=hint))


def _check_report(definition: Definition, path: str, now: datetime, max_age: timedelta) -> str:
    """The digest of the report, which covers what stands."""
    data = read_file(path, limit=ROSTER_LIMIT)
    try:
        report = _Report.model_validate_json(data)
        finished = datetime.fromisoformat(report.finished_at)
        age = now - finished
    except (ValidationError, ValueError, TypeError):
        message = f"{inert(path)} is no report of a smoke test"
        hint = "kaizen-agentic roster smoke --roster FILE --catalog CATALOG --report FILE"
        raise KaizenError(diagnose(codes.definitions.SMOKE_REPORT, message, file=path, hint=hint)) from None
    again = "run: kaizen-agentic roster smoke --roster FILE --catalog CATALOG --report FILE"
    if not report.passed:
        why = f": {report.failed[0]}" if report.failed else ""
        why += f", and {len(report.failed) - 1} more" if len(report.failed) > 1 else ""
        hint = f"mend it, or keep it closed with kaizen_schedule_enabled: false; then {again}"
        raise _refused(definition, f"the smoke test of the report did not pass{why}", hint if report.failed else again)
    if age > max_age:
        raise _refused(definition, f"the report is of {report.finished_at}, older than {_span(max_age)}", again)
    if age < -_AHEAD:
        raise _refused(definition, f"the report is of {report.finished_at}, which is still to come", again)
    tried = [one for one in report.definitions if one.id == definition.id]
    if not tried:
        raise _refused(definition, "the report does not cover it", again)
    if any(one.digest != definition.digest for one in tried):
        raise _refused(definition, "the report covers another text than the one that stands", again)
    if not all(one.passed for one in tried):
        asked = domains_asked(definition)
        why = f"; it asks for domain {quoted(asked[0])}" if asked else ""
        hint = "if the roster has another: kaizen-agentic definitions sync CATALOG --domain NAME" if asked else again
        raise _refused(definition, f"it created no task in the smoke test, or a wrong one{why}", hint)
    return hashlib.sha256(data).hexdigest()


def _span(length: timedelta) -> str:
    whole = length >= timedelta(days=1)
    return f"{length / timedelta(days=1):g} days" if whole else f"{length / timedelta(hours=1):g} hours"


def _check_company(catalog: str, definition: Definition) -> None:
    """Refuse what would make a task twice, or a catalog that has errors already."""
    paths = definition_files(catalog)
    _, found = check_definitions(paths)
    if has_errors(found):
        raise KaizenError(found)
    on = definition.header.model_copy(update={"enabled": True})
    others = [load_definition(path) for path in paths if os.path.basename(path) != os.path.basename(definition.file)]
    mine = replace(definition, header=on)
    clash = [one for one in check_together([*others, mine]) if one.severity == "error"]
    if clash:
        raise _refused(definition, clash[0].message, clash[0].hint or "disable the other one first")


def _refused(definition: Definition, why: str, hint: str) -> KaizenError:
    message = f"{definition.id} is left as it is: {why}"
    found: Diagnostic = definition.document.diagnose(codes.definitions.ENABLING, message, ("enabled",), hint=hint)
    return KaizenError(found)


def _entry(action: str, definition: Definition, ground: Ground, report: str | None) -> Switched:
    return Switched.model_validate(
        {
            "action": action,
            "at": utc_text(ground.at),
            "by": inert(ground.by),
            "reason": inert(ground.reason),
            "digest": definition.digest,
            "report": report,
        }
    )


def _with(index: Index, entry: Indexed, definition: Definition, log: Switched, *, on: bool) -> Index:
    done = entry.model_copy(update={"enabled": on, "standing": definition.digest, "log": [*entry.log, log]})
    others = [one for one in index.definitions if one.slug != entry.slug]
    return index.model_copy(update={"definitions": sorted([*others, done], key=lambda one: one.slug)})


def _switched(catalog: str, entry: Indexed, definition: Definition, *, on: bool) -> bytes:
    """The file's bytes with the switch set, if it still holds what was judged."""
    raw = read_inside(catalog, entry.file, limit=DEFINITION_LIMIT)
    text = decode(raw, file=definition.file, prose=True)
    mark = "\ufeff" if raw.startswith(codecs.BOM_UTF8) else ""
    if digest_of(mark + text, definition.file) != definition.digest:
        raise _refused(definition, "it changed meanwhile", "run the command again")
    return (mark + switched(text, definition.file, on=on)).encode()
