"""What can be told of several definitions together: that none makes the tasks of another (contract section 1)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations, product

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.diagnostics import Diagnostic, Severity, escape_control_chars, quoted

from kaizen_activity_defs.checking import SAMPLE_RUN, sample_context
from kaizen_activity_defs.conditions import EvaluationError
from kaizen_activity_defs.model import ContextSource, Definition

_VALUES = 24  # constants of a field that are tried; a person writes two or three


def check_together(definitions: Sequence[Definition]) -> Iterator[Diagnostic]:
    """Ids given twice, definitions that would make tasks for the same runs, and the tick enabled beside a weekly one.

    Two disabled or half enabled definitions that overlap are a warning: nothing is made twice yet.
    """
    for one, other in combinations(sorted(definitions, key=lambda definition: definition.file), 2):
        if one.id == other.id:
            message = f"the id {quoted(one.id)} is that of {escape_control_chars(one.file)} too"
            hint = "give it an id of its own"
            yield other.document.diagnose(codes.definitions.REPEATED_ID, message, ("id",), hint=hint)
        elif (run := _shared(one, other)) is not None:
            both = one.header.enabled and other.header.enabled
            ticking = one.follows_manifest_crons != other.follows_manifest_crons
            if ticking and not both:
                continue  # shipped side by side on purpose: the tick replaces the weekly ones
            severity: Severity = "warning"
            if both:
                severity = "error"
            code, hint = codes.definitions.SAME_TASKS, "let their conditions tell the agents apart"
            if ticking:
                code, hint = codes.definitions.TICK_BESIDE_WEEKLY, "disable one of them"
            pair = f"{escape_control_chars(one.id)} and {escape_control_chars(other.id)}"
            message = f"{pair} make tasks for the same runs, such as those of agent {quoted(run)}"
            yield other.document.diagnose(code, message, ("id",), hint=hint, severity=severity)


def _shared(one: Definition, other: Definition) -> str | None:
    """Return the agent of a run that both select; None if there is none among the runs that their conditions name."""
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
        domains = {source.params["domain"] for source in (mine, yours) if "domain" in source.params}
        if len(domains) > 1:
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
