"""Fleets for the drill: copies of the pilot's repositories, and generated ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kaizen_schedule_core import ExecutionRecord, record_run
from kaizen_schedule_core.clock.times import utc_text

HOST = "runner"
ROOT = Path(__file__).parents[2]
PILOT = ROOT / "pilot-roster"
WEEKLY = 'version: "1"\nagents:\n  coach: {cadence: weekly}\n  optimization: {cadence: weekly}\n'
BROKEN = 'version: "1"\nagents:\n  coach: {cadence: weekley}\n'


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """Checkouts in a folder, and the roster file that lists them."""

    folder: Path
    slugs: tuple[str, ...]

    def root(self, slug: str) -> Path:
        """Return the checkout of a slug."""
        return self.folder / slug

    def roster(self, slugs: Sequence[str] | None = None, *, name: str = "roster") -> Path:
        """Write the roster of all or of some repositories, and return its path."""
        rows = [
            {"slug": slug, "domain": "custodian", "host_paths": {HOST: str(self.root(slug))}}
            for slug in (self.slugs if slugs is None else slugs)
        ]
        path = self.folder / f"{name}.yml"
        path.write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")
        return path


def pilot_fleet(folder: Path) -> Fleet:
    """Copy the pilot's three repositories, and add one with an invalid manifest."""
    for name in ("the-custodian", "activity-core"):
        shutil.copytree(PILOT / name, folder / name)
    own = folder / "kaizen-agentic"
    shutil.copytree(ROOT / ".kaizen", own / ".kaizen", ignore=shutil.ignore_patterns("*.lock"))
    for name in ("README.md", "CHANGELOG.md", "TODO.md"):
        shutil.copy(ROOT / name, own)
    write_manifest(folder / "broken", BROKEN)
    return Fleet(folder=folder, slugs=("activity-core", "broken", "kaizen-agentic", "the-custodian"))


def small_fleet(folder: Path, size: int = 5) -> Fleet:
    """Write some repositories with weekly agents."""
    slugs = tuple(f"repo-{number}" for number in range(1, size + 1))
    for slug in slugs:
        write_manifest(folder / slug, WEEKLY)
    return Fleet(folder=folder, slugs=slugs)


def large_fleet(folder: Path, size: int) -> Fleet:
    """Write many repositories: 2 % have an invalid manifest, 2 % have not opted in, 1 % do not exist."""
    slugs = tuple(f"repo-{number:05}" for number in range(size))
    for number, slug in enumerate(slugs):
        if number % 100 == 7:  # noqa: PLR2004 - any of the hundred
            continue
        if number % 50 == 1:
            (folder / slug).mkdir(parents=True)
        else:
            write_manifest(folder / slug, BROKEN if number % 50 == 0 else WEEKLY)
    return Fleet(folder=folder, slugs=slugs)


def write_manifest(root: Path, text: str) -> None:
    """Write a repository's manifest and create its folder."""
    (root / ".kaizen").mkdir(parents=True, exist_ok=True)
    (root / ".kaizen/schedule.yml").write_text(text, encoding="utf-8")


def record_long_ago(fleet: Fleet, slugs: Iterable[str], agent: str, at: datetime) -> None:
    """Record one success of an agent in each repository, at a time in the past."""
    for slug in slugs:
        run = ExecutionRecord(timestamp=utc_text(at), agent=agent, success=True)
        record_run(str(fleet.root(slug)), run)
