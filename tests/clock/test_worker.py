"""A real clock: a Temporal server fires an exported schedule, and the worker of the guide runs the agent."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.clock.conftest import connected

PAGE = Path(__file__).parents[2] / "docs/guides/temporal.md"
SCRIPTS = Path(sys.executable).parent
MANIFEST = 'version: "1"\ntimezone: UTC\nagents:\n  coach:\n    cadence: daily\n    cron: "* * * * *"\n'


def program(name: str, folder: Path) -> Path:
    """Write a program of the guide into a folder, and return its path."""
    found = re.search(rf'```python title="\.\./{name}"\n(.*?)\n```\n', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    path = folder / name
    path.write_text(found[1] + "\n", encoding="utf-8")
    return path


def test_the_worker_of_the_guide_runs_an_agent_at_its_time(server: str, tmp_path: Path) -> None:
    asyncio.run(_connect(server))
    root = tmp_path / "demo"
    (root / ".kaizen").mkdir(parents=True)
    (root / ".kaizen/schedule.yml").write_text(MANIFEST)
    env = {**os.environ, "PATH": os.pathsep.join([str(SCRIPTS), os.environ["PATH"]])}
    words = ["kaizen-agentic", "schedule", "export", "--to", "temporal", "--output", str(tmp_path / "schedules")]
    subprocess.run([*words, "--", "sh", "-c", "head -n 1 > fired"], cwd=root, env=env, check=True)
    create = [sys.executable, program("create_schedules.py", tmp_path), server, tmp_path / "schedules"]
    subprocess.run(create, env=env, check=True)
    with subprocess.Popen([sys.executable, program("worker.py", tmp_path), server], env=env) as worker:
        try:
            records = root / ".kaizen/metrics/coach/executions.jsonl"
            end = time.monotonic() + 180
            while not (records.exists() and records.read_text().endswith("\n")) and time.monotonic() < end:
                time.sleep(0.5)
            line = records.read_text().splitlines()[0]
        finally:
            worker.terminate()
    record = json.loads(line)
    assert record["success"] is True
    assert record["metadata"]["slot"].startswith("demo/coach/")
    assert (root / "fired").read_text() == "# Orientation: agent `coach` in `demo`\n"


async def _connect(address: str) -> None:
    await connected(address)
