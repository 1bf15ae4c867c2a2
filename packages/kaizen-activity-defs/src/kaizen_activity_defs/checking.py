"""Checks of a definition: its context sources, and its rules on a sample run (contract section 9)."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.clock.fires import fires
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.codes import Code
from kaizen_schedule_core.diagnostics import Diagnostic, quoted
from kaizen_schedule_core.source.document import Document

from kaizen_activity_defs.conditions import Condition, EvaluationError, evaluate, parts_of, place_of, with_bound
from kaizen_activity_defs.model import ContextSource, Definition, Rule
from kaizen_activity_defs.templates import fill

RESOLVER_QUERY = "discover_kaizen_scheduled_repos"
PARAMETERS = ("domain", "cadence", "agent", "window")
SAMPLE_RUN: dict[str, Any] = {
    "repo": "demo",
    "root": "/srv/demo",
    "agent": "coach",
    "cadence": "weekly",
    "cron": "0 9 * * 1",
    "timezone": "Europe/Berlin",
    "enabled": True,
    "prepare_command": "kaizen-agentic schedule prepare coach --target /srv/demo",
}
"""A run with the eight fields of the resolver contract."""

_PATH = re.compile(r"context(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_A_THURSDAY = datetime(2026, 1, 1, tzinfo=UTC)
_FIRES = 10_000  # a week of a cron for every minute, which includes a weekend without fires
_OTHER_AGENTS = ("some-other-agent", "yet-another-agent")


def check_sources(document: Document, sources: Sequence[ContextSource]) -> Iterator[Diagnostic]:
    """Report the problems of the context sources."""
    shape = codes.definitions.DEFINITION_SHAPE
    bound: set[str] = set()
    for number, source in enumerate(sources):
        here = ("context_sources", number)
        if source.query != RESOLVER_QUERY:
            hint = f"write {RESOLVER_QUERY}"
            yield document.diagnose(shape, f"unknown query {quoted(source.query)}", (*here, "query"), hint=hint)
        for name, value in source.params.items():
            wrong = _wrong_parameter(name, value)
            if wrong is not None:
                yield document.diagnose(
                    shape, wrong[0], (*here, "params", name), key=name not in PARAMETERS, hint=wrong[1]
                )
        if not _PATH.fullmatch(source.bind_to):
            message = f"{quoted(source.bind_to)} is not a path below context"
            yield document.diagnose(shape, message, (*here, "bind_to"), hint="write context.scheduled_runs")
        elif source.bind_to in bound:
            message = f"two context sources bind {source.bind_to}"
            yield document.diagnose(shape, message, (*here, "bind_to"), hint="use a different path for each")
        bound.add(source.bind_to)


def _wrong_parameter(name: str, value: object) -> tuple[str, str] | None:
    if name not in PARAMETERS:
        return f"unknown parameter {quoted(name)}", f"allowed parameters: {', '.join(PARAMETERS)}"
    if not isinstance(value, str) or not value:
        return f"parameter {quoted(name)} must be text, not {quoted(value)}", "write it in quotes, or remove the line"
    if name == "cadence" and value not in CADENCES:
        return f"unknown cadence {quoted(value)}", f"write one of {', '.join(CADENCES)}"
    if name == "window":
        try:
            parse_duration(value)
        except ValueError as error:
            return f"invalid window {quoted(value)}", str(error)
    return None


def check_windows(definition: Definition) -> Iterator[Diagnostic]:
    """Report a window that differs from the time between fires, so that runs are missed or selected twice (KZ514)."""
    sources = definition.header.context_sources
    windows = {number: source.window for number, source in enumerate(sources) if source.window is not None}
    if not windows:
        return
    times = islice(fires(definition.cron, UTC, _A_THURSDAY), _FIRES)
    apart = {later - earlier for earlier, later in pairwise(times)}
    hint = "use a cron with even intervals, such as */15 * * * * with window: 15m"
    if len(apart) == 1:
        hint = f"write window: {min(apart) // timedelta(minutes=1)}m"
    for number, window in windows.items():
        wrong = []
        if max(apart, default=window) > window:
            wrong.append("runs are missed")
        if min(apart, default=window) < window:
            wrong.append("runs are selected twice")
        if wrong:
            path = ("context_sources", number, "params", "window")
            message = f"the cron does not fire every {sources[number].params['window']}, so {' and '.join(wrong)}"
            yield definition.document.diagnose(codes.definitions.WINDOW, message, path, hint=hint)


def check_rule(
    document: Document, rule: Rule, condition: Condition | str, sources: Sequence[ContextSource]
) -> Iterator[Diagnostic]:
    """Report the problems of a rule: its list, condition, action and agent filter.

    `condition` is the parsed condition, or the error in it.
    """
    bound = {one.bind_to: one for one in reversed(sources)}
    source = bound.get(rule.for_each)
    if source is None:
        message = f"no context source binds {quoted(rule.for_each)}"
        hint = f"bound paths: {', '.join(reversed(bound)) or 'nothing'}"
        yield document.diagnose(codes.definitions.UNBOUND, message, ("for_each",), hint=hint)
        return
    if not _PATH.fullmatch(rule.bind_to) or any(_meet(rule.bind_to, path) for path in bound):
        message = f"items cannot be bound to {quoted(rule.bind_to)}"
        hint = "use another path, such as context.run"
        yield document.diagnose(codes.definitions.UNBOUND, message, ("bind_to",), hint=hint)
        return
    context = sample_context(rule.bind_to, sources)
    wrong = _wrong_condition(condition, context)
    if wrong is not None:
        message = f"invalid condition of rule {quoted(rule.id)}: {wrong}"
        hint = "compare existing paths with constants of the same type; combine with and, or, not"
        yield document.diagnose(codes.definitions.CONDITION, message, ("condition",), hint=hint)
    yield from _check_action(document, rule, context)
    if {"agent", "window"} & source.params.keys() or wrong is not None:
        return
    if isinstance(condition, Condition) and not _filters(condition, rule.bind_to, sources):
        message = "this rule creates tasks for every agent, including those of other definitions"
        hint = 'add a filter: context.run.agent == "coach"'
        yield document.diagnose(codes.definitions.NO_AGENT_FILTER, message, ("condition",), hint=hint)


def sample_context(path: str, sources: Sequence[ContextSource], **fields: object) -> dict[str, Any]:
    """Return the context of a rule for the sample run, with other values for some fields."""
    context: dict[str, Any] = {}
    run = SAMPLE_RUN | fields
    for source in sources:
        context = with_bound(context, source.bind_to, [run])
    return with_bound(context, path, run)


def _meet(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _wrong_condition(condition: Condition | str, context: dict[str, Any]) -> str | None:
    if isinstance(condition, str):
        return condition
    for part in parts_of(condition.tree):
        try:
            evaluate(part, context)
        except EvaluationError as error:
            return f"{error} {place_of(error.node or part, condition.text)}"
    return None


def _check_action(document: Document, rule: Rule, context: dict[str, Any]) -> Iterator[Diagnostic]:
    action = rule.action
    texts: dict[tuple[str | int, ...], str] = {
        ("action", "task_template"): action.task_template,
        ("action", "target_repo"): action.target_repo,
        ("action", "priority"): action.priority,
        ("action", "description"): action.description,
    }
    for number, label in enumerate(action.labels):
        texts["action", "labels", number] = label
    code: Code = codes.definitions.PLACEHOLDER
    for path, text in texts.items():
        try:
            value = fill(text, context)
        except EvaluationError as error:
            hint = f"fields below {rule.bind_to}: {', '.join(SAMPLE_RUN)}"
            yield document.diagnose(code, str(error), path, hint=hint)
        else:
            if not isinstance(value, str):
                message = f"{text} is of type {type(value).__name__}, but must be text"
                yield document.diagnose(code, message, path, hint="use it as a placeholder in a text")


def _filters(condition: Condition, path: str, sources: Sequence[ContextSource]) -> bool:
    for agent in _OTHER_AGENTS:
        try:
            if not condition.holds(sample_context(path, sources, agent=agent)):
                return True
        except EvaluationError:
            return True
    return False
