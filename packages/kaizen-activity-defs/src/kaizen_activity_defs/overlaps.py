"""Checks of several definitions together: duplicate ids and overlapping runs (contract section 1)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations, product

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.diagnostics import Diagnostic, Severity, escape_control_chars, quoted

from kaizen_activity_defs.checking import SAMPLE_RUN, sample_context
from kaizen_activity_defs.conditions import EvaluationError
from kaizen_activity_defs.model import ContextSource, Definition

_VALUES = 24  # the maximum number of constants per field that are tried


def check_together(definitions: Sequence[Definition]) -> Iterator[Diagnostic]:
    """Report duplicate ids, and definitions that would create tasks for the same runs.

    An overlap is a warning if not both definitions are enabled.
    """
    for one, other in combinations(sorted(definitions, key=lambda definition: definition.file), 2):
        if one.id == other.id:
            message = f"the id {quoted(one.id)} is also used in {escape_control_chars(one.file)}"
            hint = "use another id"
            yield other.document.diagnose(codes.definitions.REPEATED_ID, message, ("id",), hint=hint)
        elif (run := _shared(one, other)) is not None:
            both = one.header.enabled and other.header.enabled
            ticking = one.follows_manifest_crons != other.follows_manifest_crons
            if ticking and not both:
                continue  # intended for packaged drafts: the tick replaces the weekly ones
            severity: Severity = "warning"
            if both:
                severity = "error"
            code, hint = codes.definitions.SAME_TASKS, "select different agents in their conditions"
            if ticking:
                code, hint = codes.definitions.TICK_BESIDE_WEEKLY, "disable one of them"
            pair = f"{escape_control_chars(one.id)} and {escape_control_chars(other.id)}"
            message = f"{pair} create tasks for the same runs, such as those of agent {quoted(run)}"
            yield other.document.diagnose(code, message, ("id",), hint=hint, severity=severity)


def _shared(one: Definition, other: Definition) -> str | None:
    """Return the agent of a run that both select, among the values in their conditions, or None."""
    texts: set[str] = set()
    by_repo = False
    for rule in (*one.rules, *other.rules):
        texts |= rule.condition.constants()
        by_repo |= ".repo" in rule.condition.text
    agents: list[str] = sorted({*texts, SAMPLE_RUN["agent"], "some-other-agent"})[:_VALUES]
    repos = [SAMPLE_RUN["repo"]]
    if by_repo:
        repos = sorted({*texts, *repos})[:_VALUES]
    for mine, yours in product(one.header.context_sources, other.header.context_sources):
        here, there = mine.params.get("domain"), yours.params.get("domain")
        if here and there and here != there:
            continue
        for agent, cadence, repo in product(agents, CADENCES, repos):
            fields = {"agent": agent, "cadence": cadence, "repo": repo}
            if _selects(one, mine, fields) and _selects(other, yours, fields):
                return agent
    return None


def _selects(definition: Definition, source: ContextSource, fields: dict[str, str]) -> bool:
    if any(source.params.get(name, fields[name]) != fields[name] for name in ("agent", "cadence")):
        return False
    for rule in definition.rules:
        if rule.for_each != source.bind_to:
            continue
        with suppress(EvaluationError):
            if rule.condition.holds(sample_context(rule.bind_to, definition.header.context_sources, **fields)):
                return True
    return False
