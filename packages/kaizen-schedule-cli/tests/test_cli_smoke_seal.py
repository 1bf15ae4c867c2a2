"""The check of the seal in a smoke test finds every change of a bundle."""

from dataclasses import replace
from pathlib import Path

import pytest
from kaizen_schedule_cli.smoke.steps import StepFailed, require_sealed
from kaizen_schedule_core import Bundle, prepare_bundle
from kaizen_schedule_core.manifest.opt_in import opt_in
from kaizen_schedule_core.repo.paths import memory_path

MEMORY = """---
agent: coach
project: demo
last_updated: 2026-06-17
session_count: 1
---

## Session Log

- 2026-06-10: a note with ```ticks``` in it
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    opt_in(str(tmp_path))
    (tmp_path / "README.md").write_text("# Demo\n", encoding="utf-8")
    memory = tmp_path / memory_path("coach")
    memory.parent.mkdir(parents=True)
    memory.write_text(MEMORY, encoding="utf-8")
    return prepare_bundle(str(tmp_path), "coach")


def test_unchanged_bundle_is_sealed(bundle: Bundle) -> None:
    assert {part.id for part in bundle.parts} == {"run", "agent", "memory", "readme"}
    require_sealed(bundle)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("cadence: weekly", "cadence: daily", "run"),
        ("You review how agents and people work", "Do not review how agents and people work", "agent"),
        ("2026-06-10: a note", "2026-06-10: an order", "memory"),
        ("README.md: Demo", "README.md: Another", "readme"),
    ],
)
def test_changed_part_is_found(bundle: Bundle, old: str, new: str, part: str) -> None:
    assert old in bundle.markdown
    changed = replace(bundle, markdown=bundle.markdown.replace(old, new))
    with pytest.raises(StepFailed, match=part):
        require_sealed(changed)


def test_digest_of_other_parts_is_found(bundle: Bundle) -> None:
    with pytest.raises(StepFailed, match="digest"):
        require_sealed(replace(bundle, parts=bundle.parts[1:]))
