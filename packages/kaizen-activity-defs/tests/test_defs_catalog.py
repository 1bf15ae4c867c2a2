"""Sync of a catalog: edits are kept, nothing is enabled, and drift is reported."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kaizen_activity_defs import (
    Definition,
    Site,
    load_catalog,
    load_definition,
    packaged_definition,
    packaged_definitions,
    sync_catalog,
)
from kaizen_schedule_core import CODES
from kaizen_schedule_core.files.writing import write_inside

if TYPE_CHECKING:
    from conftest import Catalog, Refused

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"
TICK = "kaizen-scheduled-runs-tick"
IDS = (COACH, OPTIMIZATION, TICK)
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)


def newer(tmp_path: Path, *edits: tuple[str, str]) -> tuple[Definition, ...]:
    """The drafts of a later package, in which the coach's has changed."""
    folder = tmp_path / "shipped"
    folder.mkdir(exist_ok=True)
    for draft in packaged_definitions():
        text = draft.text
        for old, new in edits if draft.id == COACH else ():
            assert old in text
            text = text.replace(old, new)
        (folder / os.path.basename(draft.file)).write_text(text, encoding="utf-8")
    return tuple(load_definition(str(path)) for path in sorted(folder.iterdir()))


def test_a_first_sync_copies_everything_disabled(empty: Catalog) -> None:
    assert empty.sync(check=True) == dict.fromkeys(IDS, "added")
    assert empty.contents() == {}, "a check writes nothing"
    assert empty.sync() == dict.fromkeys(IDS, "added")
    packaged = {empty.path(one.id).name: one.text.encode() for one in packaged_definitions()}
    found = empty.contents()
    assert set(found) == {*packaged, "index.yml"}
    assert {name: found[name] for name in packaged} == packaged
    assert {slug: (one["enabled"], one["log"]) for slug, one in empty.index().items()} == dict.fromkeys(
        IDS, (False, [])
    )


def test_a_second_sync_changes_nothing(catalog: Catalog) -> None:
    before = {path: path.stat().st_mtime_ns for path in catalog.folder.glob("[!.]*.[my]*")}
    assert catalog.sync(check=True) == catalog.sync() == dict.fromkeys(IDS, "unchanged")
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_newer_version_is_copied_and_stays_enabled(catalog: Catalog, tmp_path: Path) -> None:
    catalog.edit(COACH, "enabled: false\n", "enabled: true\n")
    assert catalog.sync() == {COACH: "switched", OPTIMIZATION: "unchanged", TICK: "unchanged"}
    assert catalog.index()[COACH]["enabled"] is True
    drafts = newer(tmp_path, ("due_in_days: 3", "due_in_days: 5"))
    assert catalog.sync(check=True, drafts=drafts)[COACH] == "updated"
    assert catalog.sync(drafts=drafts) == {COACH: "updated", OPTIMIZATION: "unchanged", TICK: "unchanged"}
    done = load_definition(str(catalog.path(COACH)))
    assert (done.header.enabled, done.rules[0].action.due_in_days) == (True, 5)
    assert catalog.sync(drafts=drafts)[COACH] == "unchanged"


def test_a_local_edit_is_kept_and_reported(catalog: Catalog) -> None:
    catalog.edit(COACH, "due_in_days: 3", "due_in_days: 7")
    before = catalog.contents()[catalog.path(COACH).name]
    for _ in range(2):
        found = {one.slug: one for one in sync_catalog(str(catalog), packaged_definitions())}
        assert found[COACH].change == "local-edit"
        assert {"-  due_in_days: 7", "+  due_in_days: 3"} <= set(found[COACH].diff)
        assert catalog.contents()[catalog.path(COACH).name] == before
    assert catalog.index()[COACH]["standing"] != catalog.index()[COACH]["shipped"]  # prose-ok: a key of the index


def test_local_edit_and_newer_version_are_a_conflict(catalog: Catalog, tmp_path: Path, refused: Refused) -> None:
    catalog.edit(COACH, "due_in_days: 3", "due_in_days: 7")
    catalog.path(TICK).unlink()
    before = catalog.contents()
    drafts = newer(tmp_path, ("priority: medium", "priority: high"))
    found = refused(lambda: catalog.sync(drafts=drafts))
    assert (found.code, found.file) == ("KZ511", str(catalog.path(COACH)))
    messages = [note.message for note in found.notes]
    assert {"-  due_in_days: 7", "+  priority: high"} <= set(messages)
    assert catalog.contents() == before, "not even the missing file came back"
    assert catalog.sync(check=True, drafts=drafts)[COACH] == "conflict"
    catalog.edit(COACH, "due_in_days: 7", "due_in_days: 3")
    assert catalog.sync(drafts=drafts)[COACH] == "updated"


