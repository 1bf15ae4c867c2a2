"""Enable and disable: one definition, with a report for its current content."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_activity_defs import SwitchReason, disable, enable, load_catalog
from kaizen_schedule_core import CODES
from kaizen_schedule_core.diagnostics import escape_control_chars
from kaizen_schedule_core.files.reading import os_problem
from kaizen_schedule_core.source.yaml.parser import parse_yaml

if TYPE_CHECKING:
    from conftest import Catalog, Refused

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"
TICK = "kaizen-scheduled-runs-tick"
IDS = (COACH, OPTIMIZATION, TICK)
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)


def test_enable_writes_user_time_and_reason_to_the_log(catalog: Catalog) -> None:
    before = catalog.path(COACH).read_text(encoding="utf-8")
    enable(str(catalog), COACH, catalog.report(), catalog.reason)
    assert catalog.states() == {COACH: True, OPTIMIZATION: False, TICK: False}
    assert catalog.path(COACH).read_text(encoding="utf-8") == before.replace("enabled: false", "enabled: true", 1)
    [entry] = catalog.index()[COACH]["log"]
    assert (entry["action"], entry["by"], entry["at"], entry["reason"]) == (
        "enable",
        "operator",
        "2026-06-17T09:00:00Z",
        "the pilot passed",
    )
    assert catalog.index()[COACH]["enabled"] is True
    assert catalog.sync() == dict.fromkeys(IDS, "unchanged")
    disable(str(catalog), COACH, catalog.reason)
    assert catalog.states() == dict.fromkeys(IDS, False)
    assert [entry["action"] for entry in catalog.index()[COACH]["log"]] == ["enable", "disable"]
    assert catalog.path(COACH).read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"passed": False}, "did not pass"),
        ({"finished_at": "2026-06-10T08:59:59Z"}, "older than 7 days"),
        ({"finished_at": "2026-06-18T09:00:00Z"}, "in the future"),
        ({"finished_at": "2026-06-10T09:00:00Z"}, None),
        ({"finished_at": "2026-06-17T09:04:00Z"}, None),
        ({"finished_at": "2026-06-17T11:30:00+02:00"}, "in the future"),
        ({"definitions": []}, "does not contain it"),
        ({"definitions": [{"id": OPTIMIZATION, "digest": "0" * 64, "passed": True}]}, "does not contain it"),
        ({"definitions": [{"id": COACH, "digest": "0" * 64, "passed": True}]}, "a different version"),
    ],
)
def test_enable_is_refused_with_the_reason(
    catalog: Catalog, changes: dict[str, object], words: str | None, refused: Refused
) -> None:
    before = catalog.contents()
    if words is None:
        enable(str(catalog), COACH, catalog.report(**changes), catalog.reason)
        assert catalog.states()[COACH] is True
        return
    found = refused(lambda: enable(str(catalog), COACH, catalog.report(**changes), catalog.reason))
    assert (found.code, found.file) == ("KZ512", str(catalog.path(COACH)))
    assert words in found.message
    assert "roster smoke" in (found.hint or "")
    assert catalog.contents() == before


@pytest.mark.parametrize(
    ("slug", "selection", "domain"),
    [
        (COACH, 'domain "custodian", cadence "weekly" and context.run.agent == "coach"', True),
        (TICK, "context.run.enabled", False),
    ],
)
def test_definition_without_tasks(
    catalog: Catalog, slug: str, selection: str, refused: Refused, *, domain: bool
) -> None:
    [found] = [one for one in load_catalog(str(catalog)) if one.id == slug]
    report = catalog.report(definitions=[{"id": slug, "digest": found.digest, "passed": False}])
    problem = refused(lambda: enable(str(catalog), slug, report, catalog.reason))
    assert problem.message.endswith(f"no task in the smoke test, because no run has {selection}")
    assert ("--domain" in (problem.hint or ""), "roster smoke" in (problem.hint or "")) == (domain, True)


def test_failed_report_names_the_failed_step(catalog: Catalog, refused: Refused) -> None:
    ways = [("good", True), ("bad", False), ("worse", False)]
    repos = [
        {"repo": name, "steps": [{"step": "init", "passed": True}, {"step": "list", "passed": passed}]}
        for name, passed in ways
    ]
    path = catalog.report(passed=False, repos=repos)
    found = refused(lambda: enable(str(catalog), COACH, path, catalog.reason))
    assert found.message.endswith("the smoke test in the report did not pass: bad at list, and 1 more")
    assert (found.hint or "").startswith("fix it, or set kaizen_schedule_enabled: false in the roster; then run: ")


def test_two_results_in_a_report_must_both_pass(catalog: Catalog, refused: Refused) -> None:
    [coach] = [one for one in load_catalog(str(catalog)) if one.id == COACH]
    right = {"id": COACH, "digest": coach.digest, "passed": True}
    path = catalog.report(definitions=[right, right | {"passed": False}])
    assert "created no task" in refused(lambda: enable(str(catalog), COACH, path, catalog.reason)).message
    path = catalog.report(definitions=[right, right | {"digest": "0" * 64}])
    assert "a different version" in refused(lambda: enable(str(catalog), COACH, path, catalog.reason)).message
    assert catalog.states() == dict.fromkeys(IDS, False)


def test_max_age_is_used(catalog: Catalog, refused: Refused) -> None:
    path = catalog.report()
    short = timedelta(minutes=59)
    found = refused(lambda: enable(str(catalog), COACH, path, catalog.reason, max_age=short))
    assert "older than 0.983333 hours" in found.message
    enable(str(catalog), COACH, path, catalog.reason, max_age=timedelta(hours=1))


def test_manually_enabled_definition_is_drift_and_still_a_conflict(catalog: Catalog, refused: Refused) -> None:
    catalog.edit(TICK, "enabled: false\n", "enabled: true\n")
    assert catalog.sync(check=True)[TICK] == "switched"
    found = refused(lambda: enable(str(catalog), COACH, catalog.report(), catalog.reason))
    assert (found.code, TICK in found.message) == ("KZ512", True)
    disable(str(catalog), TICK, catalog.reason)
    assert set(catalog.sync().values()) == {"unchanged"}


def test_edit_after_the_report_requires_a_new_report(catalog: Catalog, refused: Refused) -> None:
    path = catalog.report()
    catalog.edit(COACH, "due_in_days: 3", "due_in_days: 7")
    assert "a different version" in refused(lambda: enable(str(catalog), COACH, path, catalog.reason)).message
    enable(str(catalog), COACH, catalog.report(), catalog.reason)
    assert catalog.sync()[COACH] == "local-edit"
    assert catalog.states()[COACH] is True


@pytest.mark.parametrize(("first", "second"), [(TICK, COACH), (COACH, TICK)])
def test_tick_and_weekly_cannot_both_be_enabled(catalog: Catalog, first: str, second: str, refused: Refused) -> None:
    enable(str(catalog), first, catalog.report(), catalog.reason)
    found = refused(lambda: enable(str(catalog), second, catalog.report(), catalog.reason))
    assert (found.code, "disable one of them" in str(found.hint)) == ("KZ512", True)
    assert catalog.states() == {name: name == first for name in IDS}
    disable(str(catalog), first, catalog.reason)
    enable(str(catalog), second, catalog.report(), catalog.reason)


def test_both_weekly_definitions_can_be_enabled(catalog: Catalog) -> None:
    for name in (COACH, OPTIMIZATION):
        enable(str(catalog), name, catalog.report(), catalog.reason)
    assert catalog.states() == {COACH: True, OPTIMIZATION: True, TICK: False}


def test_definition_that_is_already_enabled_or_disabled(catalog: Catalog, refused: Refused) -> None:
    assert "already disabled" in refused(lambda: disable(str(catalog), COACH, catalog.reason)).message
    enable(str(catalog), COACH, catalog.report(), catalog.reason)
    assert "already enabled" in refused(lambda: enable(str(catalog), COACH, catalog.report(), catalog.reason)).message


@pytest.mark.parametrize(
    "text", ["", "# Notes", "{}", "[]", "\0", "[" * 100_000, '{"passed": true}', '{"version": "1", "passed": "yes"}']
)
def test_a_file_that_is_not_a_report(catalog: Catalog, text: str, refused: Refused) -> None:
    path = catalog.folder.parent / "report.json"
    path.write_text(text, encoding="utf-8")
    assert refused(lambda: enable(str(catalog), COACH, str(path), catalog.reason)).code == "KZ513"
    assert refused(lambda: enable(str(catalog), COACH, str(path) + "x", catalog.reason)).code == "KZ101"


def test_unknown_id(catalog: Catalog, tmp_path: Path, refused: Refused) -> None:
    found = refused(lambda: enable(str(catalog), "kaizen-weekly-coach", catalog.report(), catalog.reason))
    assert (found.code, COACH in str(found.hint)) == ("KZ501", True)
    (tmp_path / "empty").mkdir()
    found = refused(lambda: disable(str(tmp_path / "empty"), COACH, catalog.reason))
    assert "definitions sync" in str(found.hint)


@pytest.mark.parametrize(("mode", "expected"), [(0o555, ["KZ103", "KZ103", "3"]), (0o333, ["KZ103"] * 3)])
def test_enable_in_a_directory_without_permission(catalog: Catalog, mode: int, expected: list[str]) -> None:
    path = catalog.report()
    before = catalog.contents()
    script = (
        "import os, sys, datetime, kaizen_activity_defs as defs, kaizen_schedule_core as core\n"
        "reason = defs.SwitchReason(by='x', at=datetime.datetime.fromisoformat(sys.argv[3]), reason='y')\n"
        "try: defs.sync_catalog(sys.argv[1] + '/missing', defs.packaged_definitions())\n"  # loads what is needed
        "except core.KaizenError: pass\n"
        "import filelock, tempfile, kaizen_activity_defs.switching\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "for action in (lambda: defs.enable(sys.argv[1], sys.argv[4], sys.argv[2], reason),\n"
        "               lambda: defs.sync_catalog(sys.argv[1], defs.packaged_definitions()[:1]),\n"
        "               lambda: print(len(defs.sync_catalog(sys.argv[1], defs.packaged_definitions(), check=True)))):\n"
        "    try: action()\n"
        "    except core.KaizenError as error: print(error.diagnostics[0].code)\n"
    )
    for folder in (*catalog.folder.parents, catalog.folder):  # nobody must be able to come so far
        if folder.stat().st_mode & 0o055 != 0o055:
            folder.chmod(folder.stat().st_mode | 0o055)
    for lock in catalog.folder.glob("*.lock"):
        lock.unlink()
    catalog.folder.chmod(mode)
    done = subprocess.run(
        [sys.executable, "-c", script, str(catalog), path, NOW.isoformat(), COACH],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    catalog.folder.chmod(0o755)
    assert (done.returncode, done.stdout.split()) == (0, expected), done.stderr
    assert catalog.contents() == before


@pytest.mark.parametrize(
    "reason",
    ["pilot \U0001f389 passed", "a\nb\tc", 'quotes " and \\', "\x1b[31m\x00\x85\u2028\ufeff", "\udcff", "{x: [", "é"],
)
def test_any_reason_gives_a_readable_index(catalog: Catalog, reason: str) -> None:
    enable(str(catalog), COACH, catalog.report(), SwitchReason(by="o\udcffp", at=NOW, reason=reason))
    disable(str(catalog), COACH, SwitchReason(by="operator", at=NOW, reason=reason))
    assert set(catalog.sync(check=True).values()) == {"unchanged"}
    log = parse_yaml(catalog.index_path.read_text("utf-8"), file="i").value["definitions"]
    assert [entry["reason"] for one in log for entry in one["log"]] == [escape_control_chars(reason)] * 2


def test_index_never_exceeds_the_size_limit(catalog: Catalog, refused: Refused) -> None:
    path = catalog.report()
    before = catalog.contents()
    wordy = SwitchReason(by="operator", at=NOW, reason="x" * 300_000)
    assert refused(lambda: enable(str(catalog), COACH, path, wordy)).code == "KZ112"
    assert catalog.contents() == before


def test_failed_enable_is_undone(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, refused: Refused) -> None:
    path = catalog.report()
    before = catalog.contents()

    def full(*_: object) -> None:
        raise os_problem(OSError(28, "no space left on device"), catalog.path(COACH).name)

    with monkeypatch.context() as patched:
        patched.setattr("kaizen_activity_defs.switching.write_inside", full)
        assert CODES[refused(lambda: enable(str(catalog), COACH, path, catalog.reason)).code].unavailable
    assert catalog.contents() == before


def test_file_changed_during_enable_is_not_enabled(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, refused: Refused
) -> None:
    path = catalog.report()

    def judged_and_edited(*_: object) -> None:
        catalog.edit(COACH, "due_in_days: 3", "due_in_days: 9")

    monkeypatch.setattr("kaizen_activity_defs.switching._check_conflicts", judged_and_edited)
    assert "another process changed it" in refused(lambda: enable(str(catalog), COACH, path, catalog.reason)).message
    assert "enabled: true" not in catalog.path(COACH).read_text(encoding="utf-8")
    assert '"action"' not in catalog.index_path.read_text(encoding="utf-8")


def test_renamed_file_is_found_by_its_id(catalog: Catalog) -> None:
    catalog.path(COACH).rename(catalog.folder / "a.md")
    enable(str(catalog), COACH, catalog.report(), catalog.reason)
    assert catalog.states() == {COACH: True, OPTIMIZATION: False, TICK: False}
    assert catalog.index()[COACH]["file"] == "a.md"
    (catalog.folder / "a.md").rename(catalog.folder / "b.md")
    disable(str(catalog), COACH, catalog.reason)
    assert catalog.states() == dict.fromkeys(IDS, False)
    assert catalog.index()[COACH]["file"] == "b.md"
    assert catalog.sync(check=True) == dict.fromkeys(IDS, "unchanged")


def test_two_files_with_the_same_id_are_not_changed(catalog: Catalog, refused: Refused) -> None:
    path = catalog.report()
    catalog.edit(COACH, "enabled: false\n", "enabled: true\n")
    (catalog.folder / "a.md").write_bytes(catalog.path(COACH).read_bytes())
    before = catalog.contents()
    for action in (
        lambda: enable(str(catalog), COACH, path, catalog.reason),
        lambda: disable(str(catalog), COACH, catalog.reason),
    ):
        found = refused(action)
        assert (found.code, found.message) == ("KZ508", f"a.md and {catalog.path(COACH).name} have the same id")
        assert (found.file, found.line) == (str(catalog.folder / "a.md"), 2)
    assert catalog.contents() == before


def test_definition_without_its_file(catalog: Catalog, refused: Refused) -> None:
    catalog.path(COACH).unlink()
    found = refused(lambda: disable(str(catalog), COACH, catalog.reason))
    assert (found.code, COACH in found.message, "definitions sync" in str(found.hint)) == ("KZ101", True, True)
    catalog.path(COACH).write_bytes(catalog.path(TICK).read_bytes())
    found = refused(lambda: disable(str(catalog), COACH, catalog.reason))
    assert (found.code, f'its file has the id "{TICK}"' in found.message) == ("KZ512", True)
