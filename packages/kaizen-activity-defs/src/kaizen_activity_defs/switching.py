"""Enabling of a definition, which requires a passing smoke report, and disabling (contract section 9).

The checks prevent mistakes, not forgery: anyone who can write to the catalog can edit the file.
"""

import codecs
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Literal

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, did_you_mean, escape_control_chars, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import read_file, read_inside
from kaizen_schedule_core.files.writing import locked, write_inside
from kaizen_schedule_core.fleet.roster import ROSTER_LIMIT
from kaizen_schedule_core.source.text import decode
from pydantic import ValidationError

from kaizen_activity_defs.catalog import checked_catalog, selected_domains, selection_text
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
from kaizen_activity_defs.smoke_report import SmokeReport

DEFAULT_MAX_AGE = timedelta(days=7)
_RUN_SMOKE = "run: kaizen-agentic roster smoke --roster FILE --catalog CATALOG --report FILE"
_OTHER_HOST = "no-path-for-host"
_CLOCK_TOLERANCE = timedelta(minutes=5)  # tolerated difference between the clocks of two machines


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchReason:
    """The reason for enabling or disabling a definition: the user, the time, and a text."""

    by: str
    at: datetime
    reason: str


def enable(
    catalog: str, slug: str, report: str | Sequence[str], reason: SwitchReason, *, max_age: timedelta = DEFAULT_MAX_AGE
) -> Definition:
    """Enable a definition. `report` is the file of a smoke report, or the files of one for each host of the roster.

    Each report must have passed, must not be older than `max_age`, and must contain the definition's current digest.
    In one of them the definition must have created a task, and together they must have tested all repositories.
    The index is written before the file, so that an interrupted run leaves it disabled. Raises KaizenError: KZ512
    with the missing requirement, KZ513, KZ501, KZ508 for two files with that id.
    """
    require_catalog(catalog)
    with locked(catalog, INDEX_FILE):
        index, entry, definition = _find(catalog, slug)
        if definition.header.enabled:
            raise _refused(definition, "it is already enabled", "no action needed")
        files = [report] if isinstance(report, str) else report
        digests = _check_reports(definition, files, reason.at, max_age)
        _check_conflicts(catalog, definition)
        log = _entry("enable", definition, reason, digests)
        data = _switched(catalog, entry, definition, on=True)
        write_index(catalog, _with(index, entry, definition, log, on=True))
        try:
            write_inside(catalog, entry.file, data)
        except KaizenError:
            write_index(catalog, index)  # the log only contains completed changes
            raise
        return load_definition(definition.file)


def disable(catalog: str, slug: str, reason: SwitchReason) -> Definition:
    """Disable a definition; the file is written before the index, so that an interrupted run leaves it disabled.

    Raises KaizenError: KZ512 if it is already disabled, KZ501, KZ508 for two files with that id.
    """
    require_catalog(catalog)
    with locked(catalog, INDEX_FILE):
        index, entry, definition = _find(catalog, slug)
        if not definition.header.enabled:
            raise _refused(definition, "it is already disabled", "no action needed")
        write_inside(catalog, entry.file, _switched(catalog, entry, definition, on=False))
        write_index(catalog, _with(index, entry, definition, _entry("disable", definition, reason, []), on=False))
        return load_definition(definition.file)


def _find(catalog: str, slug: str) -> tuple[Index, Indexed, Definition]:
    index = read_index(catalog) or Index()
    entry = index.by_slug.get(slug)
    if entry is None:
        hint = did_you_mean(slug, index.by_slug) or "copy them first: kaizen-agentic definitions sync CATALOG"
        message = f"the catalog {escape_control_chars(catalog)} has no definition {quoted(slug)} in its index"
        raise KaizenError(diagnose(codes.definitions.UNKNOWN_DEFINITION, message, file=catalog, hint=hint))
    name, *others = files_by_id(catalog).get(slug) or [entry.file]
    definition = _load(catalog, slug, name)
    if others:
        message = f"{escape_control_chars(name)} and {escape_control_chars(', '.join(others))} have the same id"
        hint = "keep one of them, and move the others to another directory"
        raise KaizenError(definition.document.diagnose(codes.definitions.REPEATED_ID, message, ("id",), hint=hint))
    if definition.id != slug:
        why = f"its file has the id {quoted(definition.id)}"
        raise _refused(definition, why, "fix the id in the file or in the index")
    return index, entry.model_copy(update={"file": name}), definition


def _load(catalog: str, slug: str, name: str) -> Definition:
    path = os.path.join(catalog, name)
    if os.path.lexists(path):
        return load_definition(path)
    folder, indexed = escape_control_chars(catalog), escape_control_chars(name)
    message = f"no file of the catalog {folder} has the id {quoted(slug)}; in the index it is {indexed}"
    hint = "copy it again, disabled: kaizen-agentic definitions sync CATALOG"
    raise Absent(diagnose(codes.reading.ABSENT, message, file=path, hint=hint))


