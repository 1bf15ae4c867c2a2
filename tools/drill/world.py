"""The environment of the drill: one Temporal server, one reaper, and a world for each scenario."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

from kaizen_activity_defs import Site, SwitchReason, load_catalog, packaged_definitions, preview_tasks
from kaizen_activity_defs import enable as defs_enable
from kaizen_activity_defs import sync_catalog as defs_sync_catalog
from kaizen_schedule_core import last_fire
from temporalio.client import Client

from drill import schedules
from drill.engine import connect
from drill.fleet import HOST, PILOT, Fleet
from drill.reaper import Reaper
from drill.servers import Server, start_hub, start_nats, start_temporal
from drill.sink import Sink

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"


@dataclass(frozen=True, kw_only=True)
class CommandResult:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


class Drill:
    """The Temporal server with a namespace for each scenario, and the reaper that stops everything."""

    def __init__(self, namespaces: Sequence[str], *, log: Callable[[str], None] = lambda _: None) -> None:
        """Start both; `log` is called for each step."""
        self.log, self.begun = log, time.monotonic()
        self._reaper = Reaper()
        self._worlds = 0
        self._smoke: asyncio.Task[Path] | None = None
        self.folder, self.group = self._reaper.folder, self._reaper.group
        self.temporal = start_temporal(self.folder / "temporal", namespaces=namespaces, group=self.group)

    def end(self) -> str:
        """Stop everything, and return what is left."""
        return self._reaper.reap([self.temporal.process])

    def world(self, namespace: str, sink: Sink | None = None) -> World:
        """Return a new world for a scenario."""
        self._worlds += 1
        return World(self, namespace, self.folder / f"world-{self._worlds}", sink or Sink())

    async def pilot_report(self, world: World) -> Path:
        """Return the report of a smoke test of the pilot roster and the packaged drafts."""
        if self._smoke is None:
            self._smoke = asyncio.create_task(world.smoke(PILOT / "roster.yml", self.folder / "pilot-smoke.json"))
        return await asyncio.shield(self._smoke)


class World:
    """The catalog, fleet, hub, sink and workers of one scenario, in a separate folder and namespace."""

    worker_module: ClassVar = "drill.worker"

    def __init__(self, drill: Drill, namespace: str, folder: Path, sink: Sink) -> None:
        """Create the world; no server is started yet."""
        self.drill, self.namespace, self.folder, self.sink = drill, namespace, folder, sink
        self.catalog = str(folder / "catalog")
        self.client: Client
        self.fleet: Fleet
        self.hub: Server
        self._running: list[Server] = []

    def __enter__(self) -> Self:
        for name in ("records", "catalog"):
            (self.folder / name).mkdir(parents=True)
        self.sink.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._running:
            server.kill()
        self.sink.__exit__()

    def log(self, text: str) -> None:
        """Log a step."""
        self.drill.log(f"{self.namespace}: {text}")

    async def begin(self, fleet: Fleet, *, enable: bool = False) -> None:
        """Start a hub with the fleet, and create catalog and schedules; with `enable`, the coach's is enabled."""
        self.fleet = fleet
        self.client = await connect(self.drill.temporal.address, self.namespace)
        await self.start_hub()
        self.sync_catalog()
        if enable:
            report = await self.drill.pilot_report(self)
            reason = SwitchReason(by="drill", at=datetime.now(UTC), reason="a scenario")
            defs_enable(self.catalog, COACH, str(report), reason)
        await self.sync_schedules()

    def sync_catalog(self) -> None:
        """Copy the drafts into the catalog."""
        defs_sync_catalog(self.catalog, packaged_definitions(), site=Site(), check=False)

    async def sync_schedules(self, *, shards: int = 1) -> None:
        """Update the server's schedules from the catalog."""
        await schedules.sync_schedules(self.client, load_catalog(self.catalog), shards=shards)

    def edit(self, definition: str, *edits: tuple[str, str]) -> None:
        """Edit a definition of the catalog by hand, as a site may."""
        path = Path(defs_file(self.catalog, definition))
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            if text.count(old) != 1:
                raise AssertionError(f"{old!r} must occur once in {path}")
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    async def start_hub(self, slugs: Sequence[str] | None = None, *, port: int = 0) -> None:
        """Start the hub with all or some repositories of the fleet."""
        roster = self.fleet.roster(slugs, name="hub")
        self.hub = await self._start(start_hub, self.folder / "hub", roster, port=port)

    async def start_nats(self, port: int | None = None) -> Server:
        """Start a NATS server with JetStream. Its streams are kept if it is started again in the same world."""
        return await self._start(start_nats, self.folder / "nats", "--jetstream", port=port)

    async def start_worker(self, *, threads: int = 4) -> Server:
        """Start a worker process."""
        return await self._start(self._worker, threads)

    def _worker(self, threads: int, *, group: int) -> Server:
        options = {
            "address": self.drill.temporal.address,
            "namespace": self.namespace,
            "catalog": self.catalog,
            "hub": self.hub.address,
            "sink": self.sink.address,
            "state": str(self.folder / "fleet-state.json"),
            "records": str(self.folder / "records"),
            "host": HOST,
            "threads": str(threads),
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        folder = self.folder / f"worker-{len(self._running)}"
        server = Server([sys.executable, "-m", self.worker_module, *words], folder, group=group)
        return server.wait_until(lambda: "ready" if "ready" in server.log().splitlines() else None)

    async def _start(self, start: Callable[..., Server], *args: Any, **options: Any) -> Server:
        server = await asyncio.to_thread(start, *args, group=self.drill.group, **options)
        self._running.append(server)
        return server

    async def cli(self, *words: str, codes: tuple[int, ...] = (0,)) -> CommandResult:
        """Run `kaizen-agentic` as a process. Raises RuntimeError for an unexpected exit code."""
        done = await self.run(["kaizen-agentic", *words])
        if done.code not in codes:
            raise RuntimeError(f"{words[0]} {words[1]}: exit {done.code}: {done.err or done.out}")
        return done

    async def run(self, command: Sequence[str]) -> CommandResult:
        """Run a command with the PATH of a runner."""
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
        env = {**os.environ, "PATH": path, "TMPDIR": str(self.folder)}
        process = await asyncio.create_subprocess_exec(
            *command,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            process_group=self.drill.group,
        )
        try:
            out, err = await process.communicate()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.kill()
            raise
        return CommandResult(code=process.returncode or 0, out=out.decode(), err=err.decode())

    async def smoke(self, roster: Path, report: Path) -> Path:
        """Run the smoke test with a roster and the catalog, and return its report."""
        words = ["roster", "smoke", "--roster", str(roster), "--catalog", self.catalog, "--report", str(report)]
        await self.cli(*words, "--host", HOST)
        return report

    async def planned(self, definition: str, at: datetime) -> list[dict[str, Any]]:
        """Return the tasks of a fire from a dry run of the definition in the catalog."""
        [found] = [one for one in load_catalog(self.catalog) if one.id == definition]
        done = await asyncio.to_thread(preview_tasks, found, self.hub.address, now=at, host=HOST)
        return [asdict(task) for task in done.tasks]

    def last_fire(self, definition: str = COACH, *, before: datetime | None = None) -> datetime:
        """Return the last fire of a definition, or the last one before a given time."""
        [one] = [one for one in load_catalog(self.catalog) if one.id == definition]
        found = last_fire(one.cron, one.zone, before or datetime.now(UTC))
        if found is None:
            raise AssertionError(f"{definition} has never fired")
        return found.astimezone(UTC)


def defs_file(catalog: str, definition: str) -> str:
    """Return the file of a definition in a catalog."""
    [found] = [one.file for one in load_catalog(catalog) if one.id == definition]
    return found
