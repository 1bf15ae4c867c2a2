"""The workflow of a fire: look up, measure, guard, create one task per run. activity-core can copy this module."""

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

# Retry for half a day if the hub is down. Every activity can be repeated: reading changes nothing, and issue-core
# recognizes a repeated task by its key.
_PATIENT: dict[str, Any] = {
    "schedule_to_close_timeout": timedelta(hours=12),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}
_SHORT: dict[str, Any] = {**_PATIENT, "start_to_close_timeout": timedelta(minutes=1)}
# For a large fleet. A killed worker is detected because it sends no heartbeats.
_LONG: dict[str, Any] = {
    **_PATIENT,
    "start_to_close_timeout": timedelta(hours=1),
    "heartbeat_timeout": timedelta(seconds=10),
}
# Retrying the guard alone does not help if the fleet has shrunk: the workflow fails, and is retried as a whole.
_ONCE: dict[str, Any] = {**_SHORT, "retry_policy": RetryPolicy(maximum_attempts=1)}


@dataclass(frozen=True, kw_only=True)
class FireRequest:
    """The argument of a schedule: a definition of the catalog, and the number of shards."""

    definition: str
    shards: int = 1


@dataclass(frozen=True, kw_only=True)
class FireResult:
    """The result of a fire. In a dry run, `tasks` were not created; a superseded fire has none."""

    definition: str
    at: datetime
    tasks: int
    dry_run: bool = False
    superseded: bool = False


@workflow.defn
class FireDefinition:
    """One fire of one definition."""

    @workflow.run
    async def run(self, request: FireRequest) -> FireResult:
        """Create the tasks of a fire. Fails if any part of the fleet fails."""
        # The scheduled time, not the worker's clock, so that a late worker gets the same result and ticks have no gaps.
        # If the workflow is started by hand, without a schedule, its start time is used.
        at = workflow.info().typed_search_attributes.get(_SCHEDULED) or workflow.info().start_time
        fire = Fire(definition=request.definition, at=at)
        plan = await workflow.execute_activity_method(Activities.look_up, fire, **_SHORT)
        if plan.superseded:
            return FireResult(definition=request.definition, at=at, tasks=0, superseded=True)
        parts = [
            Part(fire=fire, index=index, count=request.shards, dry_run=not plan.enabled)
            for index in range(request.shards)
        ]
        sizes = await asyncio.gather(
            *(workflow.execute_activity_method(Activities.measure, part, **_LONG) for part in parts)
        )
        # Create tasks only after the size of the complete fleet was checked.
        await workflow.execute_activity_method(Activities.guard, sizes, **_ONCE)
        made = await asyncio.gather(
            *(
                workflow.execute_activity_method(Activities.create_tasks, args=[part, size.digest], **_LONG)
                for part, size in zip(parts, sizes, strict=True)
            ),
            return_exceptions=True,  # a failed part does not stop the others; the workflow fails at the end
        )
        for one in made:
            if isinstance(one, BaseException):
                raise one
        tasks = sum(one for one in made if isinstance(one, int))
        return FireResult(definition=request.definition, at=at, tasks=tasks, dry_run=not plan.enabled)
