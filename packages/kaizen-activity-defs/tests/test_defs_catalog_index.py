"""The index and the three-way comparison: every combination, invalid indexes, and renamed files."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_activity_defs import (
    Definition,
    check_definitions,
    definition_files,
    disable,
    load_catalog,
    load_definition,
    packaged_definition,
    packaged_definitions,
)
from kaizen_activity_defs.index import Site
from kaizen_activity_defs.syncing import sync_catalog
from kaizen_schedule_core import CODES

if TYPE_CHECKING:
    from conftest import Catalog, Refused

COACH = "kaizen-weekly-coach-orientation"
TICK = "kaizen-scheduled-runs-tick"
FILE = "weekly-coach-orientation.md"
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)


def snapshot(catalog: Catalog) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in catalog.folder.iterdir()}


def of_days(tmp_path: Path, days: int) -> Definition:
    """The coach's draft of some package, distinguished by its due_in_days."""
    folder = tmp_path / f"shipped-{days}"
    folder.mkdir(exist_ok=True)
    path = folder / FILE
    path.write_text(packaged_definition(COACH).text.replace("due_in_days: 3", f"due_in_days: {days}"), "utf-8")
    return load_definition(str(path))


@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize(
    ("before", "now", "current", "change", "left"),
    [
        (None, 1, None, "added", 1),
        (None, 1, 1, "adopted", 1),
        (None, 1, 2, "conflict", 2),
        (1, 1, 1, "unchanged", 1),
        (1, 1, 2, "local-edit", 2),
        (1, 1, None, "restored", 1),
        (1, 2, 1, "updated", 2),
        (1, 2, 2, "adopted", 2),
        (1, 2, 3, "conflict", 3),
        (1, 2, None, "restored", 2),
        (1, None, 1, "no-draft", 1),
        (1, None, 2, "no-draft", 2),
        (1, None, None, "no-draft", None),
    ],
)
def test_three_way_comparison(
    empty: Catalog,
    before: int | None,
    now: int | None,
    current: int | None,
    change: str,
    left: int | None,
    refused: Refused,
    *,
    on: bool,
) -> None:
    path, shipped = empty.path(COACH), empty.folder.parent
    if before is not None:
        empty.synced((of_days(shipped, before),))
        empty.edit(COACH, "enabled: false\n", f"enabled: {str(on).lower()}\n")
        empty.synced((of_days(shipped, before),))
    path.unlink(missing_ok=True)
    if current is not None:
        text = of_days(shipped, current).text
        path.write_text(text.replace("enabled: false\n", f"enabled: {str(on).lower()}\n", 1), encoding="utf-8")
    drafts = (of_days(shipped, now),) if now else (packaged_definition(TICK),)
    before_check = snapshot(empty)
    found = empty.synced(drafts, check=True)[COACH]
    assert snapshot(empty) == before_check, "a check writes nothing"
    assert found.change == change
    if change == "conflict":
        assert refused(lambda: empty.synced(drafts)).code == "KZ511"
        assert snapshot(empty).items() >= before_check.items()
    else:
        assert empty.synced(drafts)[COACH] == found
    if left is None:
        assert not path.exists()
    else:
        loaded = load_definition(str(path))
        assert loaded.rules[0].action.due_in_days == left
        assert loaded.header.enabled is (on and current is not None), "a restored file is disabled"
    if change in {"added", "adopted", "restored", "updated"}:
        again = empty.synced(drafts, check=True)[COACH]
        assert (again.change, again.enabled) == ("unchanged", on and current is not None)


def test_changed_enabled_is_reported_with_any_other_change(catalog: Catalog, tmp_path: Path) -> None:
    catalog.edit(COACH, "enabled: false\n", "enabled: true\n")
    catalog.edit(COACH, "due_in_days: 3", "due_in_days: 9")
    found = catalog.synced(check=True)[COACH]
    assert (found.change, found.enabled) == ("local-edit", True)
    assert "its file has enabled: true, unlike the index" in found.detail
    catalog.edit(COACH, "due_in_days: 9", "due_in_days: 3")
    found = catalog.synced((of_days(tmp_path, 4),), check=True)[COACH]
    assert (found.change, "its file has enabled: true" in found.detail) == ("updated", True)


