"""The definitions of a catalog, and the runs of a fleet that they fire (contract section 7)."""

import codecs
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from kaizen_schedule_core import codes
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, escape_control_chars, has_errors, join_words, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import read_prefix
from kaizen_schedule_core.fleet.expected import Firing
from kaizen_schedule_core.fleet.resolution import Resolution, ScheduledRun

from kaizen_activity_defs.checking import RESOLVER_QUERY, check_windows
from kaizen_activity_defs.conditions import EvaluationError, look_up, with_bound
from kaizen_activity_defs.dry_run import holds
from kaizen_activity_defs.index import markdown_files, require_catalog
from kaizen_activity_defs.loading import find_definition, load_definition
from kaizen_activity_defs.model import DEFINITION_LIMIT, CheckedRule, ContextSource, Definition
from kaizen_activity_defs.overlaps import check_together

_DEFINITION_MARK = re.compile(rb"discover_kaizen_|^id:[ \t]*[\"']?kaizen-", re.MULTILINE)


def load_catalog(folder: str) -> tuple[Definition, ...]:
    """Return the definitions of a catalog that query the resolver, sorted by id; others are ignored.

    Raises KaizenError: KZ101 to KZ106 if the directory cannot be read, all problems of its definitions, and KZ505 if
    it contains none.
    """
    loaded, wrong = load_definitions(definition_files(folder))
    if wrong:
        raise KaizenError(wrong)
    return tuple(sorted(loaded, key=lambda definition: definition.id))


def catalog_definition(folder: str, definition_id: str) -> Definition:
    """Return a definition of a catalog by id. Raises KaizenError: KZ501, and like `load_catalog`."""
    return find_definition(load_catalog(folder), definition_id, folder)


def definition_files(folder: str) -> tuple[str, ...]:
    """Return the files of a directory that are definitions and query the resolver, sorted.

    Raises KaizenError: KZ101 to KZ106 if the directory or a file cannot be read, KZ505 if there is none.
    """
    require_catalog(folder)
    paths = (os.path.join(folder, name) for name in markdown_files(folder))
    found = tuple(filter(_is_definition, paths))
    if not found:
        message = f"no definition in the directory {escape_control_chars(folder)} queries {RESOLVER_QUERY}"
        hint = "pass the catalog directory, or copy the definitions to it: kaizen-agentic definitions sync CATALOG"
        raise KaizenError(diagnose(codes.definitions.EMPTY_CATALOG, message, file=folder, hint=hint))
    return found


def check_definitions(paths: Iterable[str]) -> tuple[list[tuple[str, bool]], list[Diagnostic]]:
    """Check definitions, separately and together; return the files with whether each is valid, and the problems."""
    files = list(paths)
    loaded, found = load_definitions(files)
    found += check_loaded(loaded)
    broken = {one.file for one in found if one.severity == "error"}
    return [(path, path not in broken) for path in files], found


def checked_catalog(folder: str) -> list[Definition]:
    """Return the definitions of a catalog. Raises KaizenError if one has an error, or if they conflict."""
    loaded, found = load_definitions(definition_files(folder))
    found += check_loaded(loaded)
    if has_errors(found):
        raise KaizenError(found)
    return loaded


def load_definitions(paths: Iterable[str]) -> tuple[list[Definition], list[Diagnostic]]:
    """Return the valid definitions, and the problems of the others."""
    loaded: list[Definition] = []
    found: list[Diagnostic] = []
    for path in paths:
        try:
            loaded.append(load_definition(path))
        except KaizenError as error:
            found += error.diagnostics
    return loaded, found


def check_loaded(definitions: Sequence[Definition]) -> Iterator[Diagnostic]:
    """Report the problems of valid definitions: their windows, and what they share."""
    for one in definitions:
        yield from check_windows(one)
    yield from check_together(definitions)


def _is_definition(path: str) -> bool:
    """Check whether a file queries the resolver or has one of our ids, so that a misspelled query is found.

    An unreadable file counts, so that loading it reports the reason.
    """
    try:
        data = read_prefix(*os.path.split(path), length=DEFINITION_LIMIT).removeprefix(codecs.BOM_UTF8)
    except KaizenError:
        return True
    return data.startswith(b"---") and _DEFINITION_MARK.search(data.partition(b"\n---")[0]) is not None


