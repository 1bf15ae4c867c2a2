"""Run the reference hub on loopback with the entries of a roster file: `python -m state_hub --roster roster.yml`."""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
from pathlib import Path

import uvicorn
from kaizen_schedule_core import RosterError
from kaizen_schedule_core.fleet.roster import load_roster

from state_hub.app import make_app
from state_hub.store import Row, Store

LOOPBACK = "127.0.0.1"


def seeds(path: str) -> list[Row]:
    """Return the rows of a roster file with absolute paths. Raises RosterError; SystemExit for an invalid entry."""
    roster = load_roster(path)
    for entry in roster.entries:
        if entry.problem is not None:
            sys.exit(f"{path}: {entry.repo}: {entry.problem}")
    return [
        Row(
            slug=entry.repo,
            domain=entry.domain,
            host_paths=dict(entry.host_paths),
            local_path=entry.local_path,
            kaizen_schedule_enabled=entry.kaizen_schedule_enabled,
        )
        for entry in roster.entries
    ]


def main() -> None:
    """Print the hub's URL when it is ready, and serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="state_hub", description=__doc__)
    parser.add_argument("--roster", required=True, help="roster file with the initial entries")
    parser.add_argument("--port", type=int, default=8000, help="port; 0 for a free one (default 8000, as the real hub)")
    parser.add_argument("--database", help="store the rows in this file (default: a temporary file)")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        store = Store(options.database or str(Path(folder) / "hub.sqlite"))
        try:
            store.seed(seeds(options.roster))
        except RosterError as error:
            sys.exit(str(error))
        with socket.create_server((LOOPBACK, options.port)) as listening:
            port = listening.getsockname()[1]
            print(f"http://{LOOPBACK}:{port}", flush=True)  # noqa: T201 - the socket is already listening
            server = uvicorn.Server(uvicorn.Config(make_app(store), log_level="warning", access_log=False))
            server.run(sockets=[listening])


if __name__ == "__main__":
    main()