def test_renamed_file_keeps_its_name(catalog: Catalog, tmp_path: Path) -> None:
    catalog.edit(COACH, "enabled: false\n", "enabled: true\n")
    catalog.synced()
    catalog.path(COACH).rename(catalog.folder / "coach.md")
    assert catalog.synced(check=True)[COACH].change == "adopted"
    catalog.synced()
    assert not catalog.path(COACH).exists(), "no second one beside it"
    assert (catalog.synced()[COACH].change, catalog.synced()[COACH].file) == ("unchanged", "coach.md")
    assert catalog.synced((of_days(tmp_path, 4),))[COACH].change == "updated"
    assert load_definition(str(catalog.folder / "coach.md")).header.enabled is True
    disable(str(catalog), COACH, catalog.reason)
    assert load_definition(str(catalog.folder / "coach.md")).header.enabled is False


@pytest.mark.parametrize("name", ["a\u00a0b.md", "x" * 199 + ".md", "x" * 240 + ".md", "\u5b57" * 83 + ".md"])
def test_a_definition_can_have_an_unusual_file_name(catalog: Catalog, name: str) -> None:
    catalog.path(COACH).rename(catalog.folder / name)
    assert (catalog.synced()[COACH].change, catalog.synced()[COACH].file) == ("adopted", name)
    assert not catalog.path(COACH).exists(), "no second one beside it"


@pytest.mark.parametrize("name", ["a\nb.md", "\udcff.md"])
def test_file_name_that_is_invalid_in_the_index_is_ignored(catalog: Catalog, name: str) -> None:
    catalog.path(COACH).rename(catalog.folder / name)
    assert catalog.synced()[COACH].change == "restored"


def test_two_files_with_the_same_id_are_a_conflict(catalog: Catalog, refused: Refused) -> None:
    (catalog.folder / "backup.md").write_bytes(catalog.path(COACH).read_bytes())
    before = snapshot(catalog)
    assert catalog.synced(check=True)[COACH].change == "conflict"
    found = refused(catalog.synced)
    assert (found.code, "backup.md and weekly-coach-orientation.md have the same id" in found.message) == (
        "KZ511",
        True,
    )
    assert (found.hint, found.notes) == ("keep one of them, move the others to another directory, then sync again", ())
    assert snapshot(catalog) == before
    catalog.edit(COACH, "due_in_days: 3", "due_in_days: 9")
    assert catalog.synced(check=True)[COACH].diff == (), "which of the two would be compared?"


@pytest.mark.parametrize("length", [97, 98, 150, 197])
def test_temporary_files_of_a_killed_writer_are_removed(catalog: Catalog, length: int) -> None:
    name = "x" * length + ".md"
    catalog.path(COACH).rename(catalog.folder / name)
    (catalog.folder / f".{name[:20]}.abcd_123").write_bytes(b"half")
    (catalog.folder / ".somebody.elses_12").write_bytes(b"kept")
    catalog.sync()
    assert {path.name for path in catalog.folder.glob(".*")} == {".somebody.elses_12"}


def test_other_line_ends_are_not_an_edit(catalog: Catalog, tmp_path: Path) -> None:
    catalog.path(COACH).write_bytes(catalog.path(COACH).read_bytes().replace(b"\n", b"\r\n"))
    index = catalog.folder / "index.yml"
    index.write_bytes(index.read_bytes().replace(b"\n", b"\r\n"))
    assert catalog.synced()[COACH].change == "unchanged"
    assert catalog.synced((of_days(tmp_path, 4),))[COACH].change == "updated"
    assert not list(catalog.folder.glob("*.lock"))


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('version: "1"', 'version: "2"', "KZ502", "upgrade"),
        ("  timezone: null", "  timezone: Europe/Berln", "KZ3", "Berlin"),
        ("  domain: null", '  domain: "../x"', "KZ2", "../x"),
        (f'slug: "{TICK}"', f'slug: "{COACH}"', "KZ508", "duplicate"),
        (f'file: "{FILE}"', f'file: "../{FILE}"', "KZ2", "invalid value"),
        (f'file: "{FILE}"', 'file: "/etc/passwd"', "KZ2", "invalid value"),
        ("definitions:", "definitons:", "KZ2", "definitions"),
        ("    log: []", "    lgo: []", "KZ2", "lgo"),
    ],
)
def test_hand_edited_index_is_reported(
    catalog: Catalog, old: str, new: str, code: str, words: str, refused: Refused
) -> None:
    text = catalog.index_path.read_text(encoding="utf-8")
    assert old in text
    catalog.index_path.write_text(text.replace(old, new), encoding="utf-8")
    (catalog.folder / "scheduled-runs-tick.md").unlink()
    before = snapshot(catalog)
    for action in (
        catalog.synced,
        lambda: catalog.synced(check=True),
        lambda: disable(str(catalog), COACH, catalog.reason),
    ):
        found = refused(action)
        assert found.code.startswith(code)
        assert words in f"{found.message} {found.hint}"
        assert found.line
    assert snapshot(catalog) == before


