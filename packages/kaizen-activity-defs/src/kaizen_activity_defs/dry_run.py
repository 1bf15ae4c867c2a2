"""Preview of the tasks that a definition would create for a roster (ADR-005)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.fires import last_fire
from kaizen_schedule_core.diagnostics import diagnose, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.resolver import discover_kaizen_scheduled_repos
from kaizen_schedule_core.fleet.roster import Roster
from kaizen_schedule_core.names import slot_id

from kaizen_activity_defs.conditions import EvaluationError, look_up, with_bound
from kaizen_activity_defs.model import CheckedRule, ContextSource, Definition
from kaizen_activity_defs.templates import fill


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A task for issue-core; `key` and `source_id` contain the slot, so that duplicates can be detected."""

    title: str
    target_repo: str
    priority: str
    labels: list[str]
    due_in_days: int
    description: str
    key: str
    source_type: str
    source_id: str
    activity_definition_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun:
    """The tasks of one fire of a definition."""

    definition: str
    enabled: bool
    tasks: tuple[Task, ...]


def preview_tasks(
    definition: Definition,
    roster: str | Roster,
    *,
    now: datetime | None = None,
    host: str | None = None,
    shard: tuple[int, int] | None = None,
) -> DryRun:
    """Return the tasks that a fire of the definition would create.

    With `now` (with an offset), the slot is the definition's last fire at or before it; without `now`, the time in the
    slot is `-`. `shard` is as in `resolve_roster`. Raises RosterError if the roster cannot be read, and KaizenError
    (KZ502 to KZ504) if a context source or a rule cannot be evaluated.
    """
    fire = last_fire(definition.cron, definition.zone, now) if now is not None else None
    try:
        context: dict[str, Any] = {}
        for source in definition.header.context_sources:
            runs = _look_up_source(source, roster, fire or now, host, shard)
            context = with_bound(context, source.bind_to, runs)
        tasks: list[Task] = []
        for rule in definition.rules:
            tasks += _tasks(definition, rule, context, fire)
    except EvaluationError as error:
        message = f"definition {quoted(definition.id)}: {error}"
        hint = "use a path that a context source or bind_to binds"
        raise KaizenError(diagnose(codes.definitions.PLACEHOLDER, message, file=definition.file, hint=hint)) from None
    return DryRun(definition=definition.id, enabled=definition.header.enabled, tasks=tuple(tasks))


def _look_up_source(
    source: ContextSource, roster: str | Roster, now: datetime | None, host: str | None, shard: tuple[int, int] | None
) -> list[dict[str, object]]:
    given: dict[str, Any] = {**source.params, "window": source.window}
    return discover_kaizen_scheduled_repos(now=now, roster=roster, host=host, shard=shard, **given)["scheduled_runs"]


def _tasks(definition: Definition, rule: CheckedRule, context: dict[str, Any], fire: datetime | None) -> Iterator[Task]:
    items = look_up(tuple(rule.for_each.split(".")), context)
    if not isinstance(items, list):
        raise EvaluationError(f"{rule.for_each} is not a list")
    for item in items:
        inner = with_bound(context, rule.bind_to, item)
        if holds(rule, definition, inner):
            yield _task(definition, rule, inner, f"{definition.id}/{slot_id(item['repo'], item['agent'], fire)}")


def holds(rule: CheckedRule, definition: Definition, context: dict[str, Any]) -> bool:
    """Return the value of a rule's condition in a context. Raises KaizenError if it cannot be evaluated (KZ503)."""
    try:
        return rule.condition.holds(context)
    except EvaluationError as error:
        message = f"condition of rule {quoted(rule.id)} in {quoted(definition.id)}: {error}"
        hint = "compare existing paths with constants of the same type"
        raise KaizenError(diagnose(codes.definitions.CONDITION, message, file=definition.file, hint=hint)) from None


def _task(definition: Definition, rule: CheckedRule, context: dict[str, Any], key: str) -> Task:
    action = rule.action
    return Task(
        title=fill(action.task_template, context),
        target_repo=fill(action.target_repo, context),
        priority=fill(action.priority, context),
        labels=[fill(label, context) for label in action.labels],
        due_in_days=action.due_in_days,
        description=fill(action.description, context),
        key=key,
        source_type="activity-definition",
        source_id=key,
        activity_definition_id=definition.id,
    )
