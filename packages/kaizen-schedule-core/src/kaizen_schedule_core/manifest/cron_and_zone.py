"""Crons and time zones in a document, with their diagnostics: the same in manifests, definitions and indexes."""

from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.zones import known_zones, zone_hint
from kaizen_schedule_core.codes import reading, values
from kaizen_schedule_core.diagnostics import Diagnostic, Note, quoted
from kaizen_schedule_core.source.document import Document, Path
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

CRON_KEYS = QuotedKeys(
    keys=frozenset({"cron", "cron_expression"}), noun="cron", code=reading.UNQUOTED_CRON, form="five fields"
)
"""The keys with a cron as their value, which must be quoted."""


def unknown_zone(document: Document, path: Path, name: object) -> Diagnostic | None:
    """Return the error for a name that is not in the IANA database (KZ301), or None."""
    if not isinstance(name, str) or name in known_zones():
        return None
    return document.diagnose(values.UNKNOWN_ZONE, f"unknown time zone {quoted(name)}", path, hint=zone_hint(name))


def cron_diagnostic(document: Document, path: Path, problem: CronProblem) -> Diagnostic:
    """Return the diagnostic of a problem, at the wrong field of the cron."""
    notes = map(Note, problem.notes)
    found = document.diagnose(problem.code, problem.message, path, hint=problem.hint, notes=notes)
    return document.narrow(found, path, problem.span)
