"""What one repository of a roster could do to the smoke test of all, and what its report may not claim."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from kaizen_schedule_core.manifest.opt_in import opt_in

if TYPE_CHECKING:
    from conftest import Cli


def roster_of(folder: Path, **rows: dict[str, object]) -> Path:
    path = folder / "roster.yml"
    repos = [{"slug": slug, "local_path": slug, **row} for slug, row in rows.items()]
    path.write_text(yaml.safe_dump({"version": "1", "repos": repos}), encoding="utf-8")
    for slug in rows:
        (folder / slug).mkdir()
        opt_in(str(folder / slug))
    return path


def test_a_link_to_a_folder_above_it_is_not_copied_for_ever(cli: "Cli", tmp_path: Path) -> None:
    roster = roster_of(tmp_path, circle={"domain": "custodian"}, other={"domain": "custodian"})
    for name in ("one", "two"):
        os.symlink(".", tmp_path / "circle/.kaizen" / name)
    ran = cli("roster", "smoke", "--roster", roster)
    assert (ran.code, ran.err) == (0, "")
    assert "2 of 2 repositories passed every step" in ran.out


def test_a_definition_that_created_nothing_has_not_passed(cli: "Cli", tmp_path: Path) -> None:
    roster = roster_of(tmp_path, elsewhere={"domain": "another"})
    ran = cli("roster", "smoke", "--roster", roster, "--report", tmp_path / "report.json")
    assert ran.code == 0
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["passed"] is True
    assert [row["passed"] for row in report["definitions"]] == [False, False]


def test_a_report_never_takes_the_place_of_a_device_or_a_fifo(cli: "Cli", tmp_path: Path) -> None:
    roster = roster_of(tmp_path, demo={"domain": "custodian"})
    os.mkfifo(tmp_path / "fifo")
    ran = cli("roster", "smoke", "--roster", roster, "--report", tmp_path / "fifo")
    assert (ran.code, ran.out) == (4, "")
    assert "KZ102" in ran.err
    assert (tmp_path / "fifo").is_fifo()


def test_an_entry_that_is_wrong_does_not_touch_its_namesake(cli: "Cli", tmp_path: Path) -> None:
    roster = roster_of(tmp_path, demo={"domain": "custodian"})
    rows = yaml.safe_load(roster.read_text(encoding="utf-8"))
    rows["repos"].append({"slug": "demo", "domain": 5})
    roster.write_text(yaml.safe_dump(rows), encoding="utf-8")
    data = cli("roster", "explain", "--roster", roster, "--format", "json").json
    assert sorted(row["outcome"] for row in data["repos"]) == ["invalid-entry", "scheduled"]
