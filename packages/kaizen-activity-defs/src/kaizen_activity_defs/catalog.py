"""The definitions of a catalog, and which runs of a fleet the enabled ones fire (contract section 7)."""

import codecs
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kaizen_schedule_core import codes
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, escape_control_chars, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import os_problem, read_prefix
from kaizen_schedule_core.fleet.expected import Firing
from kaizen_schedule_core.fleet.resolution import Resolution, ScheduledRun

from kaizen_activity_defs.checking import RESOLVER_QUERY, check_windows
from kaizen_activity_defs.conditions import EvaluationError, bind, look_up
from kaizen_activity_defs.dry_run import holds
from kaizen_activity_defs.index import require_catalog
from kaizen_activity_defs.loading import find_definition, load_definition
from kaizen_activity_defs.model import DEFINITION_LIMIT, CheckedRule, ContextSource, Definition
from kaizen_activity_defs.overlaps import check_together

_OURS = re.compile(rb"discover_kaizen_|^id:[ \t]*[\"']?kaizen-", re.MULTILINE)


def load_catalog(folder: str) -> tuple[Definition, ...]:
    """The definitions of a catalog folder that ask the resolver, sorted by id; those of other systems are passed over.

    Raises KaizenError: KZ101 to KZ106 for a folder that cannot be read, everything that is wrong with any of its
    definitions, since what they would fire is then not known, and KZ505 for a folder that holds none.
    """
    found: list[Definition] = []
    wrong: list[Diagnostic] = []
    for path in definition_files(folder):
        try:
            found.append(load_definition(path))
        except KaizenError as error:
            wrong += error.diagnostics
    if wrong:
        raise KaizenError(wrong)
    return tuple(sorted(found, key=lambda definition: definition.id))


def catalog_definition(folder: str, definition_id: str) -> Definition:
    """The definition of that id as it stands in a catalog. Raises KaizenError: KZ501, and as `load_catalog`."""
    return find_definition(load_catalog(folder), definition_id, folder)


def definition_files(folder: str) -> tuple[str, ...]:
    """The files in a folder that are definitions of ours, sorted: those that ask the resolver.

    Raises KaizenError: KZ101 to KZ106 for a folder or a file that cannot be read, KZ505 when there is none.
    """
    require_catalog(folder)
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".md"))
    except OSError as error:
        raise os_problem(error, folder) from None
    found = tuple(path for name in names if _is_ours(path := os.path.join(folder, name)))
    if not found:
        message = f"no definition in the folder {escape_control_chars(folder)} asks for {RESOLVER_QUERY}"
        hint = "name the folder that holds them, or copy them into it: kaizen-agentic definitions sync CATALOG"
        raise KaizenError(diagnose(codes.definitions.EMPTY_CATALOG, message, file=folder, hint=hint))
    return found


def check_definitions(paths: Iterable[str]) -> tuple[list[tuple[str, bool]], list[Diagnostic]]:
    """Check files as definitions, each and all together: the files with whether each is fine, and what was found."""
    loaded: list[Definition] = []
    found: list[Diagnostic] = []
    checked: list[str] = []
    for path in paths:
        checked.append(path)
        try:
            loaded.append(load_definition(path))
        except KaizenError as error:
            found += error.diagnostics
    for one in loaded:
        found += check_windows(one)
    found += check_together(loaded)
    broken = {one.file for one in found if one.severity == "error"}
    return [(path, path not in broken) for path in checked], found


def _is_ours(path: str) -> bool:
    """Whether a file's frontmatter asks the resolver, or has an id of ours: then a misspelt query is told.

    One that cannot be read counts: whoever loads it says why, and the others are looked at all the same.
    """
    try:
        data = read_prefix(*os.path.split(path), length=DEFINITION_LIMIT).removeprefix(codecs.BOM_UTF8)
    except KaizenError:
        return True
    return data.startswith(b"---") and _OURS.search(data.partition(b"\n---")[0]) is not None


