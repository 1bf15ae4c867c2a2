"""Benchmark `schedule validate` on 1,000 manifests, relative to loading the same files and to check-jsonschema.

All values are the CPU time of a process for all manifests minus that for one, so that start-up is not included.
"""

import argparse
import compileall
import os
import random
import sys
import sysconfig
import tempfile
from pathlib import Path

from kaizen_schedule_core.manifest.scaffold import schema_text

from benchmarks.startup import alternate

ZONES = (
    *("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC", "Australia/Sydney", "Europe/London"),
    *("America/Sao_Paulo", "Asia/Kolkata", "Africa/Cairo", "Pacific/Auckland"),
)
AGENTS = (("coach", "weekly"), ("optimization", "weekly"), ("tdd-workflow", "monthly"), ("scope-analyst", "daily"))
HEAD = """\
# yaml-language-server: $schema=schedule.schema.json
#
# Which kaizen agents run in this repository, and when. The presence of this file is the opt-in.
version: "1"

# All crons below are read in this zone (an IANA name).
timezone: {zone}

agents:
"""
AGENT = """\
  # What it does, in one line.
  {name}:
    cadence: {cadence} # daily, weekly or monthly
    cron: "{minute} {hour} {days}" # always in quotes
    enabled: {enabled}

"""
LOADER = """\
import os
import sys

import yaml

for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        if name.endswith(".yml"):
            with open(os.path.join(folder, name), "rb") as file:
                yaml.load(file.read(), Loader=yaml.CSafeLoader)
"""


def manifest(chance: random.Random, *, agents: int | None = None) -> str:
    """Return a realistic random manifest, with two to four agents by default."""
    text = HEAD.format(zone=chance.choice(ZONES))
    for name, cadence in AGENTS[: agents or chance.randint(2, 4)]:
        days = {"daily": "* * *", "weekly": f"* * {chance.randint(0, 6)}", "monthly": f"{chance.randint(1, 28)} * *"}
        text += AGENT.format(
            name=name,
            cadence=cadence,
            minute=chance.randint(0, 59),
            hour=chance.randint(5, 20),
            days=days[cadence],
            enabled=chance.choice(("true", "true", "false")),
        )
    return text


def main() -> int:
    """Print both ratios and return 1 if one exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifests", type=int, default=1000, help="number of manifests (default 1000)")
    parser.add_argument("--runs", type=int, default=9, help="measured runs of each process (default 9)")
    parser.add_argument("--most", type=float, default=1.5, help="maximum ratio to loading (default 1.5)")
    parser.add_argument(
        "--least", type=float, default=5.0, help="minimum ratio of check-jsonschema to validate (default 5)"
    )
    options = parser.parse_args()

    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for path in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        compileall.compile_dir(path, quiet=2)
    chance = random.Random(364)  # noqa: S311 - the same manifests in every run
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(options.manifests):
            place = folder / f"fleet/repo-{number:04}/.kaizen"
            place.mkdir(parents=True)
            (place / "schedule.yml").write_text(manifest(chance), encoding="utf-8")
        (folder / "loader.py").write_text(LOADER, encoding="utf-8")
        programs = Path(sys.executable).parent
        ours = [str(programs / "kaizen-agentic"), "schedule", "validate"]
        loading = [sys.executable, str(folder / "loader.py")]
        files = [str(path) for path in sorted(folder.glob("fleet/*/.kaizen/schedule.yml"))]
        schema = folder / "schema.json"
        schema.write_text(schema_text(), encoding="utf-8")
        peer = [str(programs / "check-jsonschema"), "--schemafile", str(schema)]

        one, fleet = str(folder / "fleet/repo-0000"), str(folder / "fleet")
        figures = alternate(
            [[*ours, fleet], [*ours, one], [*loading, fleet], [*loading, one]], folder, env, options.runs
        )
        peers = alternate([[*peer, *files], [*peer, files[0]]], folder, env, max(1, options.runs // 4))
    us, load, other = (many.cpu - single.cpu for many, single in zip(*[iter([*figures, *peers])] * 2, strict=True))
    print(f"{options.manifests} manifests, CPU ms without start-up:")
    print(f"validate {1000 * us:.0f}, CSafeLoader.load {1000 * load:.0f}, check-jsonschema {1000 * other:.0f}")
    print(
        f"validate / load {us / load:.2f} (maximum {options.most}), check-jsonschema / validate {other / us:.1f} ",
        end="",
    )
    print(f"(minimum {options.least})")
    return int(us / load > options.most or other / us < options.least)


if __name__ == "__main__":
    sys.exit(main())
