"""The catalog: nothing of a site's own is lost, nothing is switched on by accident, and drift is told exactly."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kaizen_activity_defs as defs
import kaizen_schedule_core as core
import pytest

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"
TICK = "kaizen-scheduled-runs-tick"
FILES = {
    COACH: "weekly-coach-orientation.md",
    OPTIMIZATION: "weekly-optimization-review.md",
    TICK: "scheduled-runs-tick.md",
}
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)
GROUND = defs.Ground(by="operator", at=NOW, reason="the pilot passed")


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A folder into which the drafts were copied once."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    sync(folder)
    return folder


def sync(folder: Path, *, check: bool = False, site: defs.Site | None = None, drafts: object = None) -> dict[str, str]:
    chosen = defs.packaged_definitions() if drafts is None else drafts
    found = defs.sync_catalog(str(folder), chosen, check=check, site=site)  # type: ignore[arg-type]
    return {one.slug: one.change for one in found}


def newer(tmp_path: Path, *edits: tuple[str, str]) -> tuple[defs.Definition, ...]:
    """The drafts of a later package, in which the coach's has changed."""
    folder = tmp_path / "shipped"
    folder.mkdir(exist_ok=True)
    for draft in defs.packaged_definitions():
        text = draft.text
        for old, new in edits if draft.id == COACH else ():
            assert old in text
            text = text.replace(old, new)
        (folder / FILES[draft.id]).write_text(text, encoding="utf-8")
    return tuple(defs.load_definition(str(folder / name)) for name in sorted(FILES.values()))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(".lock")}


def refused(action: Callable[[], object]) -> core.Diagnostic:
    with pytest.raises(core.KaizenError) as caught:
        action()
    return caught.value.diagnostics[0]


def index(folder: Path) -> dict[str, dict[str, Any]]:
    text = (folder / "index.yml").read_text(encoding="utf-8")
    value = core.parse_yaml(text, file="index.yml").value
    return {one["slug"]: one for one in value["definitions"]}


def test_a_first_sync_copies_everything_disabled(tmp_path: Path) -> None:
    assert sync(tmp_path, check=True) == dict.fromkeys(FILES, "added")
    assert contents(tmp_path) == {}, "a check writes nothing"
    assert sync(tmp_path) == dict.fromkeys(FILES, "added")
    packaged = {FILES[one.id]: one.text.encode() for one in defs.packaged_definitions()}
    found = contents(tmp_path)
    assert set(found) == {*packaged, "index.yml"}
    assert {name: found[name] for name in packaged} == packaged
    assert {slug: (one["enabled"], one["log"]) for slug, one in index(tmp_path).items()} == dict.fromkeys(
        FILES, (False, [])
    )


def test_a_second_sync_changes_nothing(catalog: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in catalog.glob("[!.]*.[my]*")}
    assert sync(catalog, check=True) == sync(catalog) == dict.fromkeys(FILES, "unchanged")
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_newer_version_is_copied_and_the_switch_survives(catalog: Path, tmp_path: Path) -> None:
    edit(catalog / FILES[COACH], "enabled: false\n", "enabled: true\n")
    assert sync(catalog) == {COACH: "switched", OPTIMIZATION: "unchanged", TICK: "unchanged"}
    assert index(catalog)[COACH]["enabled"] is True
    drafts = newer(tmp_path, ("due_in_days: 3", "due_in_days: 5"))
    assert sync(catalog, check=True, drafts=drafts)[COACH] == "updated"
    assert sync(catalog, drafts=drafts) == {COACH: "updated", OPTIMIZATION: "unchanged", TICK: "unchanged"}
    done = defs.load_definition(str(catalog / FILES[COACH]))
    assert (done.header.enabled, done.rules[0].action.due_in_days) == (True, 5)
    assert sync(catalog, drafts=drafts)[COACH] == "unchanged"


def test_a_local_edit_is_kept_and_told(catalog: Path) -> None:
    edit(catalog / FILES[COACH], "due_in_days: 3", "due_in_days: 7")
    before = contents(catalog)[FILES[COACH]]
    for _ in range(2):
        found = {one.slug: one for one in defs.sync_catalog(str(catalog), defs.packaged_definitions())}
        assert found[COACH].change == "local-edit"
        assert {"-  due_in_days: 7", "+  due_in_days: 3"} <= set(found[COACH].diff)
        assert contents(catalog)[FILES[COACH]] == before
    assert index(catalog)[COACH]["standing"] != index(catalog)[COACH]["shipped"]


