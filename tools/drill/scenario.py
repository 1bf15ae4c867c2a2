"""A scenario: lines of the table, and what makes them true."""

from __future__ import annotations

import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from drill.lines import Line, Lines
from drill.sink import Sink
from drill.world import Drill, World

_PROBLEM = 200  # characters of it are enough for the table
Play: TypeAlias = Callable[[World, Lines], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Its name is also its namespace; `lines` are all that it tells."""

    name: str
    lines: tuple[str, ...]
    play: Play


async def run_scenario(
    scenario: Scenario, drill: Drill, *, namespace: str | None = None, sink: Sink | None = None
) -> list[Line]:
    """Play a scenario in a world of its own. What goes wrong fails the lines that were not reached, and no more."""
    lines = Lines(scenario.name, scenario.lines)
    problem = "not told"
    try:
        with drill.world(namespace or scenario.name, sink) as world:
            await scenario.play(world, lines)
    except Exception as error:  # noqa: BLE001 - one scenario's trouble is not another's
        problem = textwrap.shorten(f"{type(error).__name__}: {error}", _PROBLEM)
    return lines.end(problem)