def test_unknown_slug_stays_in_the_index(catalog: Catalog) -> None:
    text = catalog.index_path.read_text(encoding="utf-8")
    entry = text[text.index(f'  - slug: "{TICK}"') : text.index(f'  - slug: "{COACH}"')]
    foreign = entry.replace(TICK, "acme-own").replace("scheduled-runs-tick", "acme")
    catalog.index_path.write_text(text + foreign, encoding="utf-8")
    assert catalog.synced()["acme-own"].change == "no-draft"
    assert 'slug: "acme-own"' in catalog.index_path.read_text(encoding="utf-8")


@pytest.mark.parametrize("field", ["shipped", "standing"])  # prose-ok: a key of the index
def test_wrong_digest_in_the_index_is_drift(catalog: Catalog, field: str) -> None:
    text = catalog.index_path.read_text(encoding="utf-8")
    place = text.index(f"{field}: ") + len(field) + 3
    catalog.index_path.write_text(f"{text[:place]}{'0' * 64}{text[place + 64 :]}", encoding="utf-8")
    assert catalog.synced(check=True)[TICK].change != "unchanged"
    catalog.synced()
    assert catalog.index_path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("kind", ["file", "fifo", "loop", "absent"])
def test_catalog_that_is_not_a_directory(empty: Catalog, kind: str, refused: Refused) -> None:
    path = empty.folder
    path.rmdir()
    match kind:
        case "file":
            path.write_text("x", encoding="utf-8")
        case "fifo":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
    for action in (
        empty.sync,
        lambda: empty.sync(check=True),
        lambda: load_catalog(str(path)),
        lambda: disable(str(path), COACH, empty.reason),
    ):
        found = refused(action)
        assert (found.file, CODES[found.code].unavailable) == (str(path), True)
        assert str(path) in found.message


def test_unreadable_file_does_not_hide_the_problems_of_others(catalog: Catalog) -> None:
    (catalog.folder / "a.md").mkdir()
    (catalog.folder / "b.md").symlink_to("/etc/passwd")
    (catalog.folder / "big.md").write_bytes(b"# Not ours\n" + b"x" * 300_000)
    catalog.edit(COACH, "context.run.agent ==", "context.run.agnt ==")
    checked, found = check_definitions(definition_files(str(catalog)))
    assert [one.code for one in found] == ["KZ102", "KZ104", "KZ503"]
    assert len(checked) == 5


def test_a_cron_of_the_site_is_kept_and_can_be_restored(tmp_path: Path) -> None:
    drafts = packaged_definitions()
    coach = "kaizen-weekly-coach-orientation"
    sync_catalog(str(tmp_path), drafts, site=Site(crons={coach: "20 9 * * 1"}))
    file = tmp_path / "weekly-coach-orientation.md"
    assert 'cron_expression: "20 9 * * 1"' in file.read_text(encoding="utf-8")
    assert {one.change for one in sync_catalog(str(tmp_path), drafts, check=True)} == {"unchanged"}
    assert {one.change for one in sync_catalog(str(tmp_path), drafts, site=Site(timezone="UTC"))} == {
        "unchanged",
        "updated",
    }
    assert 'cron_expression: "20 9 * * 1"' in file.read_text(encoding="utf-8")
    assert "crons:" in (tmp_path / "index.yml").read_text(encoding="utf-8")
    sync_catalog(str(tmp_path), drafts, site=Site(crons={coach: ""}))
    assert 'cron_expression: "0 9 * * 1"' in file.read_text(encoding="utf-8")
    assert "crons:" not in (tmp_path / "index.yml").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="invalid cron"):
        Site(crons={coach: "20 9 * * 8"})