class CatalogFirings:
    """What the enabled definitions of a catalog fire: call it with a run to be told (`FiringsOf`)."""

    def __init__(self, definitions: Sequence[Definition], resolution: Resolution) -> None:
        """Work out which runs each definition selects; raises KaizenError for one that cannot be followed."""
        self._definitions = definitions
        self._found: dict[tuple[str, str], list[Firing]] = {}
        for definition in definitions:
            if definition.header.enabled:
                for run, firing in _fired_by(definition, resolution):
                    listed = self._found.setdefault((run.repo, run.agent), [])
                    if firing not in listed:
                        listed.append(firing)

    def __call__(self, run: ScheduledRun) -> tuple[Firing, ...]:
        """What asks for the run, by definition; empty where no enabled definition selects it."""
        return tuple(self._found.get((run.repo, run.agent), ()))

    def why_not(self, run: ScheduledRun, *, domain: str | None) -> str:
        """Why nothing asks for a run of a repository of that domain; if any is enabled, which nearly would."""
        reasons = ["no enabled definition selects this"]
        if any(definition.header.enabled for definition in self._definitions):
            reasons += filter(None, (_near_miss(definition, run, domain) for definition in self._definitions))
        return "; ".join(reasons)


def _near_miss(definition: Definition, run: ScheduledRun, domain: str | None) -> str | None:
    if not definition.header.enabled:
        if selects(definition, run, domain=domain):
            return f"{definition.id} would, but is disabled"
        return None
    for other in domains_asked(definition):
        if selects(definition, run, domain=other):
            return f"{definition.id} asks for domain {quoted(other)}"
    return None


def domains_asked(definition: Definition) -> list[str]:
    """The domains that a definition's look-ups ask for; empty where it asks for all."""
    asked = (source.params.get("domain") for source in definition.header.context_sources)
    return sorted({domain for domain in asked if isinstance(domain, str)})


def _fired_by(definition: Definition, resolution: Resolution) -> Iterator[tuple[ScheduledRun, Firing]]:
    for source in definition.header.context_sources:
        selected: list[ScheduledRun] = []
        for outcome in resolution.outcomes:
            selected += [run for run in outcome.runs if _gives(source, run, outcome.domain)]
        for rule in definition.rules:
            if rule.for_each == source.bind_to:
                for run in _ruled(definition, rule, source, selected):
                    yield run, _firing(definition, source, run)


def _gives(source: ContextSource, run: ScheduledRun, domain: str | None) -> bool:
    known = {"domain": domain, "cadence": run.cadence, "agent": run.agent}
    return all(source.params.get(name, value) == value for name, value in known.items())


def selects(definition: Definition, run: ScheduledRun, *, domain: str | None) -> bool:
    """Return whether a definition makes a task for a run of a repository of that domain, whenever it fires.

    Raises KaizenError for a definition that cannot be followed.
    """
    for source in definition.header.context_sources:
        if not _gives(source, run, domain):
            continue
        for rule in definition.rules:
            if rule.for_each == source.bind_to and list(_ruled(definition, rule, source, [run])):
                return True
    return False


def _ruled(
    definition: Definition, rule: CheckedRule, source: ContextSource, runs: Sequence[ScheduledRun]
) -> Iterator[ScheduledRun]:
    """Yield the runs for which a rule makes a task."""
    context: dict[str, Any] = {}
    try:
        bind(context, source.bind_to, [run.as_json() for run in runs])
        items = look_up(tuple(rule.for_each.split(".")), context)
        for run, item in zip(runs, items, strict=True):
            inner = dict(context)
            bind(inner, rule.bind_to, item)
            if holds(rule, definition, inner):
                yield run
    except EvaluationError as error:
        message = f"rule {rule.id} of {definition.id}: {error}"
        raise KaizenError(diagnose(codes.definitions.PLACEHOLDER, message, file=definition.file)) from None


def _firing(definition: Definition, source: ContextSource, run: ScheduledRun) -> Firing:
    if source.window is not None:
        return Firing(cron=run.cron, timezone=run.timezone, definition=definition.id)
    return Firing(cron=definition.cron, timezone=definition.header.trigger.timezone, definition=definition.id)
