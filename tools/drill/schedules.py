"""From a definition of the catalog to a Temporal Schedule. For activity-core to lift."""

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

from drill.workflow import FireDefinition, What

QUEUE = "kaizen"

_A_YEAR = timedelta(days=365)
_MISFIRE = {
    # A fire that was missed is dropped. A minute is no miss: a server that restarts is back by then (the server itself
    # takes anything below 10 s for 10 s). If last week's run still waits for the hub, this week's is dropped too.
    "skip": SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=1)),
    # Every missed fire starts its workflow, one after the other; all but the newest see that they are superseded and
    # end. Temporal's own BUFFER_ONE keeps the oldest of the missed ones, not the latest.
    "catchup_latest": SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=_A_YEAR),
    # Every fire counts, in order: ticks tile time only if none is dropped. The server keeps at most 1000 waiting fires
    # of a schedule and drops what comes after them (ten days of the tick): watch its count of dropped fires.
    "catchup_all": SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL, catchup_window=_A_YEAR),
}

# What an activity's own retries cannot mend is looked at anew from the start: the fleet had shrunk, or the roster was
# edited half way. After 5, 20, 80 and 320 s the workflow has failed, and says so.
_RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), backoff_coefficient=4, maximum_attempts=5)


def spec_of(cron: str, timezone: str) -> ScheduleSpec:
    """When to fire. The cron goes over as it stands: `portable-5` holds only what the server reads as we do."""
    return ScheduleSpec(cron_expressions=[cron], time_zone_name=timezone)


def schedule_of(definition: Definition, *, shards: int = 1) -> Schedule:
    """The schedule of a definition; it has the definition's id, and so have its workflows, followed by the time."""
    trigger = definition.header.trigger
    return Schedule(
        action=ScheduleActionStartWorkflow(
            FireDefinition.run,
            What(definition=definition.id, shards=shards),
            id=definition.id,
            task_queue=QUEUE,
            retry_policy=_RETRY,
        ),
        spec=spec_of(trigger.cron_expression, trigger.timezone),
        policy=_MISFIRE[trigger.misfire_policy],
        # The file's `enabled` is the truth: whoever switches does it there, with `definitions enable` or `disable`.
        state=ScheduleState(paused=not definition.header.enabled, note="as the catalog says"),
    )


async def sync_schedules(client: Client, definitions: Iterable[Definition], *, shards: int = 1) -> None:
    """Bring the server's schedules in step with the catalog, after every sync, enable and disable of it.

    The schedule of a definition that left the catalog is not touched: its fires fail by name until it is deleted.
    """
    for definition in definitions:
        schedule = schedule_of(definition, shards=shards)
        try:
            await client.create_schedule(definition.id, schedule)
        except ScheduleAlreadyRunningError:

            def replace(_: ScheduleUpdateInput, schedule: Schedule = schedule) -> ScheduleUpdate:
                return ScheduleUpdate(schedule=schedule)

            await client.get_schedule_handle(definition.id).update(replace)