def _check_reports(definition: Definition, paths: Sequence[str], now: datetime, max_age: timedelta) -> list[str]:
    """Return the digests of the reports, which together must prove that the current definition works."""
    digests: list[str] = []
    reports: list[SmokeReport] = []
    for path in paths:
        digest, report = _check_report(definition, path, now, max_age)
        digests.append(digest)
        reports.append(report)
    if len({report.roster.digest for report in reports if report.roster is not None}) > 1:
        raise _refused(definition, "the reports are of different rosters", _RUN_SMOKE)
    if not any(all(one.passed for one in report.definitions if one.id == definition.id) for report in reports):
        raise _created_no_task(definition)
    tested = {repo.repo for report in reports for repo in report.repos if repo.skipped != _OTHER_HOST}
    untested = [repo.repo for repo in reports[0].repos if repo.repo not in tested]
    if untested:
        why = f"no report tested {escape_control_chars(untested[0])}, which is on another host"
        if len(untested) > 1:
            why += f", and {len(untested) - 1} more"
        raise _refused(definition, why, "run the smoke test on each host, and pass all reports with --smoke-report")
    return digests


def _check_report(definition: Definition, path: str, now: datetime, max_age: timedelta) -> tuple[str, SmokeReport]:
    """Return the digest of a report and the report, which must be recent and passing, for the current definition."""
    data = read_file(path, limit=ROSTER_LIMIT)
    try:
        report = SmokeReport.model_validate_json(data)
        age = now - datetime.fromisoformat(report.finished_at)
    except (ValidationError, ValueError, TypeError):
        message = f"{escape_control_chars(path)} is not a smoke report"
        hint = _RUN_SMOKE
        raise KaizenError(diagnose(codes.definitions.SMOKE_REPORT, message, file=path, hint=hint)) from None
    if not report.passed:
        raise _did_not_pass(definition, report)
    if age > max_age:
        raise _refused(definition, f"the report from {report.finished_at} is older than {_span(max_age)}", _RUN_SMOKE)
    if age < -_CLOCK_TOLERANCE:
        raise _refused(definition, f"the time of the report, {report.finished_at}, is in the future", _RUN_SMOKE)
    tried = [one for one in report.definitions if one.id == definition.id]
    if not tried:
        raise _refused(definition, "the report does not contain it", _RUN_SMOKE)
    if any(one.digest != definition.digest for one in tried):
        raise _refused(definition, "the report is for a different version of it", _RUN_SMOKE)
    return hashlib.sha256(data).hexdigest(), report


def _did_not_pass(definition: Definition, report: SmokeReport) -> KaizenError:
    failed = [
        f"{escape_control_chars(one.repo)} at {escape_control_chars(one.failed_step)}"
        for one in report.repos
        if one.failed_step
    ]
    why = "the smoke test in the report did not pass"
    if not failed:
        return _refused(definition, why, _RUN_SMOKE)
    why += f": {failed[0]}"
    if len(failed) > 1:
        why += f", and {len(failed) - 1} more"
    hint = f"fix it, or set kaizen_schedule_enabled: false in the roster; then {_RUN_SMOKE}"
    return _refused(definition, why, hint)


def _created_no_task(definition: Definition) -> KaizenError:
    why = f"it created no task in the smoke test, because no run has {selection_text(definition)}"
    hint = "schedule such a run in a repository"
    if selected_domains(definition):
        hint += ", or use another domain: kaizen-agentic definitions sync CATALOG --domain NAME"
    return _refused(definition, why, f"{hint}; then {_RUN_SMOKE}")


def _span(length: timedelta) -> str:
    if length >= timedelta(days=1):
        return f"{length / timedelta(days=1):g} days"
    return f"{length / timedelta(hours=1):g} hours"


def _check_conflicts(catalog: str, definition: Definition) -> None:
    loaded = checked_catalog(catalog)
    mine = replace(definition, header=definition.header.model_copy(update={"enabled": True}))
    others = [one for one in loaded if os.path.basename(one.file) != os.path.basename(definition.file)]
    clash = [one for one in check_together([*others, mine]) if one.severity == "error"]
    if clash:
        raise _refused(definition, clash[0].message, clash[0].hint or "disable the other definition first")


def _refused(definition: Definition, why: str, hint: str) -> KaizenError:
    message = f"{definition.id} was not changed: {why}"
    found: Diagnostic = definition.document.diagnose(codes.definitions.ENABLING, message, ("enabled",), hint=hint)
    return KaizenError(found)


def _entry(
    action: Literal["enable", "disable"], definition: Definition, reason: SwitchReason, digests: list[str]
) -> Switched:
    return Switched(
        action=action,
        at=utc_text(reason.at),
        by=escape_control_chars(reason.by),
        reason=escape_control_chars(reason.reason),
        digest=definition.digest,
        report=digests[0] if len(digests) == 1 else None,
        reports=digests if len(digests) > 1 else [],
    )


def _with(index: Index, entry: Indexed, definition: Definition, log: Switched, *, on: bool) -> Index:
    values = {
        "enabled": on,
        "standing": definition.digest,  # prose-ok: a key of the index
        "log": [*entry.log, log],
    }
    done = entry.model_copy(update=values)
    entries = index.by_slug | {done.slug: done}
    return index.model_copy(update={"definitions": sorted(entries.values(), key=attrgetter("slug"))})


def _switched(catalog: str, entry: Indexed, definition: Definition, *, on: bool) -> bytes:
    raw = read_inside(catalog, entry.file, limit=DEFINITION_LIMIT)
    text = decode(raw, file=definition.file, prose=True)
    bom = raw.startswith(codecs.BOM_UTF8)
    if digest_of(text, definition.file, bom=bom) != definition.digest:
        raise _refused(definition, "another process changed it", "run the command again")
    return codecs.BOM_UTF8 * bom + switched(text, definition.file, on=on).encode()