class CatalogFirings:
    """The firings of the enabled definitions of a catalog; callable with a run (`FiringsOf`)."""

    def __init__(self, definitions: Sequence[Definition], resolution: Resolution) -> None:
        """Find the runs that each definition selects. Raises KaizenError if a definition cannot be evaluated."""
        self._definitions = definitions
        self._found: dict[tuple[str, str], list[Firing]] = {}
        runs: list[tuple[ScheduledRun, str | None]] = []
        for outcome in resolution.outcomes:
            runs += zip(outcome.runs, repeat(outcome.domain))
        for definition in definitions:
            if definition.header.enabled:
                for run, firing in _fired_by(definition, runs):
                    listed = self._found.setdefault((run.repo, run.agent), [])
                    if firing not in listed:
                        listed.append(firing)

    def __call__(self, run: ScheduledRun) -> tuple[Firing, ...]:
        """Return the firings of a run; empty if no enabled definition selects it."""
        return tuple(self._found.get((run.repo, run.agent), ()))

    def why_not(self, run: ScheduledRun, *, domain: str | None) -> str:
        """Return why no definition fires a run of a repository with that domain."""
        reasons = ["no enabled definition selects this run"]
        if any(definition.header.enabled for definition in self._definitions):
            reasons += filter(None, (_near_miss(definition, run, domain) for definition in self._definitions))
        return "; ".join(reasons)


def _near_miss(definition: Definition, run: ScheduledRun, domain: str | None) -> str | None:
    if not definition.header.enabled:
        if selects(definition, run, domain=domain):
            return f"{definition.id} would select it, but is disabled"
        return None
    for other in selected_domains(definition):
        if selects(definition, run, domain=other):
            return f"{definition.id} selects domain {quoted(other)}"
    return None


def selected_domains(definition: Definition) -> list[str]:
    """Return the domains that a definition selects; empty if it selects all."""
    domains = {source.params.get("domain") for source in definition.header.context_sources}
    return sorted(filter(None, domains))


def selection_text(definition: Definition) -> str:
    """Return what a definition selects: `domain "demo", cadence "weekly" and context.run.agent == "coach"`."""
    filters: list[str] = []
    for source in definition.header.context_sources:
        for name in ("domain", "cadence", "agent"):
            if name in source.params:
                filters.append(f"{name} {quoted(source.params[name])}")
    filters += (rule.condition.text for rule in definition.rules)
    return join_words(list(dict.fromkeys(filters)), "and")


def _fired_by(
    definition: Definition, runs: Iterable[tuple[ScheduledRun, str | None]]
) -> Iterator[tuple[ScheduledRun, Firing]]:
    """Yield the runs, each given with its domain, for which a definition creates a task, and what fires them."""
    for source in definition.header.context_sources:
        selected = [run for run, domain in runs if _creates_task(source, run, domain)]
        for rule in definition.rules:
            if rule.for_each == source.bind_to:
                for run in _ruled(definition, rule, source, selected):
                    yield run, _firing(definition, source, run)


def _creates_task(source: ContextSource, run: ScheduledRun, domain: str | None) -> bool:
    known = {"domain": domain, "cadence": run.cadence, "agent": run.agent}
    return all(source.params.get(name, value) == value for name, value in known.items())


def selects(definition: Definition, run: ScheduledRun, *, domain: str | None) -> bool:
    """Check whether a definition creates a task for a run of a repository with that domain.

    Raises KaizenError if the definition cannot be evaluated.
    """
    return next(_fired_by(definition, [(run, domain)]), None) is not None


def _ruled(
    definition: Definition, rule: CheckedRule, source: ContextSource, runs: Sequence[ScheduledRun]
) -> Iterator[ScheduledRun]:
    """Yield the runs for which a rule creates a task."""
    try:
        context = with_bound({}, source.bind_to, [run.as_json() for run in runs])
        items = look_up(tuple(rule.for_each.split(".")), context)
        for run, item in zip(runs, items, strict=True):
            if holds(rule, definition, with_bound(context, rule.bind_to, item)):
                yield run
    except EvaluationError as error:
        message = f"rule {rule.id} of {definition.id}: {error}"
        raise KaizenError(diagnose(codes.definitions.PLACEHOLDER, message, file=definition.file)) from None


def _firing(definition: Definition, source: ContextSource, run: ScheduledRun) -> Firing:
    if source.window is not None:
        return Firing(cron=run.cron, timezone=run.timezone, definition=definition.id)
    return Firing(cron=definition.cron, timezone=definition.header.trigger.timezone, definition=definition.id)
