"""Benchmark the start-up of the fast commands, relative to an empty Typer program.

A command may take 1.5 times as long as a program that does nothing.
"""

import argparse
import compileall
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

COMMANDS = (["schedule", "list"], ["schedule", "validate"], ["schedule", "prepare", "coach"])
HELLO = """\
import typer

app = typer.Typer()


@app.command()
def hello() -> None:
    typer.echo("hello")
"""
# Like an installed console script: it imports its program, so that bytecode is cached.
LAUNCHER = "from hello import app\n\napp()\n"


class Cost(NamedTuple):
    """The time of one process in seconds."""

    wall: float
    cpu: float


def measure(command: Sequence[str], repo: Path, env: Mapping[str, str]) -> Cost:
    """Run a command; if it fails, exit."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=repo, env=env, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each value."""
    return Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))


def alternate(commands: Sequence[Sequence[str]], repo: Path, env: Mapping[str, str], runs: int) -> list[Cost]:
    """Return the medians of commands that run alternately, so that other load affects all of them."""
    rounds = [[measure(command, repo, env) for command in commands] for _ in range(runs + 1)]
    return [middle(costs) for costs in zip(*rounds[1:], strict=True)]  # the first round warms the caches


def main() -> int:
    """Print a table and return 1 if a command exceeds the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="measured runs of each command (default 15)")
    parser.add_argument("--limit", type=float, default=1.5, help="maximum median CPU ratio (default 1.5)")
    options = parser.parse_args()

    program = str(Path(sys.executable).with_name("kaizen-agentic"))
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        bench, repo = Path(name) / "bench", Path(name) / "repo"
        bench.mkdir()
        repo.mkdir()
        (bench / "hello.py").write_text(HELLO, encoding="utf-8")
        (bench / "launcher.py").write_text(LAUNCHER, encoding="utf-8")
        for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(bench)}:
            compileall.compile_dir(folder, quiet=2)
        for words in (["git", "init", "-q"], [program, "schedule", "init"]):
            measure(words, repo, env)
        bare = [sys.executable, str(bench / "launcher.py")]

        print(f"{'command':<24}{'wall ms':>9}{'bare':>7}{'ratio':>7}{'CPU ms':>9}{'bare':>7}{'ratio':>7}")
        for words in COMMANDS:
            ours, base = alternate([[program, *words], bare], repo, env, options.runs)
            pairs = zip(ours, base, strict=True)
            figures = "".join(f"{1000 * a:9.0f}{1000 * b:7.0f}{a / b:7.2f}" for a, b in pairs)
            print(f"{' '.join(words):<24}{figures}")
            worst = max(worst, ours.cpu / base.cpu)
    verdict = "above" if worst > options.limit else "within"
    print(f"worst CPU ratio {worst:.2f}, {verdict} the limit of {options.limit:.2f}")
    return int(worst > options.limit)


if __name__ == "__main__":
    sys.exit(main())
