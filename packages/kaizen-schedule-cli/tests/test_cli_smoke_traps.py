"""Repositories that could disturb a smoke test, and definitions without tasks."""

import json
import os
import pickle
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from kaizen_activity_defs.loading import weekly_definitions
from kaizen_schedule_cli.smoke.running import try_repository
from kaizen_schedule_cli.smoke.steps import StepFailed, dry_run, prepare, run_commands, run_in_shell
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import load_roster

if TYPE_CHECKING:
    from conftest import Cli


ONE_AGENT = 'version: "1"\nagents: {coach: {cadence: weekly}}\n'
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def roster_of(folder: Path, **rows: dict[str, object]) -> Path:
    path = folder / "roster.yml"
    repos = [{"slug": slug, "local_path": slug, **row} for slug, row in rows.items()]
    path.write_text(yaml.safe_dump({"version": "1", "repos": repos}), encoding="utf-8")
    for slug in rows:
        (folder / slug / ".kaizen").mkdir(parents=True)
        (folder / slug / ".kaizen/schedule.yml").write_text(ONE_AGENT, encoding="utf-8")
    return path


def test_symlink_to_a_parent_is_not_copied_forever(cli: "Cli", tmp_path: Path) -> None:
    roster = roster_of(tmp_path, circle={"domain": "custodian"}, other={"domain": "custodian"})
    for name in ("one", "two"):
        os.symlink(".", tmp_path / "circle/.kaizen" / name)
    ran = cli("roster", "smoke", "--roster", roster)
    assert (ran.code, ran.err) == (0, "")
    assert "2 of 2 repositories passed every step" in ran.out


SELECTION = 'domain "custodian", cadence "weekly" and context.run.agent == "coach"'


@pytest.mark.parametrize(
    ("domain", "manifest", "reason"),
    [
        ("another", ONE_AGENT, 'no repository has the domain "custodian"'),
        ("custodian", ONE_AGENT.replace("coach", "tdd-workflow"), f"no run has {SELECTION}"),
        ("custodian", ONE_AGENT.replace("weekly", "monthly"), f"no run has {SELECTION}"),
    ],
)
def test_definition_without_task(cli: "Cli", tmp_path: Path, domain: str, manifest: str, reason: str) -> None:
    """The filter that matches nothing is shown, and the definition does not pass."""
    roster = roster_of(tmp_path, elsewhere={"domain": domain})
    (tmp_path / "elsewhere/.kaizen/schedule.yml").write_text(manifest, encoding="utf-8")
    ran = cli("roster", "smoke", "--roster", roster, "--report", tmp_path / "report.json")
    assert ran.code == 0
    assert f"kaizen-weekly-coach-orientation: no task: {reason}\n" in ran.out
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["passed"] is True
    assert [row["passed"] for row in report["definitions"]] == [False, False]


def test_report_does_not_replace_a_device_or_fifo(cli: "Cli", tmp_path: Path) -> None:
    roster = roster_of(tmp_path, demo={"domain": "custodian"})
    os.mkfifo(tmp_path / "fifo")
    ran = cli("roster", "smoke", "--roster", roster, "--report", tmp_path / "fifo")
    assert (ran.code, ran.out) == (4, "")
    assert "KZ102" in ran.err
    assert (tmp_path / "fifo").is_fifo()


def test_invalid_entry_does_not_affect_the_same_slug(cli: "Cli", tmp_path: Path) -> None:
    roster = roster_of(tmp_path, demo={"domain": "custodian"})
    rows = yaml.safe_load(roster.read_text(encoding="utf-8"))
    rows["repos"].append({"slug": "demo", "domain": 5})
    roster.write_text(yaml.safe_dump(rows), encoding="utf-8")
    data = cli("roster", "explain", "--roster", roster, "--format", "json").json
    assert sorted(row["outcome"] for row in data["repos"]) == ["invalid-entry", "scheduled"]


def test_trial_can_be_pickled(tmp_path: Path) -> None:
    [outcome] = resolve_roster(roster=load_roster(str(roster_of(tmp_path, demo={"domain": "custodian"})))).outcomes
    given = pickle.loads(pickle.dumps((outcome, str(tmp_path / "copy"), weekly_definitions())))  # noqa: S301 - our own
    trial = try_repository(*given, require=["coach"], now=NOW)
    assert (trial.failed, trial.tasks) == (None, {"kaizen-weekly-coach-orientation": 1})
    assert pickle.loads(pickle.dumps(trial)) == trial  # noqa: S301 - our own


def test_a_command_without_an_end_fails_its_step() -> None:
    with pytest.raises(StepFailed, match=r"timed out after 0\.1 seconds: exec sleep 60"):
        run_in_shell("exec sleep 60", seconds=0.1)


@pytest.mark.parametrize(
    ("command", "expected"),
    [("echo no >&2; exit 3", "coach: exit 3: no"), ("echo", "coach: the output of the command differs")],
)
def test_a_command_that_does_not_print_the_bundle_fails_its_step(tmp_path: Path, command: str, expected: str) -> None:
    roster = load_roster(str(roster_of(tmp_path, demo={"domain": "custodian"})))
    [run] = resolve_roster(roster=roster).runs
    with pytest.raises(StepFailed, match=expected):
        run_commands([replace(run, prepare_command=command)], prepare(run.root, ["coach"], NOW))


def test_duplicate_task_fails_the_dry_run(tmp_path: Path) -> None:
    roster = load_roster(str(roster_of(tmp_path, demo={"domain": "custodian"})))
    coach, _ = weekly_definitions()
    twice = replace(coach, header=coach.header.model_copy(update={"id": "twice"}), rules=coach.rules * 2)
    step, tasks = dry_run(roster, resolve_roster(roster=roster).runs, [coach, twice], NOW)
    assert (step.passed, step.detail, tasks) == (False, "twice: duplicate task", {coach.id: 1})
