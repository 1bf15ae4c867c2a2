"""Create Temporal Schedules from the definitions of a catalog. activity-core can copy this module."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from kaizen_activity_defs import Definition
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import RetryPolicy

from drill.workflow import FireDefinition, FireRequest

QUEUE = "kaizen"

_A_YEAR = timedelta(days=365)
_MISFIRE = {
    # A missed fire is dropped, unless it is less than a minute late, so that a restart of the server misses nothing
    # (the minimum is 10 s). If last week's run still waits for the hub, this week's is dropped too.
    "skip": SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    # Every missed fire starts its workflow, one after another; all except the newest find that they are superseded, and
    # end. Temporal's own BUFFER_ONE keeps the oldest missed fire, not the latest.
    "catchup_latest": SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=_A_YEAR),
    # Every fire counts, in order: no tick may be dropped. The server keeps at most 1000 waiting fires of a schedule
    # (ten days of the tick) and drops later ones: monitor its count of dropped fires.
    "catchup_all": SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=_A_YEAR),
}

# The workflow is retried as a whole if the retry of an activity cannot help: the fleet had shrunk, or the roster was
# edited during the fire. It is retried after 5, 20, 80 and 320 s; then it has failed.
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), backoff_coefficient=4, maximum_attempts=5)


def spec_of(cron: str, timezone: str) -> ScheduleSpec:
    """Return when to fire. The cron is passed unchanged, because the server reads all of `portable-5` as we do."""
    return ScheduleSpec(cron_expressions=[cron], time_zone_name=timezone)


def schedule_of(definition: Definition, *, shards: int = 1) -> Schedule:
    """Return the schedule of a definition. Its id is the definition's id; Temporal adds the time for workflow ids."""
    trigger = definition.header.trigger
    return Schedule(
        action=ScheduleActionStartWorkflow(
            FireDefinition.run,
            FireRequest(definition=definition.id, shards=shards),
            id=definition.id,
            task_queue=QUEUE,
            retry_policy=_RETRY,
        ),
        spec=spec_of(trigger.cron_expression, trigger.timezone),
        policy=_MISFIRE[trigger.misfire_policy],
        # `enabled` in the file decides; change it with `definitions enable` or `disable`.
        state=ScheduleState(paused=not definition.header.enabled, note="set from the catalog"),
    )


async def sync_schedules(client: Client, definitions: Iterable[Definition], *, shards: int = 1) -> None:
    """Update the server's schedules from the catalog; call it after every sync, enable and disable.

    The schedule of a definition that was removed from the catalog stays, and its fires fail until it is deleted.
    """
    for definition in definitions:
        schedule = schedule_of(definition, shards=shards)
        try:
            await client.create_schedule(definition.id, schedule)
        except ScheduleAlreadyRunningError:

            def replace(_: ScheduleUpdateInput, schedule: Schedule = schedule) -> ScheduleUpdate:
                return ScheduleUpdate(schedule=schedule)

            await client.get_schedule_handle(definition.id).update(replace)
