"""Run the drill and print its table: `python -m drill`, or `invoke drill`. Exits 1 if any line failed."""

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

_PARALLEL = 2  # scenarios at the same time: they mostly wait for the server's clock
LEFTOVERS = "leftover files, processes"
_INTERRUPTED = 130


async def run(scenarios: Sequence[Scenario], drill: Drill) -> list[Line]:
    """Run scenarios, some of them in parallel, and return their lines in the order of the scenarios."""
    slots = asyncio.Semaphore(_PARALLEL)

    async def run_one(scenario: Scenario) -> list[Line]:
        async with slots:
            drill.log(f"{scenario.name}: started")
            lines = await run_scenario(scenario, drill)
            failed = sum(not line.passed for line in lines)
            drill.log(f"{scenario.name}: {len(lines)} lines, {failed} failed")
            return lines

    running = asyncio.gather(*map(run_one, scenarios))
    orphaned = asyncio.ensure_future(_parent_exit())
    both: set[asyncio.Future[Any]] = {running, orphaned}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if orphaned.done():
            raise asyncio.CancelledError
        return [line for lines in await running for line in lines]
    finally:
        for one in both:
            one.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def _parent_exit() -> None:
    """Wait until the parent process has exited: a killed parent sends no signal."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(1)


def main() -> int:
    """Parse the options, run the drill and return the exit code."""
    names = [scenario.name for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(prog="drill", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, help="run only this scenario (repeatable)")
    parser.add_argument("--report", type=Path, help="also write the table as JSON to this file")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()

    def log(text: str) -> None:
        print(f"[{time.monotonic() - begun:5.1f} s] {text}", flush=True)

    try:
        lines = _drill([scenario for scenario in SCENARIOS if not options.only or scenario.name in options.only], log)
    except (KeyboardInterrupt, asyncio.CancelledError):
        log("interrupted")
        return _INTERRUPTED
    except RuntimeError as error:  # a server did not start; the message contains its log
        print(error, file=sys.stderr)
        return 1
    seconds = time.monotonic() - begun
    if options.report is not None:
        options.report.write_text(report(lines, seconds), encoding="utf-8")
    failed = [line for line in lines if not line.passed]
    print(f"\n{table(lines)}\n\n{len(lines)} lines, {len(failed)} failed, in {seconds:.0f} s")
    for line in failed:
        print(f"FAILED {line.scenario}, {line.name}: {line.happened}")
    return 1 if failed else 0


def _drill(scenarios: Sequence[Scenario], log: Callable[[str], None]) -> list[Line]:
    """Run the scenarios and return their lines, and a last line about leftovers, which are always checked."""
    log("starting a Temporal server")
    drill = Drill([scenario.name for scenario in scenarios], log=log)
    try:
        lines = asyncio.run(run(scenarios, drill))
    finally:
        left = drill.end()
    return [*lines, Line(scenario="end", name=LEFTOVERS, expected="nothing", happened=left)]


if __name__ == "__main__":
    sys.exit(main())
