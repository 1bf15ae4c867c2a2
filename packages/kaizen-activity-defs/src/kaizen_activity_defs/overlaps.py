"""What can be told of several definitions together: that none makes the tasks of another (contract section 1)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations, product

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.diagnostics import Diagnostic, inert, quoted

from kaizen_activity_defs.checking import SAMPLE_RUN, sample_context
from kaizen_activity_defs.conditions import EvaluationError, evaluate, parse_condition
from kaizen_activity_defs.model import ContextSource, Definition

_VALUES = 24  # constants of a field that are tried; a person writes two or three


def check_together(definitions: Sequence[Definition]) -> Iterator[Diagnostic]:
    """Ids given twice, definitions that would make tasks for the same runs, and the tick enabled beside a weekly one.

    Two disabled or half enabled definitions that overlap are a warning: nothing is made twice yet.
    """
    for one, other in combinations(sorted(definitions, key=lambda definition: definition.file), 2):
        if one.id == other.id:
            message = f"the id {quoted(one.id)} is that of {inert(one.file)} too"
            hint = "give it an id of its own"
            yield other.document.diagnose(codes.definitions.REPEATED_ID, message, ("id",), hint=hint)
        elif (run := _shared(one, other)) is not None:
            both = one.header.enabled and other.header.enabled
            ticking = one.honours_manifests != other.honours_manifests
            if ticking and not both:
                continue  # shipped side by side on purpose: the tick replaces the weekly ones
            code = codes.definitions.TICK_BESIDE_WEEKLY if ticking else codes.definitions.SAME_TASKS
            pair = f"{inert(one.id)} and {inert(other.id)}"
            message = f"{pair} make tasks for the same runs, such as those of agent {quoted(run)}"
            hint = "disable one of them" if ticking else "let their conditions tell the agents apart"
            yield other.document.diagnose(code, message, ("id",), hint=hint, severity="error" if both else "warning")


def _shared(one: Definition, other: Definition) -> str | None:
    """The agent of a run that both select; None if there is none among the runs that their conditions speak of."""
    texts = _constants(one) | _constants(other)
    agents = sorted(texts | {SAMPLE_RUN["agent"], "some-other-agent"})[:_VALUES]
    by_repo = any(".repo" in rule.condition for rule in (*one.rules, *other.rules))
    repos = sorted((texts if by_repo else set()) | {SAMPLE_RUN["repo"]})[:_VALUES]
    for mine, yours in product(one.header.context_sources, other.header.context_sources):
        domains = {source.params["domain"] for source in (mine, yours) if "domain" in source.params}
        if len(domains) > 1:
            continue
        for agent, cadence, repo in product(agents, CADENCES, repos):
            fields = {"agent": agent, "cadence": cadence, "repo": repo}
            if _selects(one, mine, fields) and _selects(other, yours, fields):
                return agent
    return None


def _constants(definition: Definition) -> set[str]:
    trees = [parse_condition(rule.condition) for rule in definition.rules]
    nodes = [node for tree in trees if not isinstance(tree, str) for node in ast.walk(tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _selects(definition: Definition, source: ContextSource, fields: dict[str, str]) -> bool:
    if any(source.params.get(name, fields[name]) != fields[name] for name in ("agent", "cadence")):
        return False
    for rule in definition.rules:
        tree = parse_condition(rule.condition)
        if rule.for_each == source.bind_to and not isinstance(tree, str):
            try:
                if evaluate(tree, sample_context(rule, definition.header.context_sources, **fields)):
                    return True
            except EvaluationError:
                continue
    return False
