"""Benchmark the roster commands on generated fleets, relative to yaml.CSafeLoader on the same files.

All values are the median CPU time or peak memory of complete processes that run alternately, each with one job. The
files include the roster. The cost per repository does not include the cost of a fleet of one. Three agents per
repository, warm file cache. The last table compares the time of one job and of two, with 20 records for each agent.
"""

import argparse
import compileall
import json
import os
import random
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import yaml

from benchmarks.validating import manifest

SIZES = (100, 1_000, 10_000, 100_000)
LARGE = 10_000
WEEK = ("--since", "2026-11-23", "--until", "2026-11-30")
JSON = ("--format", "json")
COMMANDS = {
    "resolve": JSON,
    "explain": JSON,
    "expect": (*JSON, *WEEK),
    "status": JSON,
    "report": ("--output", os.path.join(tempfile.gettempdir(), "kaizen-report.html")),
}
RECORDS = 20
LOADER = """\
import os, sys
import yaml
with open(sys.argv[1], "rb") as file:
    roster = yaml.load(file.read(), Loader=yaml.CSafeLoader)
count = 0
for entry in roster["repos"]:
    with open(os.path.join(entry["host_paths"]["runner"], ".kaizen/schedule.yml"), "rb") as file:
        agents = yaml.load(file.read(), Loader=yaml.CSafeLoader)["agents"]
    count += sum(agent["enabled"] for agent in agents.values())
print(count)
"""


class Cost(NamedTuple):
    """The CPU seconds of one process, its peak memory in MB, and its seconds."""

    cpu: float
    memory: int
    wall: float


def generate(folder: Path, size: int) -> None:
    """Write the repositories of the largest fleet; smaller fleets use the first ones."""
    chance = random.Random(28)  # noqa: S311 - the same fleet in every run
    for number in range(size):
        place = folder / f"repos/repo-{number:06}/.kaizen"
        place.mkdir(parents=True)
        (place / "schedule.yml").write_text(manifest(chance, agents=3), encoding="utf-8")


def roster(folder: Path, size: int) -> str:
    """Write the roster of a fleet and return its path."""
    lines = ['version: "1"\nrepos:\n']
    for number in range(size):
        slug = f"repo-{number:06}"
        lines.append(
            f"  - slug: {slug}\n    domain: domain-{number % 7}\n"
            f"    host_paths:\n      runner: {folder}/repos/{slug}\n    local_path: null\n"
        )
    path = folder / f"roster-{size}.yml"
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


def add_records(folder: Path, size: int) -> None:
    """Write the records of three agents of each repository: one for each of the last days."""
    now = datetime.now(UTC)
    for number in range(size):
        root = folder / f"repos/repo-{number:06}"
        for agent in yaml.safe_load((root / ".kaizen/schedule.yml").read_text(encoding="utf-8"))["agents"]:
            lines = []
            for day in range(RECORDS, 0, -1):
                record = {"timestamp": f"{now - timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}", "agent": agent}
                lines.append(json.dumps({**record, "success": True, "metadata": {"cost_usd": 0.5}}) + "\n")
            (root / f".kaizen/metrics/{agent}").mkdir(parents=True)
            (root / f".kaizen/metrics/{agent}/executions.jsonl").write_text("".join(lines), encoding="utf-8")


def command(name: str, path: str, jobs: int = 1) -> list[str]:
    """Return the command line of a roster command."""
    program = str(Path(sys.executable).with_name("kaizen-agentic"))
    return [program, "roster", name, "--roster", path, "--host", "runner", "--jobs", str(jobs), *COMMANDS[name]]


def measure(words: list[str], env: Mapping[str, str]) -> Cost:
    """Run a command; if it fails, exit."""
    start = time.perf_counter()
    with subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(words)}: exit code {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, time.perf_counter() - start)


def alternate(commands: Mapping[str, list[str]], env: Mapping[str, str], runs: int) -> dict[str, Cost]:
    """Return the medians of commands that run alternately, so that other load affects all of them."""
    rounds = [[measure(words, env) for words in commands.values()] for _ in range(runs)]
    medians = [Cost(*map(median, zip(*costs, strict=True))) for costs in zip(*rounds, strict=True)]
    return dict(zip(commands, medians, strict=True))


