"""A repository changes its mind between the task and the session: its run is refused, and no other."""

from __future__ import annotations

from drill import runner
from drill.engine import fire_at, result
from drill.fleet import BROKEN, WEEKLY, small_fleet, write_manifest
from drill.lines import Lines
from drill.scenario import Scenario
from drill.world import COACH, World

REFUSED = "manifest edited after"
OTHERS = "the others' sessions"


async def _edited(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"), enable=True)
    await world.start_worker()
    nats = (await world.start_nats()).address
    await runner.make_stream(nats)
    await result(await fire_at(world.client, COACH, world.last_fire()))
    write_manifest(world.fleet.root("repo-2"), WEEKLY.replace("coach: {", "coach: {enabled: false, "))
    write_manifest(world.fleet.root("repo-3"), BROKEN)
    world.say("one manifest now pauses the coach, one is broken; the runner takes the tasks")
    sessions = [await runner.run_task(world, task, nats) for task in world.sink.tasks]
    refused = [session for session in sessions if any(session.codes)]
    told = {event.repo for event in await runner.events(nats)}
    printed = sum(len(ran.out) for session in refused for ran in session.prepared)
    lines.tell(
        REFUSED,
        "repo-2: exit 1, repo-3: exit 1; 0 bytes, no event",
        ", ".join(f"{session.repo}: exit {session.codes[0]}" for session in refused)
        + f"; {printed} bytes, {'an' if told & {session.repo for session in refused} else 'no'} event",
    )
    recorded = sum(session.recorded is not None and session.recorded.code == 0 for session in sessions)
    lines.tell(
        OTHERS,
        "3 prepared, recorded, told",
        f"{recorded} prepared, recorded, told" if len(told) == recorded else f"{recorded} recorded, {len(told)} told",
    )


EDITED = Scenario(name="edited", lines=(REFUSED, OTHERS), play=_edited)
