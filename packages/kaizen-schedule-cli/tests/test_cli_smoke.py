"""`roster smoke` with unusual paths, required agents and catalogs."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_activity_defs import load_catalog, packaged_definition

if TYPE_CHECKING:
    from conftest import Cli

STEPS = ["init", "validate", "list", "prepare", "resolve", "run", "dry-run"]
WEEKLY = ["kaizen-weekly-coach-orientation", "kaizen-weekly-optimization-review"]
ONE_AGENT = 'version: "1"\nagents: {coach: {cadence: weekly}}\n'
ODD_NAMES = [
    *["with space", "it's", 'say "hi"', "a;b & c|d", "$HOME $(id)", "`id`", "ünï 日本", "-dash"],
    *["--target", "back\\slash", "star*?[a]", "~", "#hash!", "deep/$(touch pwned)/er 'x"],
]
Tree = Callable[[Path], dict[str, tuple[str, bytes | str]]]


def test_repositories_with_and_without_a_manifest(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tree: Tree, tmp_path: Path
) -> None:
    roster = make_roster(make_repo("opted-in"), make_repo("not-yet", None))
    report = tmp_path / "report.json"
    before = tree(tmp_path)
    required = ("--require", "coach", "--require", "optimization")
    ran = cli("roster", "smoke", "--roster", roster, *required, "--report", report)
    assert ran.code == 0, ran.output
    assert ran.out == (
        "REPO      INIT  VALIDATE  LIST  PREPARE  RESOLVE  RUN  DRY-RUN\n"
        "not-yet   ok    ok        ok    ok       ok       ok   ok\n"
        "opted-in  ok    ok        ok    ok       ok       ok   ok\n"
        "\n"
        "2 of 2 repositories passed every step\n"
    )
    expected = json.loads(report.read_text(encoding="utf-8"))
    assert (expected["passed"], [row["passed"] for row in expected["definitions"]]) == (True, [True, True])
    report.unlink()
    assert tree(tmp_path) == before


def test_a_session_is_run_on_the_copy_if_requested(
    cli: Cli,
    make_repo: Callable[..., Path],
    make_roster: Callable[..., Path],
    tree: Callable[..., dict[str, str]],
    tmp_path: Path,
) -> None:
    good, silent = make_repo("good", ONE_AGENT), make_repo("silent", ONE_AGENT)
    agents = silent / "agents"
    agents.mkdir()
    text = "---\nname: coach\ndescription: Looks\nmemory: disabled\n---\nLook.\n"
    (agents / "agent-coach.md").write_text(text)
    before = tree(tmp_path)
    roster = make_roster(good, silent)
    ran = cli("roster", "smoke", "--roster", roster, "--session")
    assert ran.code == 0, ran.output
    assert "DRY-RUN  SESSION" in ran.out
    assert "2 of 2 repositories passed every step" in ran.out
    roster.unlink()
    assert tree(tmp_path) == before


def test_report(cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tmp_path: Path) -> None:
    roster = make_roster(make_repo("good", ONE_AGENT), make_repo("bad", "version: ["))
    report = tmp_path / "report.json"
    assert cli("roster", "smoke", "--roster", roster, "--report", report).code == 1
    expected = json.loads(report.read_text(encoding="utf-8"))
    assert list(expected) == ["version", "passed", "finished_at", "roster", "repos", "definitions"]
    assert (expected["version"], expected["passed"]) == ("1", False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", expected["finished_at"])
    assert list(expected["roster"]) == ["source", "digest", "repos"]
    assert (expected["roster"]["source"], expected["roster"]["repos"]) == (str(roster), 2)
    explained = cli("roster", "explain", "--roster", roster, "--format", "json").json
    assert expected["roster"] == explained["roster"]
    assert [list(row) for row in expected["repos"]] == [["repo", "steps"]] * 2
    assert [row["repo"] for row in expected["repos"]] == ["bad", "good"]
    for row in expected["repos"]:
        assert [step["step"] for step in row["steps"]] == STEPS
        assert [list(step) for step in row["steps"]] == [["step", "passed", "detail"]] * len(STEPS)
        assert all(step["detail"] for step in row["steps"])
    bad, good = expected["repos"]
    assert [step["passed"] for step in bad["steps"]] == [True, *[False] * 6]
    assert [step["passed"] for step in good["steps"]] == [True] * 7
    assert [list(row) for row in expected["definitions"]] == [["id", "digest", "passed"]] * 2
    assert {row["id"]: row["digest"] for row in expected["definitions"]} == {
        name: packaged_definition(name).digest for name in WEEKLY
    }
    assert [row["passed"] for row in expected["definitions"]] == [False, False]


def test_report_that_cannot_be_written_is_4(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tmp_path: Path
) -> None:
    ran = cli("roster", "smoke", "--roster", make_roster(make_repo("good")), "--report", tmp_path / "no/report.json")
    assert (ran.code, ran.out) == (4, "")
    assert "no/report.json" in ran.err


def test_unusual_paths_pass_every_step(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tree: Tree, tmp_path: Path
) -> None:
    roots = [make_repo(f"repos/{name}", ONE_AGENT) for name in ODD_NAMES]
    rows = [{"slug": f"odd-{at}", "domain": "custodian", "local_path": str(root)} for at, root in enumerate(roots)]
    roster = make_roster(*rows)
    before = tree(tmp_path)
    ran = cli("roster", "smoke", "--roster", roster)
    assert ran.code == 0, ran.output
    assert {tuple(line.split()[1:]) for line in ran.out.splitlines()[1 : 1 + len(rows)]} == {("ok",) * 7}, ran.out
    assert ran.out.endswith(f"\n{len(rows)} of {len(rows)} repositories passed every step\n")
    assert tree(tmp_path) == before


def test_files_of_a_bundle_are_tested_and_not_changed(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tree: Tree
) -> None:
    root = make_repo("rich", 'version: "1"\nagents:\n  coach: {cadence: weekly}\n')
    for line in ("memory note coach --text x", "metrics record coach --success", "metrics record coach --failure"):
        assert cli(*line.split(), "--target", root).code == 0
    (root / "agents").mkdir()
    agent = "---\nname: own\ndescription: d\ncategory: c\n---\nDo it.\n"
    (root / "agents/agent-own.md").write_text(agent, encoding="utf-8")
    with (root / ".kaizen/schedule.yml").open("a", encoding="utf-8") as manifest:
        manifest.write("  own: {cadence: daily}\n")
    (root / "workplans").mkdir()
    (root / "workplans/README.md").write_text("# Plans\n", encoding="utf-8")
    (root / "INTENT.md").symlink_to("SCOPE.md")
    (root / "big").write_bytes(b"x" * 1_000_000)
    before = tree(root)
    stamps = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    ran = cli("roster", "smoke", "--roster", make_roster(root), "--require", "own")
    assert ran.code == 0, ran.output
    assert tree(root) == before
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == stamps


def test_host_is_used(cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path]) -> None:
    root = make_repo("there", ONE_AGENT)
    roster = make_roster({"slug": "there", "domain": "custodian", "host_paths": {"runner": str(root)}})
    assert cli("roster", "smoke", "--roster", roster, "--host", "runner").code == 0
    ran = cli("roster", "smoke", "--roster", roster, "--host", "elsewhere")
    assert ran.code == 1
    assert ran.out.endswith("\nno repository was tested; 1 skipped: 1 no-path-for-host\n")


def test_reports_of_several_hosts_enable_a_definition_together(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tmp_path: Path
) -> None:
    rows = [
        {"slug": host, "domain": "custodian", "host_paths": {host: str(make_repo(host, ONE_AGENT))}}
        for host in ("h1", "h2")
    ]
    roster = make_roster(*rows)
    (tmp_path / "catalog").mkdir()
    assert cli("definitions", "sync", tmp_path / "catalog").code == 0
    for host in ("h1", "h2"):
        words = ("--catalog", tmp_path / "catalog", "--host", host, "--report", tmp_path / f"{host}.json")
        assert cli("roster", "smoke", "--roster", roster, *words).code == 0
    assert json.loads((tmp_path / "h1.json").read_text())["repos"][1] == {
        "repo": "h2",
        "steps": [],
        "skipped": "no-path-for-host",
    }
    enable = ("definitions", "enable", WEEKLY[0], "--catalog", tmp_path / "catalog", "--smoke-report")
    alone = cli(*enable, tmp_path / "h1.json")
    assert alone.code == 1
    assert "no report tested h2, which is on another host" in alone.err
    assert cli(*enable, tmp_path / "h1.json", "--smoke-report", tmp_path / "h2.json").code == 0
    listed = cli("definitions", "list", "--catalog", tmp_path / "catalog").out.splitlines()
    assert [line.split()[1] for line in listed if line.startswith(WEEKLY[0])] == ["enabled"]


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_report_does_not_depend_on_the_number_of_jobs(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tmp_path: Path, jobs: str
) -> None:
    repos = [make_repo(f"repo-{number}", "broken: [" if number == 2 else ONE_AGENT) for number in range(5)]
    roster, report = make_roster(*repos), tmp_path / "report.json"
    ran = cli.process("roster", "smoke", "--roster", roster, "--jobs", jobs, "--report", report)
    assert ran.code == 1
    assert [line.split()[1] for line in ran.out.splitlines()[1:6]] == ["ok"] * 5
    found = json.loads(report.read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in found["repos"]] == [f"repo-{number}" for number in range(5)]
    assert [all(step["passed"] for step in repo["steps"]) for repo in found["repos"]] == [True, True, False, True, True]


def test_paused_required_agent_fails_the_list_step(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path]
) -> None:
    ran = cli("roster", "smoke", "--roster", make_roster(make_repo("one")), "--require", "tdd-workflow")
    assert ran.code == 1
    assert ran.out.splitlines()[1].split() == ["one", "ok", "ok", "FAIL", *["-"] * 4]
    assert "one: list: not enabled: tdd-workflow" in ran.out


def test_catalog_is_tested_and_in_the_report(cli: Cli, repo: Path, make_roster: Callable[..., Path]) -> None:
    catalog, report = repo.parent / "catalog", repo.parent / "report.json"
    catalog.mkdir()
    assert cli("definitions", "sync", catalog).code == 0
    coach = catalog / "weekly-coach-orientation.md"
    coach.write_text(coach.read_text(encoding="utf-8").replace("priority: medium", "priority: high"), encoding="utf-8")
    words = ("roster", "smoke", "--roster", make_roster(repo), "--catalog", catalog, "--report", report)
    assert cli(*words).code == 0
    expected = {one["id"]: one for one in json.loads(report.read_bytes())["definitions"]}
    assert {name: (one["digest"], one["passed"]) for name, one in expected.items()} == {
        one.id: (one.digest, True) for one in load_catalog(str(catalog))
    }, "the tick too is tried, at the tick of each run's last fire"
    name = "kaizen-weekly-coach-orientation"
    enabling = ("definitions", "enable", name, "--catalog", catalog, "--smoke-report", report, "--reason", "pilot")
    assert cli(*enabling).code == 0
    assert "enabled: true" in coach.read_text(encoding="utf-8")
    assert cli("definitions", "sync", catalog, "--check").code == 3, "the edit is still expected"
    ran = cli("definitions", "disable", name, "--catalog", catalog, "--reason", " ")
    assert (ran.code, "--reason" in ran.err) == (2, True)
    assert cli("definitions", "disable", name, "--catalog", catalog, "--reason", "enough").code == 0


def test_drift_is_reported(cli: Cli, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog"
    catalog.mkdir()
    ran = cli("definitions", "sync", catalog, "--check", "--format", "json")
    assert ran.code == 3
    assert list(ran.json) == ["version", "catalog", "definitions"]
    assert [one["change"] for one in ran.json["definitions"]] == ["added"] * 3
    assert list(catalog.iterdir()) == []
    assert cli("definitions", "sync", catalog, "--domain", "acme", "--timezone", "Asia/Tokyo").code == 0
    assert cli("definitions", "sync", catalog, "--check").code == 0
    for words in (("--timezone", "Tokyo"), ("--domain", "a b"), ("--source-type", "")):
        assert cli("definitions", "sync", catalog, *words).code == 2
    assert cli("definitions", "sync", tmp_path / "missing").code == 4


def test_a_checkout_of_two_entries_is_tested_once(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path]
) -> None:
    root = make_repo("one")
    again = {"slug": "two", "domain": "custodian", "local_path": f"{root}/."}
    ran = cli("roster", "smoke", "--roster", make_roster(root, again))
    assert "1 of 1 repository passed every step; 1 skipped: 1 duplicate-root" in ran.out


def test_a_report_of_a_roster_whose_name_is_not_utf_8(cli: Cli, repo: Path, make_roster: Callable[..., Path]) -> None:
    roster = make_roster(repo)
    odd = roster.with_name(os.fsdecode(b"\xff.yml"))
    roster.rename(odd)
    report = repo.parent / "report.json"
    assert cli("roster", "smoke", "--roster", str(odd), "--report", str(report)).code == 0
    assert json.loads(report.read_bytes())["roster"]["source"].endswith("\\xff.yml")


def test_a_record_in_the_future_does_not_fail_the_smoke_test(
    cli: Cli, repo: Path, make_roster: Callable[..., Path]
) -> None:
    path = repo / ".kaizen/metrics/coach/executions.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"timestamp":"2999-01-01T00:00:00Z","agent":"coach","success":true}\n', encoding="utf-8")
    ran = cli("roster", "smoke", "--roster", make_roster(repo))
    assert ran.code == 0, ran.output