def compare(path: str, load: list[str], env: Mapping[str, str]) -> None:
    """Exit unless resolving and loading find the same number of runs; this also fills the file cache."""
    resolved = subprocess.run(command("resolve", path), env=env, capture_output=True, check=True).stdout
    loaded = subprocess.run(load, env=env, capture_output=True, check=True).stdout
    if resolved.count(b'"prepare_command"') != int(loaded):
        sys.exit(f"{path}: {resolved.count(b'prepare_command')} runs resolved, {int(loaded)} loaded")


def show(size: int, name: str, cost: Cost, load: Cost, each: float) -> None:
    """Print a row: times in milliseconds, and per repository in microseconds."""
    figures = f"{1000 * cost.cpu:>8.0f} {1000 * load.cpu:>8.0f} {cost.cpu / load.cpu:>6.2f} {1e6 * each:>10.0f}"
    print(f"{size:<9,} {name:<8} {figures} {cost.memory:>8.0f}", flush=True)


def compare_jobs(folder: Path, env: Mapping[str, str], runs: int) -> None:
    """Print the time of each command with one job and with two."""
    path = roster(folder, LARGE)
    program = str(Path(sys.executable).with_name("kaizen-agentic"))
    validate = [program, "schedule", "validate", str(folder / "repos"), "--jobs"]
    print(f"{LARGE:,} repositories with {RECORDS} records for each agent\ncommand    1 job, s  2 jobs, s  ratio")
    for name in (*COMMANDS, "validate"):
        words = {jobs: command(name, path, jobs) if name in COMMANDS else [*validate, str(jobs)] for jobs in (1, 2)}
        costs = alternate({str(jobs): one for jobs, one in words.items()}, env, runs)
        one, two = costs["1"].wall, costs["2"].wall
        print(f"{name:<10} {one:>8.2f} {two:>10.2f} {one / two:>6.2f}", flush=True)


def main() -> int:
    """Print a row per fleet and command, and return 1 if a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="repositories of each fleet")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each process (default 5; 1 from 100,000)")
    parser.add_argument("--most", type=float, default=1.15, help="maximum ratio of resolve for 10,000 repositories")
    parser.add_argument("--memory", type=int, default=120, help="maximum MB of resolve for 10,000 repositories")
    parser.add_argument("--growth", type=float, default=1.2, help="maximum cost per repository, relative to 1,000")
    options = parser.parse_args()

    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for path in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        compileall.compile_dir(path, quiet=2)
    missed = False
    per_repo: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        generate(folder, max(options.sizes))
        loader = folder / "loader.py"
        loader.write_text(LOADER, encoding="utf-8")
        one = roster(folder, 1)
        compare(one, [sys.executable, str(loader), one], env)
        least = alternate({name: command(name, one) for name in COMMANDS}, env, options.runs)
        print("repos     command    CPU ms  load ms  ratio  us / repo  peak MB")
        for size in options.sizes:
            path = roster(folder, size)
            load = [sys.executable, str(loader), path]
            compare(path, load, env)
            names = COMMANDS if size == LARGE else ("resolve",)
            commands = {name: command(name, path) for name in names}
            costs = alternate({"load": load, **commands}, env, 1 if size >= max(SIZES) else options.runs)
            for name in names:
                show(size, name, costs[name], costs["load"], (costs[name].cpu - least[name].cpu) / size)
            resolve = costs["resolve"]
            per_repo[size] = (resolve.cpu - least["resolve"].cpu) / size
            if size == LARGE:
                missed = resolve.cpu > options.most * costs["load"].cpu or resolve.memory > options.memory
        if max(options.sizes) >= LARGE:
            add_records(folder, LARGE)
            compare_jobs(folder, env, options.runs)
    if {1_000, 100_000} <= per_repo.keys():
        growth = per_repo[100_000] / per_repo[1_000]
        print(f"cost per repository of 100,000, relative to 1,000: {growth:.2f} (maximum {options.growth})")
        missed |= growth > options.growth
    print(f"limits of resolve for {LARGE:,}: ratio {options.most}, {options.memory} MB")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