def test_an_edit_beside_a_newer_version_is_a_conflict_and_nothing_is_written(catalog: Path, tmp_path: Path) -> None:
    edit(catalog / FILES[COACH], "due_in_days: 3", "due_in_days: 7")
    (catalog / FILES[TICK]).unlink()
    before = contents(catalog)
    drafts = newer(tmp_path, ("priority: medium", "priority: high"))
    found = refused(lambda: sync(catalog, drafts=drafts))
    assert (found.code, found.file) == ("KZ511", str(catalog / FILES[COACH]))
    told = [note.message for note in found.notes]
    assert {"-  due_in_days: 7", "+  priority: high"} <= set(told)
    assert contents(catalog) == before, "not even the missing file came back"
    assert sync(catalog, check=True, drafts=drafts)[COACH] == "conflict"
    edit(catalog / FILES[COACH], "due_in_days: 7", "due_in_days: 3")
    assert sync(catalog, drafts=drafts)[COACH] == "updated"


def test_both_sides_with_the_same_change_agree(catalog: Path, tmp_path: Path) -> None:
    drafts = newer(tmp_path, ("priority: medium", "priority: high"))
    edit(catalog / FILES[COACH], "priority: medium", "priority: high")
    assert sync(catalog, drafts=drafts)[COACH] == "adopted"
    assert sync(catalog, drafts=drafts)[COACH] == "unchanged"


def test_a_missing_file_comes_back_disabled(catalog: Path) -> None:
    edit(catalog / FILES[COACH], "enabled: false\n", "enabled: true\n")
    sync(catalog)
    (catalog / FILES[COACH]).unlink()
    assert sync(catalog)[COACH] == "restored"
    assert defs.load_definition(str(catalog / FILES[COACH])).header.enabled is False
    assert index(catalog)[COACH]["enabled"] is False


@pytest.mark.parametrize("text", ["mine\n", "---\nid: x\nenabled: true\n---\n", ""])
def test_a_file_that_was_never_shipped_is_not_written_over(tmp_path: Path, text: str) -> None:
    (tmp_path / FILES[COACH]).write_text(text, encoding="utf-8")
    assert refused(lambda: sync(tmp_path)).code == "KZ511"
    assert contents(tmp_path) == {FILES[COACH]: text.encode()}


def test_what_was_copied_by_hand_is_adopted(tmp_path: Path) -> None:
    draft = defs.packaged_definition(COACH)
    text = draft.text.replace("enabled: false", "enabled: true", 1)
    (tmp_path / FILES[COACH]).write_text(text, encoding="utf-8")
    assert sync(tmp_path) == {COACH: "adopted", OPTIMIZATION: "added", TICK: "added"}
    assert contents(tmp_path)[FILES[COACH]] == text.encode()
    assert index(tmp_path)[COACH]["enabled"] is True


def test_a_lost_index_is_made_again(catalog: Path) -> None:
    (catalog / "index.yml").unlink()
    assert sync(catalog) == dict.fromkeys(FILES, "adopted")
    assert sync(catalog) == dict.fromkeys(FILES, "unchanged")


def test_a_definition_that_is_no_longer_shipped_is_left_alone(catalog: Path) -> None:
    before = contents(catalog)
    drafts = [one for one in defs.packaged_definitions() if one.id != TICK]
    assert sync(catalog, drafts=drafts)[TICK] == "no-draft"
    assert contents(catalog) == before


def test_the_values_of_a_site_are_kept(catalog: Path) -> None:
    site = defs.Site(source_type="kaizen-resolver", domain="acme", timezone="Europe/London")
    assert sync(catalog, site=site) == dict.fromkeys(FILES, "updated")
    coach, tick = (defs.load_definition(str(catalog / FILES[name])) for name in (COACH, TICK))
    assert coach.header.trigger.timezone == "Europe/London"
    assert coach.header.context_sources[0].params == {"domain": "acme", "cadence": "weekly"}
    assert coach.header.context_sources[0].type == "kaizen-resolver"
    assert (tick.header.trigger.timezone, tick.header.context_sources[0].type) == ("UTC", "kaizen-resolver")
    assert sync(catalog) == dict.fromkeys(FILES, "unchanged"), "they stand in the index"
    assert sync(catalog, site=defs.Site(domain="other"))[COACH] == "updated"
    coach = defs.load_definition(str(catalog / FILES[COACH]))
    assert (coach.header.context_sources[0].params["domain"], coach.header.trigger.timezone) == (
        "other",
        "Europe/London",
    )


