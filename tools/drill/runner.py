"""A runner in a coding agent's place: it takes a task, runs its `prepare_command` in a shell, and records the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nats
from kaizen_schedule_core import PreparedEvent
from kaizen_schedule_core.events import PREPARED_SUBJECT

from drill.world import Ran, World

STREAM = "kaizen"


@dataclass(frozen=True, kw_only=True)
class Session:
    """What became of a task: each preparing of its bundle, and the recording, which only follows a bundle."""

    repo: str
    prepared: tuple[Ran, ...]
    recorded: Ran | None

    @property
    def codes(self) -> tuple[int, ...]:
        """The exit codes of all preparing."""
        return tuple(ran.code for ran in self.prepared)


async def run_task(world: World, task: dict[str, Any], emit: str, *, times: int = 1, record: bool = True) -> Session:
    """Do a task; with `times`, it is delivered so often before the session ends."""
    command = _line(task["description"], "kaizen-agentic schedule prepare ")
    prepared = tuple([await _shell(world, f"{command} --emit {emit}") for _ in range(times)])
    recorded = None
    if record and prepared[-1].code == 0:
        close = _line(prepared[-1].out, "kaizen-agentic metrics record ")
        recorded = await _shell(world, f"{close} --session-id {task['key']}")  # a second delivery records nothing
    return Session(repo=task["target_repo"], prepared=prepared, recorded=recorded)


async def _shell(world: World, command: str) -> Ran:
    return await world.run(["sh", "-c", command])


def _line(text: str, beginning: str) -> str:
    """The one command of a text that begins so; it stands on a line of its own."""
    found = {line.strip() for line in text.splitlines() if line.strip().startswith(beginning)}
    if len(found) != 1:
        raise AssertionError(f"{len(found)} commands {beginning!r} in a text, one is expected")
    return found.pop()


async def make_stream(url: str, *, forgets: bool = False) -> None:
    """Make the stream for the events, as the receiving side does; one that `forgets` knows no second delivery."""
    options: dict[str, Any] = {"duplicate_window": 0.1} if forgets else {}
    await _with_stream(url, lambda js: js.add_stream(name=STREAM, subjects=[PREPARED_SUBJECT], **options))


async def events(url: str) -> list[PreparedEvent]:
    """All events in the stream, in their order."""
    found: list[PreparedEvent] = []

    async def read(js: Any) -> None:
        count = (await js.stream_info(STREAM)).state.messages
        for number in range(1, count + 1):
            message = await js.get_msg(STREAM, number)
            found.append(PreparedEvent.model_validate(json.loads(message.data)))

    await _with_stream(url, read)
    return found


async def _with_stream(url: str, work: Callable[[Any], Any]) -> None:
    client = await nats.connect(url)
    try:
        await work(client.jetstream())
    finally:
        await client.close()
