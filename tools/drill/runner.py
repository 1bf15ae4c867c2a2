"""A runner in place of a coding agent: runs the `prepare_command` of a task in a shell, and records the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nats
from kaizen_schedule_core import PreparedEvent
from kaizen_schedule_core.events import PREPARED_SUBJECT

from drill.world import CommandResult, World

STREAM = "kaizen"


@dataclass(frozen=True, kw_only=True)
class Session:
    """The result of a task: each `prepare` command, and the `record` command if a bundle was prepared."""

    repo: str
    prepared: tuple[CommandResult, ...]
    recorded: CommandResult | None

    @property
    def codes(self) -> tuple[int, ...]:
        """Return the exit codes of all `prepare` commands."""
        return tuple(ran.code for ran in self.prepared)


async def run_task(world: World, task: dict[str, Any], emit: str, *, times: int = 1, record: bool = True) -> Session:
    """Run a task, which is delivered `times` times before the session ends."""
    command = _line(task["description"], "kaizen-agentic schedule prepare ")
    prepared = tuple([await _shell(world, f"{command} --emit {emit}") for _ in range(times)])
    recorded = None
    if record and prepared[-1].code == 0:
        close = _line(prepared[-1].out, "kaizen-agentic metrics record ")
        recorded = await _shell(world, f"{close} --session-id {task['key']}")  # a second delivery records nothing
    return Session(repo=task["target_repo"], prepared=prepared, recorded=recorded)


async def _shell(world: World, command: str) -> CommandResult:
    return await world.run(["sh", "-c", command])


def _line(text: str, beginning: str) -> str:
    """Return the only command in a text that begins like this. It is on a separate line."""
    found = {line.strip() for line in text.splitlines() if line.strip().startswith(beginning)}
    if len(found) != 1:
        raise AssertionError(f"expected one command {beginning!r}, found {len(found)}")
    return found.pop()


async def make_stream(url: str, *, keep_duplicates: bool = False) -> None:
    """Create the stream for the events, as the receiver does; with `keep_duplicates`, without de-duplication."""
    options: dict[str, Any] = {"duplicate_window": 0.1} if keep_duplicates else {}
    await _with_stream(url, lambda js: js.add_stream(name=STREAM, subjects=[PREPARED_SUBJECT], **options))


async def events(url: str) -> list[PreparedEvent]:
    """Return all events in the stream, in order."""
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
