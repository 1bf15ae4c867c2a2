"""Resolving generated fleets, against only opening, reading and loading the same files.

Every figure is the CPU time of a process over a fleet less that of the same process over one repository, so that
start-up does not count. The roster is among the files. Three agents a repository; warm file cache.
"""

import argparse
import compileall
import os
import random
import resource
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.validating import manifest

SIZES = (100, 1_000, 10_000, 100_000)
LARGE = 10_000
RESOLVER = """\
import resource, sys
import kaizen_schedule_core as core
found = core.resolve_roster(roster=sys.argv[1], host="runner")
print(len(found.runs), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
LOADER = """\
import os, resource, sys
import yaml
with open(sys.argv[1], "rb") as file:
    roster = yaml.load(file.read(), Loader=yaml.CSafeLoader)
count = 0
for entry in roster["repos"]:
    with open(os.path.join(entry["host_paths"]["runner"], ".kaizen/schedule.yml"), "rb") as file:
        agents = yaml.load(file.read(), Loader=yaml.CSafeLoader)["agents"]
    count += sum(agent["enabled"] for agent in agents.values())
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def generate(folder: Path, size: int) -> None:
    """Write the repositories of the largest fleet; the smaller ones are its beginnings."""
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


def run(script: Path, path: str, env: dict[str, str]) -> tuple[float, int, int]:
    """Return the CPU seconds of a process, the runs it found, and its peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, str(script), path], env=env, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found, memory = map(int, done.stdout.split())
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, found, memory // 1024


def main() -> int:
    """Print a row for each fleet and return 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="repositories of each fleet")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each process (default 5; 1 from 100,000)")
    parser.add_argument("--most", type=float, default=1.3, help="highest ratio to loading, from 10,000 repositories on")
    parser.add_argument("--growth", type=float, default=1.2, help="highest cost per repository against 1,000 of them")
    parser.add_argument("--memory", type=int, default=150, help="most MB at 10,000 repositories")
    options = parser.parse_args()

    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for path in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        compileall.compile_dir(path, quiet=2)
    missed = False
    per_repo: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, max(options.sizes))
        scripts = []
        for title, text in (("resolver.py", RESOLVER), ("loader.py", LOADER)):
            (folder / title).write_text(text, encoding="utf-8")
            scripts.append(folder / title)
        one = roster(folder, 1)
        print("repos     resolve ms  load ms  ratio  us a repo  peak MB")
        for size in options.sizes:
            path = roster(folder, size)
            rounds = [
                [run(script, target, env) for script in scripts for target in (path, one)]
                for _ in range(1 if size >= max(SIZES) else options.runs + 1)
            ]
            if len(rounds) > 1:
                rounds = rounds[1:]  # the first warms the file cache
            ours, ours_one, load, load_one = (median(cost[0] for cost in costs) for costs in zip(*rounds, strict=True))
            if rounds[0][0][1] != rounds[0][2][1]:
                sys.exit(f"{size}: {rounds[0][0][1]} runs resolved, {rounds[0][2][1]} loaded")
            resolve_cost, load_cost, memory = ours - ours_one, load - load_one, rounds[0][0][2]
            per_repo[size] = resolve_cost / size
            ratio = resolve_cost / load_cost
            print(
                f"{size:<9,} {1000 * resolve_cost:>10.0f} {1000 * load_cost:>8.0f} {ratio:>6.2f} "
                f"{1e6 * per_repo[size]:>10.0f} {memory:>8}",
                flush=True,
            )
            missed |= size >= LARGE and ratio > options.most
            missed |= size == LARGE and memory > options.memory
    if {1_000, 100_000} <= per_repo.keys():
        growth = per_repo[100_000] / per_repo[1_000]
        print(f"a repository of 100,000 costs {growth:.2f} times one of 1,000 (at most {options.growth})")
        missed |= growth > options.growth
    print(f"ratio at most {options.most} from 10,000 on, at most {options.memory} MB at 10,000")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
