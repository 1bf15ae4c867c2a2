"""The drill: `python -m drill`, or `invoke drill`. Ends with its table; exit 1 if any line of it failed."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from drill.lines import Line, report, table
from drill.scenario import Scenario, run_scenario
from drill.scenarios import SCENARIOS
from drill.world import Drill

_LANES = 2  # scenarios at a time: much of each is waiting for the server's clock
LEFT = "what is left behind"
_INTERRUPTED = 130


async def run(scenarios: Sequence[Scenario], drill: Drill) -> list[Line]:
    """Play scenarios, some at a time; the lines come in the order of the scenarios."""
    lanes = asyncio.Semaphore(_LANES)

    async def play(scenario: Scenario) -> list[Line]:
        async with lanes:
            drill.say(f"{scenario.name}: begins")
            lines = await run_scenario(scenario, drill)
            failed = sum(not line.passed for line in lines)
            drill.say(f"{scenario.name}: {len(lines)} lines, {failed} failed")
            return lines

    playing = asyncio.gather(*map(play, scenarios))
    orphaned = asyncio.ensure_future(_orphaned())
    both: set[asyncio.Future[Any]] = {playing, orphaned}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if orphaned.done():
            raise asyncio.CancelledError
        return [line for lines in await playing for line in lines]
    finally:
        for one in both:
            one.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def _orphaned() -> None:
    """Wait until whoever started the drill is gone: killed, it could not say so."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - no event tells it
        await asyncio.sleep(1)


def main() -> int:
    """Run the drill."""
    names = [scenario.name for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, help="this scenario alone; may be repeated")
    parser.add_argument("--report", type=Path, help="also write the table as JSON to this file")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - begun:5.1f} s] {text}", flush=True)

    try:
        lines = _drill([scenario for scenario in SCENARIOS if not options.only or scenario.name in options.only], say)
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("interrupted")
        return _INTERRUPTED
    except RuntimeError as error:  # a server that does not start, with its log
        print(error, file=sys.stderr)
        return 1
    seconds = time.monotonic() - begun
    if options.report is not None:
        options.report.write_text(report(lines, seconds), encoding="utf-8")
    failed = sum(not line.passed for line in lines)
    print(f"\n{table(lines)}\n\n{len(lines)} lines, {failed} failed, in {seconds:.0f} s")
    return 1 if failed else 0


def _drill(scenarios: Sequence[Scenario], say: Callable[[str], None]) -> list[Line]:
    """All lines; the last one is of what the drill leaves behind, which is looked at however it ends."""
    say("starting a Temporal server")
    drill = Drill([scenario.name for scenario in scenarios], say=say)
    try:
        lines = asyncio.run(run(scenarios, drill))
    finally:
        left = drill.end()
    return [*lines, Line(scenario="end", name=LEFT, expected="nothing", happened=left)]


if __name__ == "__main__":
    sys.exit(main())
