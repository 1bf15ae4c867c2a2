"""What happens when a definition fires: look, measure, guard, then one task for each run. For activity-core to lift."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from drill.activities import Activities, Fire, Part

_SCHEDULED = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")

# A hub that is down is waited for, for half a day. Every activity may be repeated: reading changes nothing, and a
# task has a key by which the second one is recognised.
_PATIENT: dict[str, Any] = {
    "schedule_to_close_timeout": timedelta(hours=12),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}
_SHORT: dict[str, Any] = {**_PATIENT, "start_to_close_timeout": timedelta(minutes=1)}
# A fleet takes its time; a worker that was killed meanwhile is noticed by its silence.
_LONG: dict[str, Any] = {
    **_PATIENT,
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": timedelta(seconds=10),
}
# A fleet that has shrunk does not grow by asking the guard again: the workflow fails, and is retried as a whole.
_ONCE: dict[str, Any] = {**_SHORT, "retry_policy": RetryPolicy(maximum_attempts=1)}


@dataclass(frozen=True, kw_only=True)
class What:
    """What a schedule asks for: a definition of the catalog, resolved in so many parts."""

    definition: str
    shards: int = 1


@dataclass(frozen=True, kw_only=True)
class Fired:
    """What became of a fire. In a dry run `tasks` were created nowhere; a superseded fire made none."""

    definition: str
    at: datetime
    tasks: int
    dry_run: bool = False
    superseded: bool = False


@workflow.defn
class FireDefinition:
    """One fire of one definition."""

    @workflow.run
    async def run(self, what: What) -> Fired:
        """Make the tasks of a fire, or fail and say why; never succeed over a part of the fleet."""
        # The fire's own time, never the worker's clock: a late worker asks the same question (and ticks tile time).
        # Started by hand, without a schedule, the workflow takes its start for it.
        at = workflow.info().typed_search_attributes.get(_SCHEDULED) or workflow.info().start_time
        fire = Fire(definition=what.definition, at=at)
        plan = await workflow.execute_activity_method(Activities.look_up, fire, **_SHORT)
        if plan.superseded:
            return Fired(definition=what.definition, at=at, tasks=0, superseded=True)
        parts = [
            Part(fire=fire, index=index, count=what.shards, dry_run=not plan.enabled) for index in range(what.shards)
        ]
        sizes = await asyncio.gather(
            *(workflow.execute_activity_method(Activities.measure, part, **_LONG) for part in parts)
        )
        # No task before the whole fleet is known to be there.
        await workflow.execute_activity_method(Activities.guard, sizes, **_ONCE)
        made = await asyncio.gather(
            *(
                workflow.execute_activity_method(Activities.create_tasks, args=[part, size.digest], **_LONG)
                for part, size in zip(parts, sizes, strict=True)
            ),
            return_exceptions=True,  # a part that fails does not stop the others; it fails the workflow in the end
        )
        for one in made:
            if isinstance(one, BaseException):
                raise one
        tasks = sum(one for one in made if isinstance(one, int))
        return Fired(definition=what.definition, at=at, tasks=tasks, dry_run=not plan.enabled)
