"""What can be told of a definition before anything fires: what it looks up, and whether its rules can be followed.

Rules are tried on a run as the resolver gives them, so that a wrong path or placeholder is found where it is written
and not on a Monday morning (contract section 9).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.clock.cron import parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.fires import fires
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.codes import Code
from kaizen_schedule_core.diagnostics import Diagnostic, quoted
from kaizen_schedule_core.source.document import Document

from kaizen_activity_defs.conditions import EvaluationError, bind, evaluate, parse_condition, parts_of, place_of
from kaizen_activity_defs.model import ContextSource, Header, Rule
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
"""A run with the eight fields of the resolver."""

_PATH = re.compile(r"context(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
_A_THURSDAY = datetime(2026, 1, 1, tzinfo=UTC)
_FIRES = 10_000  # of a cron for every minute a week, so that a weekend without fires is among them
_OTHER_AGENTS = ("some-other-agent", "yet-another-agent")


def check_sources(document: Document, header: Header) -> Iterator[Diagnostic]:
    """What is wrong with the look-ups: a parameter that selects nothing would be a job that does nothing, for ever."""
    shape = codes.definitions.DEFINITION_SHAPE
    bound: set[str] = set()
    for number, source in enumerate(header.context_sources):
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
            message = f"{quoted(source.bind_to)} is no path below context"
            yield document.diagnose(shape, message, (*here, "bind_to"), hint="write context.scheduled_runs")
        elif source.bind_to in bound:
            message = f"two sources are bound to {source.bind_to}"
            yield document.diagnose(shape, message, (*here, "bind_to"), hint="give each a path of its own")
        bound.add(source.bind_to)


def _wrong_parameter(name: str, value: object) -> tuple[str, str] | None:
    if name not in PARAMETERS:
        return f"unknown parameter {quoted(name)}", f"the resolver takes {', '.join(PARAMETERS)}"
    if not isinstance(value, str) or not value:
        return f"parameter {quoted(name)} must be text, not {quoted(value)}", "write a text, or remove the line"
    if name == "cadence" and value not in CADENCES:
        return f"unknown cadence {quoted(value)}", f"write one of {', '.join(CADENCES)}"
    if name == "window":
        try:
            parse_duration(value)
        except ValueError as error:
            return f"window {quoted(value)} is no duration", str(error)
    return None


def check_windows(document: Document, header: Header) -> Iterator[Diagnostic]:
    """Warn of a window that is not the time between any two fires: runs would be lost, or found twice."""
    cron = parse_cron(header.trigger.cron_expression)
    windows = {
        number: parse_duration(source.params["window"])
        for number, source in enumerate(header.context_sources)
        if "window" in source.params
    }
    if not windows or isinstance(cron, CronProblem):
        return
    apart = {later - earlier for earlier, later in pairwise(islice(fires(cron, UTC, _A_THURSDAY), _FIRES))}
    hint = "let the cron fire evenly, as */15 * * * * does with window: 15m"
    if len(apart) == 1:
        hint = f"write window: {min(apart) // timedelta(minutes=1)}m"
    for number, window in windows.items():
        if apart <= {window}:
            continue
        told = {"runs are lost": max(apart) > window, "runs are found twice": min(apart) < window}
        wrong = " and ".join(word for word, so in told.items() if so)
        path = ("context_sources", number, "params", "window")
        message = f"the cron does not fire every {header.context_sources[number].params['window']}: {wrong}"
        yield document.diagnose(codes.definitions.WINDOW, message, path, hint=hint)


def check_rule(document: Document, rule: Rule, sources: Sequence[ContextSource]) -> Iterator[Diagnostic]:
    """What is wrong with a rule: its list, its condition, the fields of its action, and whose tasks it makes."""
    source = next((one for one in sources if one.bind_to == rule.for_each), None)
    if source is None:
        bound = ", ".join(one.bind_to for one in sources) or "nothing"
        message = f"{quoted(rule.for_each)} is bound by no context source"
        yield document.diagnose(codes.definitions.UNBOUND, message, ("for_each",), hint=f"bound here: {bound}")
        return
    if not _PATH.fullmatch(rule.bind_to) or any(_meet(rule.bind_to, one.bind_to) for one in sources):
        message = f"an item cannot be bound to {quoted(rule.bind_to)}"
        hint = "write a path of its own, such as context.run"
        yield document.diagnose(codes.definitions.UNBOUND, message, ("bind_to",), hint=hint)
        return
    context = sample_context(rule, sources)
    condition_problems = list(_check_condition(document, rule, context))
    yield from condition_problems
    yield from _check_action(document, rule, context)
    if not condition_problems and not {"agent", "window"} & source.params.keys() and not _filters(rule, sources):
        message = "this rule makes tasks for every agent, those of other definitions too"
        hint = 'filter on the agent: context.run.agent == "coach"'
        yield document.diagnose(codes.definitions.NO_AGENT_FILTER, message, ("condition",), hint=hint)


def sample_context(rule: Rule, sources: Sequence[ContextSource], **fields: object) -> dict[str, Any]:
    """The context of a rule over one run, the sample with some fields of its own."""
    context: dict[str, Any] = {}
    run = SAMPLE_RUN | fields
    for source in sources:
        bind(context, source.bind_to, [run])
    bind(context, rule.bind_to, run)
    return context


def _meet(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _check_condition(document: Document, rule: Rule, context: dict[str, Any]) -> Iterator[Diagnostic]:
    hint = "compare attribute paths that exist with constants of their kind; join with and, or, not"
    tree = parse_condition(rule.condition)
    wrong = tree if isinstance(tree, str) else _wrong_part(tree, context, rule.condition)
    if wrong is not None:
        message = f"condition of rule {quoted(rule.id)}: {wrong}"
        yield document.diagnose(codes.definitions.CONDITION, message, ("condition",), hint=hint)


def _wrong_part(tree: ast.expr, context: dict[str, Any], text: str) -> str | None:
    """The first part that has no truth, also where `and` or `or` would not come to it."""
    for part in parts_of(tree):
        try:
            evaluate(part, context)
        except EvaluationError as error:
            return f"{error} {place_of(error.node or part, text)}"
    return None


def _check_action(document: Document, rule: Rule, context: dict[str, Any]) -> Iterator[Diagnostic]:
    action = rule.action
    texts: list[tuple[tuple[str | int, ...], str]] = [
        (("action", name), getattr(action, name))
        for name in ("task_template", "target_repo", "priority", "description")
    ]
    texts += [(("action", "labels", number), label) for number, label in enumerate(action.labels)]
    code: Code = codes.definitions.PLACEHOLDER
    for path, text in texts:
        try:
            value = fill(text, context)
        except EvaluationError as error:
            hint = f"a run has {', '.join(SAMPLE_RUN)}, below {rule.bind_to}"
            yield document.diagnose(code, str(error), path, hint=hint)
        else:
            if not isinstance(value, str):
                message = f"{text} holds {type(value).__name__}, where text is needed"
                yield document.diagnose(code, message, path, hint="put it in braces inside a text")


def _filters(rule: Rule, sources: Sequence[ContextSource]) -> bool:
    """Whether the condition tells agents apart: it is false for at least one of those that nobody has heard of."""
    tree = parse_condition(rule.condition)
    if isinstance(tree, str):
        return True
    try:
        return not all(evaluate(tree, sample_context(rule, sources, agent=agent)) for agent in _OTHER_AGENTS)
    except EvaluationError:
        return True