@pytest.mark.parametrize("domain", ["true", "no", "7", "1e3", "a-b.c", "null", "2026-01-01"])
def test_a_sites_value_is_text_whatever_it_looks_like(catalog: Path, domain: str) -> None:
    sync(catalog, site=defs.Site(domain=domain))
    coach = defs.load_definition(str(catalog / FILES[COACH]))
    assert coach.header.context_sources[0].params["domain"] == domain


@pytest.mark.parametrize("text", ["version: 1\n", "definitions: [", "", 'version: "1"\nsite: {}\ndefinitions: [{}]\n'])
def test_an_index_that_is_none_is_told_and_nothing_is_written(catalog: Path, text: str) -> None:
    (catalog / "index.yml").write_text(text, encoding="utf-8")
    (catalog / FILES[TICK]).unlink()
    before = contents(catalog)
    assert refused(lambda: sync(catalog)).file == str(catalog / "index.yml")
    assert contents(catalog) == before


def test_a_catalog_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert refused(lambda: sync(tmp_path / "typo", check=True)).code == "KZ101"
    assert refused(lambda: sync(tmp_path / "typo")).code == "KZ101"
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert core.CODES[refused(lambda: sync(tmp_path / "file")).code].unavailable
    assert not (tmp_path / "typo").exists()


def test_a_link_that_leads_outside_is_not_followed(catalog: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text((catalog / FILES[COACH]).read_text(encoding="utf-8"), encoding="utf-8")
    (catalog / FILES[COACH]).unlink()
    (catalog / FILES[COACH]).symlink_to(outside)
    before = outside.read_bytes()
    assert refused(lambda: sync(catalog, drafts=newer(tmp_path, ("priority: medium", "priority: low")))).code == "KZ104"
    assert outside.read_bytes() == before


class Killed(BaseException):
    """What stands for a kill between two writes."""


@pytest.mark.parametrize("first", range(6))
@pytest.mark.parametrize("second", range(6))
def test_a_kill_between_any_two_writes_is_taken_up(
    catalog: Path, monkeypatch: pytest.MonkeyPatch, first: int, second: int
) -> None:
    edit(catalog / FILES[COACH], "enabled: false\n", "enabled: true\n")
    sync(catalog)
    real = core.write_inside

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
                sync(catalog, site=defs.Site(domain=domain, source_type=domain))
            except Killed:
                return

    killed_after(first, "one")
    killed_after(second, "two")
    assert set(sync(catalog, site=defs.Site(domain="three", source_type="three")).values()) == {"updated"}
    assert {one.id: one.header.enabled for one in defs.load_catalog(str(catalog))} == {
        COACH: True,
        OPTIMIZATION: False,
        TICK: False,
    }
    assert sync(catalog, check=True) == dict.fromkeys(FILES, "unchanged")
    assert "pending" not in (catalog / "index.yml").read_text(encoding="utf-8")


SYNC = """
import sys
import kaizen_activity_defs as defs
for _ in range(int(sys.argv[2])):
    for domain in ("one", "two"):
        defs.sync_catalog(sys.argv[1], defs.packaged_definitions(), site=defs.Site(domain=domain))
"""


def test_syncs_at_once_and_kills_in_the_middle_do_no_harm(catalog: Path) -> None:
    edit(catalog / FILES[COACH], "enabled: false\n", "enabled: true\n")
    sync(catalog)
    steady = [subprocess.Popen([sys.executable, "-c", SYNC, str(catalog), "5"]) for _ in range(2)]
    for number in range(6):
        doomed = subprocess.Popen([sys.executable, "-c", SYNC, str(catalog), "1000"])
        time.sleep(0.5 + number * 0.03)
        doomed.send_signal(signal.SIGKILL)
        assert doomed.wait(30) == -signal.SIGKILL
    assert [process.wait(60) for process in steady] == [0, 0]
    found = sync(catalog, site=defs.Site(domain="one"))
    assert set(found.values()) <= {"unchanged", "updated", "adopted"}
    for name, enabled in ((COACH, True), (OPTIMIZATION, False), (TICK, False)):
        assert defs.load_definition(str(catalog / FILES[name])).header.enabled is enabled
    assert sync(catalog) == dict.fromkeys(FILES, "unchanged")
    assert {path.name for path in catalog.iterdir() if re.fullmatch(r"[^.].*\.md|index\.yml", path.name)} == {
        *FILES.values(),
        "index.yml",
    }
