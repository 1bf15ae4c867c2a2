"""Each line of the table can fail: a fault in what it checks makes this line fail, and no other."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import pytest
from drill import runner, schedules
from drill.fleet import BROKEN, WEEKLY, Fleet, pilot_fleet, write_manifest
from drill.reaper import Reaper
from drill.scenario import run_scenario
from drill.scenarios import SCENARIOS, clock, edited, fires, outages, scale
from drill.scenarios import loop as path
from drill.servers import Server
from drill.sink import Sink
from drill.world import COACH, OPTIMIZATION, CommandResult, Drill, World

SCENARIO = {scenario.name: scenario for scenario in SCENARIOS}
Patch = pytest.MonkeyPatch


class Break(NamedTuple):
    """A line, and a fault that makes only this line fail: a function that patches the drill, or a faulty sink."""

    scenario: str
    line: str
    do: Callable[[Patch], None] = lambda _: None
    sink: Callable[[], Sink] = Sink


def worker(name: str) -> Callable[[Patch], None]:
    def do(patch: Patch) -> None:
        patch.setattr(World, "worker_module", "tests.drill.broken_worker")
        patch.setenv("BROKEN", name)

    return do


def schedule(change: Callable[[Any, Any], Any]) -> Callable[[Patch], None]:
    """Change every schedule with `change(definition, schedule)` before it is sent to the server."""

    def do(patch: Patch) -> None:
        good = schedules.schedule_of
        patch.setattr(schedules, "schedule_of", lambda one, **options: change(one, good(one, **options)))

    return do


def paused(schedule: Any, *, so: bool) -> Any:
    return replace(schedule, state=replace(schedule.state, paused=so))


def one_unpaused_first() -> Callable[[Any, Any], Any]:
    seen: Counter[str] = Counter()

    def change(definition: Any, schedule: Any) -> Any:
        seen[definition.id] += 1
        first = definition.id == OPTIMIZATION and seen[definition.id] == 1
        return paused(schedule, so=False) if first else schedule

    return change


def on_tuesday(definition: Any, schedule: Any) -> Any:
    tuesday = schedules.spec_of("0 9 * * 2", "Europe/Berlin")
    return replace(schedule, spec=tuesday) if definition.id == COACH else schedule


def new_york_in_utc(patch: Patch) -> None:
    good = schedules.spec_of
    patch.setattr(schedules, "spec_of", lambda cron, zone: good(cron, "UTC" if zone == "America/New_York" else zone))


class Renaming(Sink):
    def take(self, task: dict[str, Any]) -> int:
        return super().take({**task, "title": "another"})


class Losing(Sink):
    def take(self, task: dict[str, Any]) -> int:
        return 201 if task["target_repo"] == "repo-3" else super().take(task)


class StoringRefusedTasks(Sink):
    def take(self, task: dict[str, Any]) -> int:
        return min(super().take(task), 201)


def second_broken_repo(patch: Patch) -> None:
    def broken(folder: Any) -> Fleet:
        fleet = pilot_fleet(folder)
        write_manifest(fleet.root("the-custodian"), BROKEN)
        return fleet

    patch.setattr(path, "pilot_fleet", broken)


def shell(change: Callable[[int, str, CommandResult], CommandResult]) -> Callable[[Patch], None]:
    """Change every result of a shell with `change(number, command, result)` before the runner gets it."""

    def do(patch: Patch) -> None:
        good, count = runner._shell, iter(range(1000))

        async def changed(world: World, command: str) -> CommandResult:
            return change(next(count), command, await good(world, command))

        patch.setattr(runner, "_shell", changed)

    return do


def stream_without_deduplication(patch: Patch) -> None:
    patch.setattr(runner, "make_stream", partial(runner.make_stream, keep_duplicates=True))


def no_record(patch: Patch) -> None:
    patch.setattr(runner, "run_task", partial(runner.run_task, record=False))


def disabled_agents_run(patch: Patch) -> None:
    patch.setattr(edited, "WEEKLY", WEEKLY.replace("coach: {cadence: weekly}", "coach:\n    cadence: weekly"))


def other_repo_edited(patch: Patch) -> None:
    def both(root: Any, text: str) -> None:
        write_manifest(root, text)
        write_manifest(root.parent / "repo-5", text)

    patch.setattr(edited, "write_manifest", both)


def small(then: Callable[[Patch], None]) -> Callable[[Patch], None]:
    def do(patch: Patch) -> None:
        patch.setattr(scale, "REPOS", 200)
        then(patch)

    return do


BREAKS = (
    Break("loop", path.OFF, schedule(one_unpaused_first())),
    Break("loop", path.DRY, worker("IgnoresEnabled")),
    Break("loop", path.ENABLED, schedule(lambda _, one: paused(one, so=True))),
    Break("loop", path.TASKS, sink=Renaming),
    Break("loop", path.BROKEN, second_broken_repo),
    Break("loop", path.ONCE, sink=partial(Sink, knows_keys=False)),
    Break("loop", path.SHELL, shell(lambda count, _, ran: replace(ran, code=1) if count == 0 else ran)),
    Break("loop", path.EVENT, stream_without_deduplication),
    Break("loop", path.STATUS, no_record),
    Break("own-cron", fires.CRON, sink=Losing),
    Break("own-cron", fires.PAUSED, schedule(lambda _, one: paused(one, so=False))),
    Break("catch-up", fires.LATEST, worker("RunsAllMissedFires")),
    Break("clock", clock.YEAR, schedule(on_tuesday)),
    Break("clock", clock.CHANGES, new_york_in_utc),
    Break("worker-killed", outages.KILLED, sink=partial(Sink, knows_keys=False)),
    Break("hub-down", outages.DOWN, worker("TreatsFailureAsEmpty")),
    Break("hub-halved", outages.HALF, worker("HasNoGuard")),
    Break("sink-failing", outages.FAILING, sink=StoringRefusedTasks),
    Break("nats-down", outages.BUNDLE, shell(lambda _, __, ran: replace(ran, out="") if ran.code == 4 else ran)),
    Break("nats-down", outages.LATER, stream_without_deduplication),
    Break("edited", edited.REFUSED, disabled_agents_run),
    Break("edited", edited.OTHERS, other_repo_edited),
    Break("scale", scale.SIZES, small(worker("CountsWrong"))),
    Break("scale", scale.UNION, small(worker("SkipsOnePart"))),
)


def test_every_line_has_a_fault() -> None:
    expected = [(scenario.name, line) for scenario in SCENARIOS for line in scenario.lines]
    assert [(one.scenario, one.line) for one in BREAKS] == expected


@pytest.mark.parametrize("number", range(len(BREAKS)), ids=[one.line.replace(" ", "-") for one in BREAKS])
def test_fault_makes_only_its_line_fail(drill: Drill, loop: asyncio.Runner, monkeypatch: Patch, number: int) -> None:
    chosen = BREAKS[number]
    chosen.do(monkeypatch)
    nth = sum(one.scenario == chosen.scenario for one in BREAKS[:number])
    namespace = f"{chosen.scenario}-{nth}"
    lines = loop.run(run_scenario(SCENARIO[chosen.scenario], drill, namespace=namespace, sink=chosen.sink()))
    failed = [f"{line.name}: {line.happened}" for line in lines if not line.passed]
    assert [line.name for line in lines if not line.passed] == [chosen.line], failed
    assert not any(line.expected == "to be reached" for line in lines), failed


def test_leftovers_are_reported() -> None:
    reaper = Reaper()
    left = Server(["sleep", "60"], reaper.folder / "left", group=reaper.group)
    reaper._process.kill()
    reaper._process.communicate()
    reported = reaper.left()
    assert str(reaper.folder) in reported
    assert str(reaper.group) in reported
    os.killpg(reaper.group, signal.SIGKILL)
    left.process.wait()
    left.folder.joinpath("log").unlink()
    left.folder.rmdir()
    reaper.folder.rmdir()
