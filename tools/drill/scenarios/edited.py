"""A manifest is edited between the task and the session: only the runs of that repository are refused."""

from __future__ import annotations

from drill import runner
from drill.engine import fire_at, result
from drill.fleet import BROKEN, WEEKLY, small_fleet, write_manifest
from drill.lines import Lines
from drill.scenario import Scenario
from drill.world import COACH, World

REFUSED = "manifest edited"
OTHERS = "other sessions"
CHANGED = {"repo-2", "repo-3"}


async def _edited(world: World, lines: Lines) -> None:
    await world.begin(small_fleet(world.folder / "fleet"), enable=True)
    await world.start_worker()
    nats = (await world.start_nats()).address
    await runner.make_stream(nats)
    await result(await fire_at(world.client, COACH, world.last_fire()))
    write_manifest(world.fleet.root("repo-2"), WEEKLY.replace("coach: {", "coach: {enabled: false, "))
    write_manifest(world.fleet.root("repo-3"), BROKEN)
    world.log("one manifest now pauses the coach, one is invalid; the runner takes the tasks")
    sessions = [await runner.run_task(world, task, nats) for task in world.sink.tasks]
    published = {event.repo for event in await runner.events(nats)}
    refused = [session for session in sessions if session.repo in CHANGED]
    codes = ", ".join(f"{session.repo}: exit {session.codes[0]}" for session in refused)
    printed = sum(len(ran.out) for session in refused for ran in session.prepared)
    an_event = "an" if published & CHANGED else "no"
    lines.record(
        REFUSED, "repo-2: exit 1, repo-3: exit 1; 0 bytes, no event", f"{codes}; {printed} bytes, {an_event} event"
    )
    others = [session for session in sessions if session.repo not in CHANGED]
    recorded = sum(session.recorded is not None and session.recorded.code == 0 for session in others)
    lines.record(OTHERS, "3 recorded, 3 events", f"{recorded} recorded, {len(published - CHANGED)} events")


EDITED = Scenario(name="edited", lines=(REFUSED, OTHERS), run=_edited)
