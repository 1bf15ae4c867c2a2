"""What a definition would create: definition + roster → the exact tasks, created nowhere (ADR-005)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from kaizen_schedule_core import codes
from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.clock.fires import last_fire
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import diagnose, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.resolver import discover_kaizen_scheduled_repos
from kaizen_schedule_core.fleet.roster import Roster
from kaizen_schedule_core.names import slot_id

from kaizen_activity_defs.conditions import EvaluationError, bind, evaluate, look_up, parse_condition
from kaizen_activity_defs.model import Definition, Rule
from kaizen_activity_defs.templates import fill

DRY_RUN_VERSION = "1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A task as issue-core would get it; `key` and `source_id` name the slot, so that a second one is recognised."""

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

    def as_json(self) -> dict[str, object]:
        """The JSON form, every key always present."""
        return {
            "version": DRY_RUN_VERSION,
            "definition": self.definition,
            "enabled": self.enabled,
            "tasks": [asdict(task) for task in self.tasks],
        }


def preview_tasks(
    definition: Definition,
    roster: str | Roster,
    *,
    now: datetime | None = None,
    host: str | None = None,
    shard: tuple[int, int] | None = None,
) -> DryRun:
    """The tasks that a fire of the definition would ask for.

    With `now` (with an offset) the slot is the definition's last fire at or before it; without, its time is `-`.
    `shard` is that of `resolve_roster`: the tasks of a part of the roster.
    Raises RosterError for a roster that cannot be read, KaizenError (KZ502 to KZ504) for a look-up or
    a rule that cannot be followed.
    """
    fire = _fire(definition, now) if now else None
    try:
        context: dict[str, Any] = {}
        for source in definition.header.context_sources:
            runs = _look_up_source(source.params, roster, fire or now, host, shard)
            bind(context, source.bind_to, runs)
        tasks = [task for rule in definition.rules for task in _tasks(definition, rule, context, fire)]
    except EvaluationError as error:
        message = f"definition {quoted(definition.id)}: {error}"
        hint = "name a path that a context source or bind_to gives"
        raise KaizenError(diagnose(codes.definitions.PLACEHOLDER, message, file=definition.file, hint=hint)) from None
    return DryRun(definition=definition.id, enabled=definition.header.enabled, tasks=tuple(tasks))


def _fire(definition: Definition, now: datetime) -> datetime | None:
    cron = parse_cron(definition.header.trigger.cron_expression)
    if not isinstance(cron, Cron):
        raise AssertionError(f"a loaded definition holds a cron that is none: {definition.file}")  # noqa: TRY004
    return last_fire(cron, load_zone(definition.header.trigger.timezone), now)


def _look_up_source(
    params: Mapping[str, Any],
    roster: str | Roster,
    now: datetime | None,
    host: str | None,
    shard: tuple[int, int] | None,
) -> list[dict[str, object]]:
    given = dict(params)
    window = given.pop("window", None)
    found = discover_kaizen_scheduled_repos(
        now=now, roster=roster, host=host, window=parse_duration(window) if window else None, shard=shard, **given
    )
    return found["scheduled_runs"]


def _tasks(definition: Definition, rule: Rule, context: dict[str, Any], fire: datetime | None) -> Iterator[Task]:
    condition = parse_condition(rule.condition)
    if isinstance(condition, str):
        raise EvaluationError(condition)
    items = look_up(tuple(rule.for_each.split(".")), context)
    if not isinstance(items, list):
        raise EvaluationError(f"{rule.for_each} is no list")
    for item in items:
        inner = dict(context)
        bind(inner, rule.bind_to, item)
        if holds(condition, rule, definition, inner):
            yield _task(definition, rule, inner, f"{definition.id}/{slot_id(item['repo'], item['agent'], fire)}")


def holds(condition: ast.expr, rule: Rule, definition: Definition, context: dict[str, Any]) -> bool:
    """Whether a rule's condition holds in a context. Raises KaizenError (KZ503) if it has no truth there."""
    try:
        return evaluate(condition, context)
    except EvaluationError as error:
        message = f"condition of rule {quoted(rule.id)} in {quoted(definition.id)}: {error}"
        hint = "compare attribute paths that exist with constants of their kind"
        raise KaizenError(diagnose(codes.definitions.CONDITION, message, file=definition.file, hint=hint)) from None


def _task(definition: Definition, rule: Rule, context: dict[str, Any], key: str) -> Task:
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
