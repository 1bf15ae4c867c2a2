"""Switching: one definition at a time, behind a report that covers what stands, and never by accident."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
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


def sync(folder: Path, *, check: bool = False) -> dict[str, str]:
    found = defs.sync_catalog(str(folder), defs.packaged_definitions(), check=check)
    return {one.slug: one.change for one in found}


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


def report(folder: Path, **changes: object) -> str:
    """A passing report over what stands in a catalog."""
    value = {
        "version": "1",
        "passed": True,
        "finished_at": core.utc_text(NOW - timedelta(hours=1)),
        "definitions": [{"id": one.id, "digest": one.digest, "passed": True} for one in defs.load_catalog(str(folder))],
        **changes,
    }
    path = folder.parent / "smoke.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def states(folder: Path) -> dict[str, bool]:
    return {one.id: one.header.enabled for one in defs.load_catalog(str(folder))}


def test_one_definition_is_enabled_and_the_log_says_who_when_and_why(catalog: Path) -> None:
    before = (catalog / FILES[COACH]).read_text(encoding="utf-8")
    defs.enable(str(catalog), COACH, report(catalog), GROUND)
    assert states(catalog) == {COACH: True, OPTIMIZATION: False, TICK: False}
    assert (catalog / FILES[COACH]).read_text(encoding="utf-8") == before.replace("enabled: false", "enabled: true", 1)
    [entry] = index(catalog)[COACH]["log"]
    assert (entry["action"], entry["by"], entry["at"], entry["reason"]) == (
        "enable",
        "operator",
        "2026-06-17T09:00:00Z",
        "the pilot passed",
    )
    assert index(catalog)[COACH]["enabled"] is True
    assert sync(catalog) == dict.fromkeys(FILES, "unchanged")
    defs.disable(str(catalog), COACH, GROUND)
    assert states(catalog) == dict.fromkeys(FILES, False)
    assert [entry["action"] for entry in index(catalog)[COACH]["log"]] == ["enable", "disable"]
    assert (catalog / FILES[COACH]).read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"passed": False}, "did not pass"),
        ({"finished_at": "2026-06-10T08:59:59Z"}, "older than 7 days"),
        ({"finished_at": "2026-06-18T09:00:00Z"}, "still to come"),
        ({"finished_at": "2026-06-10T09:00:00Z"}, None),
        ({"finished_at": "2026-06-17T09:04:00Z"}, None),
        ({"finished_at": "2026-06-17T11:30:00+02:00"}, "still to come"),
        ({"definitions": []}, "does not cover it"),
        ({"definitions": [{"id": OPTIMIZATION, "digest": "0" * 64, "passed": True}]}, "does not cover it"),
        ({"definitions": [{"id": COACH, "digest": "0" * 64, "passed": True}]}, "another text"),
    ],
)
def test_enabling_is_refused_with_what_is_missing(catalog: Path, changes: dict[str, object], words: str | None) -> None:
    before = contents(catalog)
    if words is None:
        defs.enable(str(catalog), COACH, report(catalog, **changes), GROUND)
        assert states(catalog)[COACH] is True
        return
    found = refused(lambda: defs.enable(str(catalog), COACH, report(catalog, **changes), GROUND))
    assert (found.code, found.file) == ("KZ512", str(catalog / FILES[COACH]))
    assert words in found.message
    assert "roster smoke" in (found.hint or "")
    assert contents(catalog) == before


def test_a_definition_that_created_nothing_was_not_tried(catalog: Path) -> None:
    [coach] = [one for one in defs.load_catalog(str(catalog)) if one.id == COACH]
    tried = [{"id": COACH, "digest": coach.digest, "passed": False}]
    found = refused(lambda: defs.enable(str(catalog), COACH, report(catalog, definitions=tried), GROUND))
    assert "created no task" in found.message


def test_a_report_that_tries_it_twice_must_agree(catalog: Path) -> None:
    [coach] = [one for one in defs.load_catalog(str(catalog)) if one.id == COACH]
    right = {"id": COACH, "digest": coach.digest, "passed": True}
    path = report(catalog, definitions=[right, right | {"passed": False}])
    assert "created no task" in refused(lambda: defs.enable(str(catalog), COACH, path, GROUND)).message
    path = report(catalog, definitions=[right, right | {"digest": "0" * 64}])
    assert "another text" in refused(lambda: defs.enable(str(catalog), COACH, path, GROUND)).message
    assert states(catalog) == dict.fromkeys(FILES, False)


def test_max_age_is_as_given(catalog: Path) -> None:
    path = report(catalog)
    short = timedelta(minutes=59)
    found = refused(lambda: defs.enable(str(catalog), COACH, path, GROUND, max_age=short))
    assert "older than 0.983333 hours" in found.message
    defs.enable(str(catalog), COACH, path, GROUND, max_age=timedelta(hours=1))


def test_a_hand_on_the_switch_is_drift_and_no_way_round_the_rule(catalog: Path) -> None:
    edit(catalog / FILES[TICK], "enabled: false\n", "enabled: true\n")
    assert sync(catalog, check=True)[TICK] == "switched"
    found = refused(lambda: defs.enable(str(catalog), COACH, report(catalog), GROUND))
    assert (found.code, TICK in found.message) == ("KZ512", True)
    defs.disable(str(catalog), TICK, GROUND)
    assert set(sync(catalog).values()) == {"unchanged"}


def test_an_edit_after_the_report_needs_another(catalog: Path) -> None:
    path = report(catalog)
    edit(catalog / FILES[COACH], "due_in_days: 3", "due_in_days: 7")
    assert "another text" in refused(lambda: defs.enable(str(catalog), COACH, path, GROUND)).message
    defs.enable(str(catalog), COACH, report(catalog), GROUND)
    assert sync(catalog)[COACH] == "local-edit"
    assert states(catalog)[COACH] is True


@pytest.mark.parametrize(("first", "second"), [(TICK, COACH), (COACH, TICK)])
def test_the_tick_is_not_enabled_beside_a_weekly_one(catalog: Path, first: str, second: str) -> None:
    defs.enable(str(catalog), first, report(catalog), GROUND)
    found = refused(lambda: defs.enable(str(catalog), second, report(catalog), GROUND))
    assert (found.code, "disable one of them" in str(found.hint)) == ("KZ512", True)
    assert states(catalog) == {name: name == first for name in FILES}
    defs.disable(str(catalog), first, GROUND)
    defs.enable(str(catalog), second, report(catalog), GROUND)


def test_both_weekly_ones_go_together(catalog: Path) -> None:
    for name in (COACH, OPTIMIZATION):
        defs.enable(str(catalog), name, report(catalog), GROUND)
    assert states(catalog) == {COACH: True, OPTIMIZATION: True, TICK: False}


def test_what_is_switched_already_is_said(catalog: Path) -> None:
    assert "disabled already" in refused(lambda: defs.disable(str(catalog), COACH, GROUND)).message
    defs.enable(str(catalog), COACH, report(catalog), GROUND)
    assert "enabled already" in refused(lambda: defs.enable(str(catalog), COACH, report(catalog), GROUND)).message


@pytest.mark.parametrize(
    "text", ["", "# Notes", "{}", "[]", "\0", "[" * 100_000, '{"passed": true}', '{"version": "1", "passed": "yes"}']
)
def test_a_file_that_is_no_report(catalog: Path, text: str) -> None:
    path = catalog.parent / "report.json"
    path.write_text(text, encoding="utf-8")
    assert refused(lambda: defs.enable(str(catalog), COACH, str(path), GROUND)).code == "KZ513"
    assert refused(lambda: defs.enable(str(catalog), COACH, str(path) + "x", GROUND)).code == "KZ101"


def test_an_id_that_is_not_in_the_index(catalog: Path, tmp_path: Path) -> None:
    found = refused(lambda: defs.enable(str(catalog), "kaizen-weekly-coach", report(catalog), GROUND))
    assert (found.code, COACH in str(found.hint)) == ("KZ501", True)
    (tmp_path / "empty").mkdir()
    found = refused(lambda: defs.disable(str(tmp_path / "empty"), COACH, GROUND))
    assert "definitions sync" in str(found.hint)


def test_a_switch_in_a_folder_that_may_not_be_written(catalog: Path) -> None:
    path = report(catalog)
    before = contents(catalog)
    script = (
        "import os, sys, datetime, kaizen_activity_defs as defs, kaizen_schedule_core as core\n"
        "ground = defs.Ground(by='x', at=datetime.datetime.fromisoformat(sys.argv[3]), reason='y')\n"
        "try: defs.sync_catalog(sys.argv[1] + '/nowhere', defs.packaged_definitions())\n"  # loads what is needed
        "except core.KaizenError: pass\n"
        "import filelock, tempfile, kaizen_activity_defs.switching\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "for action in (lambda: defs.enable(sys.argv[1], sys.argv[4], sys.argv[2], ground),\n"
        "               lambda: defs.sync_catalog(sys.argv[1], defs.packaged_definitions()[:1])):\n"
        "    try: action()\n"
        "    except core.KaizenError as error: print(error.diagnostics[0].code)\n"
        "print(len(defs.sync_catalog(sys.argv[1], defs.packaged_definitions(), check=True)))\n"
    )
    for folder in (*catalog.parents, catalog):  # nobody must be able to come so far
        if folder.stat().st_mode & 0o055 != 0o055:
            folder.chmod(folder.stat().st_mode | 0o055)
    for lock in catalog.glob("*.lock"):
        lock.unlink()
    catalog.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", script, str(catalog), path, NOW.isoformat(), COACH],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    catalog.chmod(0o755)
    assert (done.returncode, done.stdout.split()) == (0, ["KZ103", "KZ103", "3"]), done.stderr
    assert contents(catalog) == before


@pytest.mark.parametrize(
    "reason",
    ["pilot \U0001f389 passed", "a\nb\tc", 'quotes " and \\', "\x1b[31m\x00\x85\u2028\ufeff", "\udcff", "{x: [", "é"],
)
def test_any_reason_leaves_an_index_that_reads(catalog: Path, reason: str) -> None:
    defs.enable(str(catalog), COACH, report(catalog), defs.Ground(by="o\udcffp", at=NOW, reason=reason))
    defs.disable(str(catalog), COACH, defs.Ground(by="operator", at=NOW, reason=reason))
    assert set(sync(catalog, check=True).values()) == {"unchanged"}
    log = core.parse_yaml((catalog / "index.yml").read_text("utf-8"), file="i").value["definitions"]
    assert [entry["reason"] for one in log for entry in one["log"]] == [core.inert(reason)] * 2


def test_an_index_never_grows_beyond_what_can_be_read(catalog: Path) -> None:
    path = report(catalog)
    before = contents(catalog)
    wordy = defs.Ground(by="operator", at=NOW, reason="x" * 300_000)
    assert refused(lambda: defs.enable(str(catalog), COACH, path, wordy)).code == "KZ112"
    assert contents(catalog) == before


def test_a_switch_that_fails_half_way_is_taken_back(catalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = report(catalog)
    before = contents(catalog)

    def full(*_: object) -> None:
        raise core.os_problem(OSError(28, "no space left on device"), FILES[COACH])

    with monkeypatch.context() as patched:
        patched.setattr("kaizen_activity_defs.switching.write_inside", full)
        assert core.CODES[refused(lambda: defs.enable(str(catalog), COACH, path, GROUND)).code].unavailable
    assert contents(catalog) == before


def test_a_text_that_changed_behind_the_judge_is_not_switched_on(
    catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = report(catalog)

    def judged_and_edited(*_: object) -> None:
        edit(catalog / FILES[COACH], "due_in_days: 3", "due_in_days: 9")

    monkeypatch.setattr("kaizen_activity_defs.switching._check_company", judged_and_edited)
    assert "changed meanwhile" in refused(lambda: defs.enable(str(catalog), COACH, path, GROUND)).message
    assert "enabled: true" not in (catalog / FILES[COACH]).read_text(encoding="utf-8")
    assert '"action"' not in (catalog / "index.yml").read_text(encoding="utf-8")
