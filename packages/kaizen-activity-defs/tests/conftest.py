"""A catalog in a temporary directory, and a function that expects a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kaizen_activity_defs import (
    Definition,
    Site,
    SwitchReason,
    Synced,
    load_catalog,
    packaged_definitions,
    sync_catalog,
)
from kaizen_schedule_core import Diagnostic, KaizenError
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.source.yaml.parser import parse_yaml

FILES = {
    "kaizen-weekly-coach-orientation": "weekly-coach-orientation.md",
    "kaizen-weekly-optimization-review": "weekly-optimization-review.md",
    "kaizen-scheduled-runs-tick": "scheduled-runs-tick.md",
}
Refused = Callable[[Callable[[], object]], Diagnostic]
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Catalog:
    """A folder of definitions, and what an operator does to it."""

    folder: Path
    reason = SwitchReason(by="operator", at=NOW, reason="the pilot passed")

    def __str__(self) -> str:
        return str(self.folder)

    def path(self, slug: str) -> Path:
        """The file of a definition, by the name under which it is shipped."""
        return self.folder / FILES[slug]

    @property
    def index_path(self) -> Path:
        return self.folder / "index.yml"

    def synced(
        self, drafts: Sequence[Definition] = (), *, check: bool = False, site: Site | None = None
    ) -> dict[str, Synced]:
        found = sync_catalog(str(self), drafts or packaged_definitions(), check=check, site=site)
        return {one.slug: one for one in found}

    def sync(
        self, drafts: Sequence[Definition] = (), *, check: bool = False, site: Site | None = None
    ) -> dict[str, str]:
        return {slug: one.change for slug, one in self.synced(drafts, check=check, site=site).items()}

    def edit(self, slug: str, old: str, new: str) -> None:
        text = self.path(slug).read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        self.path(slug).write_text(text.replace(old, new), encoding="utf-8")

    def contents(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir() if path.suffix != ".lock"}

    def index(self) -> dict[str, dict[str, Any]]:
        value = parse_yaml(self.index_path.read_text(encoding="utf-8"), file="index.yml").value
        return {one["slug"]: one for one in value["definitions"]}

    def states(self) -> dict[str, bool]:
        return {one.id: one.header.enabled for one in load_catalog(str(self))}

    def report(self, **changes: object) -> str:
        """The path of a passing report for the current catalog."""
        tried = [{"id": one.id, "digest": one.digest, "passed": True} for one in load_catalog(str(self))]
        finished = utc_text(NOW - timedelta(hours=1))
        value = {"version": "1", "passed": True, "finished_at": finished, "definitions": tried, **changes}
        path = self.folder.parent / "smoke.json"
        path.write_text(json.dumps(value), encoding="utf-8")
        return str(path)


@pytest.fixture
def empty(tmp_path: Path) -> Catalog:
    """A folder into which nothing was copied yet."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    return Catalog(folder)


@pytest.fixture
def catalog(empty: Catalog) -> Catalog:
    """A folder into which the drafts were copied once."""
    empty.sync()
    return empty


@pytest.fixture
def refused() -> Refused:
    """Calls what must be refused and gives the first diagnostic it is refused with."""

    def call(action: Callable[[], object]) -> Diagnostic:
        with pytest.raises(KaizenError) as caught:
            action()
        return caught.value.diagnostics[0]

    return call
