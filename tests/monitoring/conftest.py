"""A fleet of any size, with records, and the commands on it."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

MANIFEST = """\
version: "1"
agents:
  coach: {cadence: weekly, cron: "0 9 * * 1"}
  optimization: {cadence: weekly, cron: "0 10 * * 1"}
"""
Run = Callable[..., str]


def make_fleet(folder: Path, size: int, *, broken: bool = False) -> None:
    """Make repositories with a record for each agent: in all of them, or in all but every tenth."""
    rows = []
    now = datetime.now(UTC)
    for number in range(size):
        slug = f"repo-{number:05}"
        rows.append({"slug": slug, "domain": "custodian", "local_path": slug})
        (folder / slug / ".kaizen").mkdir(parents=True)
        text = "agents: [" if broken else MANIFEST
        (folder / slug / ".kaizen/schedule.yml").write_text(text, encoding="utf-8")
        for agent in () if broken else ("coach", "optimization"):
            days = 20 if number % 10 == 0 else 0
            time = f"{now - timedelta(days=days, hours=1):%Y-%m-%dT%H:%M:%SZ}"
            metadata = {"cost_usd": 0.25, "gen_ai.usage.input_tokens": 1000}
            record = {"timestamp": time, "agent": agent, "success": number % 7 > 0, "metadata": metadata}
            (folder / slug / f".kaizen/metrics/{agent}").mkdir(parents=True)
            path = folder / slug / f".kaizen/metrics/{agent}/executions.jsonl"
            path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    (folder / "roster.yml").write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")


@pytest.fixture
def run() -> Run:
    """Return a function that runs kaizen-agentic in a folder and returns its output."""

    def command(folder: Path, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "kaizen_schedule_cli", *words], cwd=folder, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return command