def test_same_change_on_both_sides_is_adopted(catalog: Catalog, tmp_path: Path) -> None:
    drafts = newer(tmp_path, ("priority: medium", "priority: high"))
    catalog.edit(COACH, "priority: medium", "priority: high")
    assert catalog.sync(drafts=drafts)[COACH] == "adopted"
    assert catalog.sync(drafts=drafts)[COACH] == "unchanged"


def test_missing_file_is_restored_disabled(catalog: Catalog) -> None:
    catalog.edit(COACH, "enabled: false\n", "enabled: true\n")
    catalog.sync()
    catalog.path(COACH).unlink()
    assert catalog.sync()[COACH] == "restored"
    assert load_definition(str(catalog.path(COACH))).header.enabled is False
    assert catalog.index()[COACH]["enabled"] is False


@pytest.mark.parametrize("text", ["mine\n", "---\nid: x\nenabled: true\n---\n", ""])
def test_file_not_created_by_sync_is_not_overwritten(empty: Catalog, text: str, refused: Refused) -> None:
    empty.path(COACH).write_text(text, encoding="utf-8")
    assert refused(empty.sync).code == "KZ511"
    assert empty.contents() == {empty.path(COACH).name: text.encode()}


def test_manually_copied_file_is_adopted(empty: Catalog) -> None:
    draft = packaged_definition(COACH)
    text = draft.text.replace("enabled: false", "enabled: true", 1)
    empty.path(COACH).write_text(text, encoding="utf-8")
    assert empty.sync() == {COACH: "adopted", OPTIMIZATION: "added", TICK: "added"}
    assert empty.contents()[empty.path(COACH).name] == text.encode()
    assert empty.index()[COACH]["enabled"] is True


def test_missing_index_is_created_again(catalog: Catalog) -> None:
    catalog.index_path.unlink()
    assert catalog.sync() == dict.fromkeys(IDS, "adopted")
    assert catalog.sync() == dict.fromkeys(IDS, "unchanged")


def test_definition_without_a_draft_is_not_changed(catalog: Catalog) -> None:
    before = catalog.contents()
    drafts = [one for one in packaged_definitions() if one.id != TICK]
    assert catalog.sync(drafts=drafts)[TICK] == "no-draft"
    assert catalog.contents() == before


def test_site_values_are_kept(catalog: Catalog) -> None:
    site = Site(source_type="kaizen-resolver", domain="acme", timezone="Europe/London")
    assert catalog.sync(site=site) == dict.fromkeys(IDS, "updated")
    coach, tick = (load_definition(str(catalog.path(name))) for name in (COACH, TICK))
    assert coach.header.trigger.timezone == "Europe/London"
    assert coach.header.context_sources[0].params == {"domain": "acme", "cadence": "weekly"}
    assert coach.header.context_sources[0].type == "kaizen-resolver"
    assert (tick.header.trigger.timezone, tick.header.context_sources[0].type) == ("UTC", "kaizen-resolver")
    assert catalog.sync() == dict.fromkeys(IDS, "unchanged"), "they are in the index"
    found = catalog.synced(site=Site(domain="other"))
    assert (found[COACH].change, found[COACH].detail) == ("updated", "updated with the new site values")
    coach = load_definition(str(catalog.path(COACH)))
    assert (coach.header.context_sources[0].params["domain"], coach.header.trigger.timezone) == (
        "other",
        "Europe/London",
    )


@pytest.mark.parametrize("domain", ["true", "no", "7", "1e3", "a-b.c", "null", "2026-01-01"])
def test_site_value_is_always_text(catalog: Catalog, domain: str) -> None:
    catalog.sync(site=Site(domain=domain))
    coach = load_definition(str(catalog.path(COACH)))
    assert coach.header.context_sources[0].params["domain"] == domain


