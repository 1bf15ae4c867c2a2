"""A scenario: lines of the table, and the function that records their results."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from drill.lines import Line, Lines
from drill.sink import Sink
from drill.world import Drill, World

_PROBLEM = 400  # maximum length of an error in the table
Run: TypeAlias = Callable[[World, Lines], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario. Its name is also its namespace; `lines` are the names of all its lines."""

    name: str
    lines: tuple[str, ...]
    run: Run


async def run_scenario(
    scenario: Scenario, drill: Drill, *, namespace: str | None = None, sink: Sink | None = None
) -> list[Line]:
    """Run a scenario in a new world. An exception fails the lines that were not reached, and no others."""
    lines = Lines(scenario.name, scenario.lines)
    problem = "not recorded"
    try:
        with drill.world(namespace or scenario.name, sink) as world:
            await scenario.run(world, lines)
    except Exception as error:  # noqa: BLE001 - other scenarios continue
        problem = textwrap.shorten(f"{type(error).__name__}: {error}", _PROBLEM)
    return lines.end(problem)
