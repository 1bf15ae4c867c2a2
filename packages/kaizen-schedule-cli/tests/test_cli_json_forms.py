"""The JSON forms (contract section 13): every key is present, and the same inputs give the same bytes."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Cli

COACH = "kaizen-weekly-coach-orientation"
DIAGNOSTIC = ["code", "severity", "message", "file", "line", "column", "end_line", "end_column", "hint", "notes"]
RUN = ["repo", "root", "agent", "cadence", "cron", "timezone", "enabled", "prepare_command"]
OUTCOMES = [
    *["invalid-entry", "duplicate-slug", "filtered", "hub-disabled", "no-path-for-host", "path-missing"],
    *["duplicate-root", "unreadable", "no-manifest", "newer-manifest", "invalid-manifest", "all-disabled", "scheduled"],
]
UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def keys(value: Any) -> list[str]:
    assert isinstance(value, dict)
    return list(value)


def test_validate(cli: Cli, manifest: Path) -> None:
    manifest.write_text('version: "1"\nagents:\n  coach: {cadence: weekly, cadence: dayly}\n', encoding="utf-8")
    ran = cli("schedule", "validate", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    assert keys(ran.json) == ["version", "files", "diagnostics", "counts"]
    assert ran.json["version"] == "1"
    assert ran.json["files"] == [{"file": ".kaizen/schedule.yml", "ok": False}]
    assert ran.json["counts"] == {"error": 1, "warning": 0, "info": 0}
    assert keys(ran.json["counts"]) == ["error", "warning", "info"]
    [repeated] = ran.json["diagnostics"]
    assert keys(repeated) == DIAGNOSTIC
    assert (repeated["code"], repeated["line"], repeated["column"]) == ("KZ118", 3, 28)
    assert (repeated["end_line"], repeated["end_column"]) == (3, 35)
    [first] = repeated["notes"]
    assert keys(first) == ["message", "file", "line", "column"]
    assert (first["file"], first["line"], first["column"]) == (".kaizen/schedule.yml", 3, 11)


def test_validate_without_findings_has_every_key(cli: Cli, repo: Path) -> None:
    del repo
    assert cli("schedule", "validate", "--format", "json").json == {
        "version": "1",
        "files": [{"file": ".kaizen/schedule.yml", "ok": True}],
        "diagnostics": [],
        "counts": {"error": 0, "warning": 0, "info": 0},
    }


def test_validate_of_a_missing_file_has_null_positions(cli: Cli, manifest: Path) -> None:
    manifest.unlink()
    ran = cli("schedule", "validate", "--format", "json")
    [absent] = ran.json["diagnostics"]
    assert keys(absent) == DIAGNOSTIC
    assert [absent[name] for name in DIAGNOSTIC[4:8]] == [None] * 4
    assert ran.json["files"] == [{"file": ".kaizen/schedule.yml", "ok": False}]


def test_list(cli: Cli, repo: Path) -> None:
    ran = cli("schedule", "list", "--format", "json", "--all")
    assert keys(ran.json) == ["version", "repo", "timezone", "agents"]
    assert (ran.json["version"], ran.json["repo"], ran.json["timezone"]) == ("1", repo.name, "Europe/Berlin")
    for agent in ran.json["agents"]:
        assert keys(agent) == ["agent", "cadence", "cron", "timezone", "enabled", "next"]
    shown = [(row["agent"], row["cron"], row["enabled"]) for row in ran.json["agents"]]
    assert shown == [
        ("coach", "0 9 * * 1", True),
        ("optimization", "0 10 * * 1", True),
        ("tdd-workflow", "0 9 1 * *", False),
    ]
    coach, optimization, paused = (row["next"] for row in ran.json["agents"])
    assert UTC.fullmatch(coach)
    assert UTC.fullmatch(optimization)
    assert paused is None
    enabled = cli("schedule", "list", "--format", "json").json["agents"]
    assert [row["agent"] for row in enabled] == ["coach", "optimization"]


@pytest.mark.parametrize("rich", [False, True])
def test_prepare(cli: Cli, repo: Path, *, rich: bool) -> None:
    if rich:
        (repo / "SCOPE.md").write_text("# Scope\n", encoding="utf-8")
        assert cli("memory", "init", "coach").code == 0
        assert cli("metrics", "record", "coach", "--success").code == 0
    ran = cli("schedule", "prepare", "coach", "--format", "json")
    assert keys(ran.json) == [
        *("version", "repo", "root", "agent", "cadence", "cron", "timezone", "agent_prompt_found"),
        *("has_memory", "has_metrics", "pointers", "session_close", "prepare_command", "digest", "parts", "markdown"),
    ]
    assert (ran.json["has_memory"], ran.json["has_metrics"]) == (rich, rich)
    assert ran.json["agent_prompt_found"] is True
    assert ran.json["root"] == str(repo)
    assert ran.json["pointers"] == ([{"name": "scope", "path": "SCOPE.md", "heading": "Scope"}] if rich else [])
    part_keys = ["id", "path", "trust", "bytes", "sha256", "tokens", "redacted", "cut"]
    assert ran.json["parts"]
    assert [keys(part) for part in ran.json["parts"]] == [part_keys] * len(ran.json["parts"])
    assert ran.json["markdown"] == cli("schedule", "prepare", "coach").out
    assert ran.json["prepare_command"] == f"kaizen-agentic schedule prepare coach --target {repo}"
    assert len(ran.json["session_close"]) == 2


def test_prepare_of_an_undeclared_agent_has_a_null_schedule(cli: Cli, repo: Path) -> None:
    del repo
    ran = cli("schedule", "prepare", "keepaTodofile", "--unscheduled", "--format", "json")
    assert [ran.json[name] for name in ("cadence", "cron", "timezone")] == [None, None, None]


def test_resolve_follows_the_resolver_contract(cli: Cli, repo: Path, make_roster: Callable[..., Path]) -> None:
    ran = cli("roster", "resolve", "--roster", make_roster(repo), "--format", "json")
    assert keys(ran.json) == ["scheduled_runs"]
    assert [keys(run) for run in ran.json["scheduled_runs"]] == [RUN, RUN]
    assert ran.json["scheduled_runs"][0] == {
        "repo": "demo",
        "root": str(repo),
        "agent": "coach",
        "cadence": "weekly",
        "cron": "0 9 * * 1",
        "timezone": "Europe/Berlin",
        "enabled": True,
        "prepare_command": f"kaizen-agentic schedule prepare coach --target {repo}",
    }
    none = cli("roster", "resolve", "--roster", make_roster(repo), "--format", "json", "--cadence", "daily")
    assert none.json == {"scheduled_runs": []}


def test_explain(cli: Cli, repo: Path, make_roster: Callable[..., Path], tmp_path: Path) -> None:
    roster = make_roster(repo, tmp_path / "gone", {"slug": "not a slug"})
    ran = cli("roster", "explain", "--roster", roster, "--format", "json")
    assert keys(ran.json) == ["version", "roster", "counts", "repos"]
    assert keys(ran.json["roster"]) == ["source", "digest", "repos"]
    assert (ran.json["roster"]["source"], ran.json["roster"]["repos"]) == (str(roster), 3)
    assert re.fullmatch(r"[0-9a-f]{64}", ran.json["roster"]["digest"])
    assert keys(ran.json["counts"]) == OUTCOMES
    assert sum(ran.json["counts"].values()) == 3
    assert [(row["repo"], row["outcome"], len(row["runs"])) for row in ran.json["repos"]] == [
        ("#3", "invalid-entry", 0),
        ("demo", "scheduled", 2),
        ("gone", "path-missing", 0),
    ]
    for row in ran.json["repos"]:
        assert keys(row) == ["repo", "outcome", "detail", "root", "runs"]
        assert row["detail"]
        for run in row["runs"]:
            assert keys(run) == ["agent", "cadence", "cron", "timezone", "fired_by"]
            assert run["fired_by"] is None  # no catalog was given
    assert ran.json["repos"][0]["root"] is None


def test_dry_run(cli: Cli, repo: Path, make_roster: Callable[..., Path]) -> None:
    words = ["definitions", "dry-run", COACH, "--roster", str(make_roster(repo)), "--format", "json"]
    ran = cli(*words, "--now", "2026-06-15T07:00:00Z")
    assert keys(ran.json) == ["version", "definition", "enabled", "tasks"]
    assert (ran.json["version"], ran.json["definition"], ran.json["enabled"]) == ("1", COACH, False)
    [task] = ran.json["tasks"]
    assert keys(task) == [
        *("title", "target_repo", "priority", "labels", "due_in_days", "description"),
        *("key", "source_type", "source_id", "activity_definition_id"),
    ]
    assert task["key"] == f"{COACH}/demo/coach/20260615T0700Z"
    assert (task["target_repo"], task["labels"], task["due_in_days"]) == ("demo", ["kaizen", "coach"], 3)
    assert f"kaizen-agentic schedule prepare coach --target {repo}" in task["description"]
    assert cli(*words).json["tasks"][0]["key"] == f"{COACH}/demo/coach/-"


def test_dry_run_of_a_catalogs_definition(
    cli: Cli, repo: Path, make_roster: Callable[..., Path], tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog"
    catalog.mkdir()
    assert cli("definitions", "sync", str(catalog)).code == 0
    path = catalog / "weekly-coach-orientation.md"
    path.write_text(path.read_text(encoding="utf-8").replace("due_in_days: 3", "due_in_days: 9"), encoding="utf-8")
    words = ["--roster", str(make_roster(repo)), "--format", "json", "--catalog"]
    ran = cli("definitions", "dry-run", COACH, *words, str(catalog))
    assert [task["due_in_days"] for task in ran.json["tasks"]] == [9]
    unknown = cli("definitions", "dry-run", "kaizen-weekly-coach", *words, str(catalog))
    assert (unknown.code, unknown.out, "did you mean" in unknown.err) == (1, "", True)
    absent = cli("definitions", "dry-run", COACH, *words, str(tmp_path / "missing"))
    assert (absent.code, absent.out) == (4, "")


@pytest.mark.parametrize(
    "line",
    [
        "schedule validate --format json --now 2026-06-15",
        "schedule prepare coach",
        "schedule prepare coach --format json",
        "schedule schema",
        "schedule agents",
        "roster resolve --roster {roster} --format json --now 2026-06-15T09:00:00Z",
        "roster explain --roster {roster} --format json --now 2026-06-15T09:00:00Z",
        f"definitions dry-run {COACH} --roster {{roster}} --format json --now 2026-06-15",
    ],
)
def test_same_inputs_same_bytes(cli: Cli, repo: Path, make_roster: Callable[..., Path], line: str) -> None:
    words = line.format(roster=make_roster(repo)).split()
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    first, second = (cli.process(*words, env={"PYTHONHASHSEED": seed, "PATH": path}) for seed in "12")
    assert first.code == 0
    assert (first.out, first.err) == (second.out, second.err)
    assert first.out == cli(*words).out


def test_order_of_a_roster_does_not_matter(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path]
) -> None:
    repos = [make_repo(name) for name in ("b", "a", "c")]
    both = [make_roster(*order, name="roster.yml").read_text(encoding="utf-8") for order in (repos, repos[::-1])]
    answers = []
    for text in both:
        roster = make_roster(*repos)
        roster.write_text(text, encoding="utf-8")
        answers.append(cli("roster", "explain", "--roster", roster, "--format", "json").out)
    assert both[0] != both[1]
    assert answers[0] == answers[1]


def test_json_output_of_unusual_names_is_valid(cli: Cli, tmp_path: Path) -> None:
    odd = tmp_path / "odd\x1b[31m\udcff\n.yml"
    odd.write_text('version: "1"\nagents: {"\\u001b[31m\\uD83D": {}}\n', encoding="utf-8")
    ran = cli.process("schedule", "validate", odd, "--format", "json")
    assert ran.code == 1
    assert "\x1b" not in ran.out
    assert json.loads(ran.out)["files"][0]["ok"] is False