@pytest.mark.parametrize("text", ["version: 1\n", "definitions: [", "", 'version: "1"\nsite: {}\ndefinitions: [{}]\n'])
def test_invalid_index_is_reported(catalog: Catalog, text: str, refused: Refused) -> None:
    catalog.index_path.write_text(text, encoding="utf-8")
    catalog.path(TICK).unlink()
    before = catalog.contents()
    assert refused(catalog.sync).file == str(catalog.index_path)
    assert catalog.contents() == before


def test_missing_catalog_is_not_created(empty: Catalog, refused: Refused) -> None:
    empty.folder.rmdir()
    for check in (True, False):
        found = refused(lambda check=check: empty.sync(check=check))  # type: ignore[misc]
        assert (found.code, found.message) == ("KZ101", f"the directory {empty} does not exist")
        assert "create it first" in str(found.hint)
    assert not empty.folder.exists()
    empty.folder.write_text("x", encoding="utf-8")
    assert CODES[refused(empty.sync).code].unavailable


def test_symlink_to_the_outside_is_not_followed(catalog: Catalog, tmp_path: Path, refused: Refused) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(catalog.path(COACH).read_text(encoding="utf-8"), encoding="utf-8")
    catalog.path(COACH).unlink()
    catalog.path(COACH).symlink_to(outside)
    before = outside.read_bytes()
    assert refused(lambda: catalog.sync(drafts=newer(tmp_path, ("priority: medium", "priority: low")))).code == "KZ104"
    assert outside.read_bytes() == before


class Killed(BaseException):
    """What stands for a kill between two writes."""


@pytest.mark.parametrize("first", range(6))
@pytest.mark.parametrize("second", range(6))
def test_sync_after_kills_between_two_writes(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, first: int, second: int
) -> None:
    catalog.edit(COACH, "enabled: false\n", "enabled: true\n")
    catalog.sync()
    real = write_inside

    def killed_after(count: int, domain: str) -> None:
        left = iter(range(count))

        def write(*words: Any) -> None:
            if next(left, None) is None:
                raise Killed
            real(*words)

        with monkeypatch.context() as patched:
            for module in ("syncing", "index"):
                patched.setattr(f"kaizen_activity_defs.{module}.write_inside", write)
            try:
                catalog.sync(site=Site(domain=domain, source_type=domain))
            except Killed:
                return

    killed_after(first, "one")
    killed_after(second, "two")
    assert set(catalog.sync(site=Site(domain="three", source_type="three")).values()) == {"updated"}
    assert {one.id: one.header.enabled for one in load_catalog(str(catalog))} == {
        COACH: True,
        OPTIMIZATION: False,
        TICK: False,
    }
    assert catalog.sync(check=True) == dict.fromkeys(IDS, "unchanged")
    assert "pending" not in catalog.index_path.read_text(encoding="utf-8")


SYNC = """
import sys
import kaizen_activity_defs as defs
for _ in range(int(sys.argv[2])):
    for domain in ("one", "two"):
        defs.sync_catalog(sys.argv[1], defs.packaged_definitions(), site=defs.Site(domain=domain))
"""


def test_parallel_and_killed_syncs(catalog: Catalog) -> None:
    catalog.edit(COACH, "enabled: false\n", "enabled: true\n")
    catalog.sync()
    steady = [subprocess.Popen([sys.executable, "-c", SYNC, str(catalog), "5"]) for _ in range(2)]
    for number in range(6):
        doomed = subprocess.Popen([sys.executable, "-c", SYNC, str(catalog), "1000"])
        time.sleep(0.5 + number * 0.03)
        doomed.send_signal(signal.SIGKILL)
        assert doomed.wait(30) == -signal.SIGKILL
    assert [process.wait(60) for process in steady] == [0, 0]
    found = catalog.sync(site=Site(domain="one"))
    assert set(found.values()) <= {"unchanged", "updated", "adopted"}
    for name, enabled in ((COACH, True), (OPTIMIZATION, False), (TICK, False)):
        assert load_definition(str(catalog.path(name))).header.enabled is enabled
    assert catalog.sync() == dict.fromkeys(IDS, "unchanged")
    assert {path.name for path in catalog.folder.iterdir() if re.fullmatch(r"[^.].*\.md|index\.yml", path.name)} == {
        *(catalog.path(name).name for name in IDS),
        "index.yml",
    }
