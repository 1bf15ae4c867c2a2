"""Exit 4: what could not be read, and other things in place of a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

COACH = "kaizen-weekly-coach-orientation"
PLACES = ["folder", "fifo", "device", "loop", "outside", "below a file"]
READ_MANIFEST = ["schedule validate", "schedule list", "schedule prepare coach"]


def put(kind: str, path: Path, tmp_path: Path) -> None:
    """Put something that is not a regular file at the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    outside = tmp_path / "elsewhere"
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "loop":
            path.symlink_to(path.name)
        case "outside":
            outside.write_text("secret of the machine\n", encoding="utf-8")
            path.symlink_to(outside)
        case _:
            path.parent.rmdir()
            path.parent.write_text("a file where a folder should be", encoding="utf-8")


def refused(cli: Cli, *words: str | Path, on_stdout: bool = False) -> str:
    ran = cli(*words)
    assert ran.code == 4, ran.output
    assert "Traceback" not in ran.output
    assert "secret" not in ran.output
    assert on_stdout or ran.out == ""
    assert "error[KZ" in ran.output
    return ran.output


@pytest.mark.parametrize("line", READ_MANIFEST)
@pytest.mark.parametrize("kind", PLACES)
def test_manifest_that_is_not_a_regular_file(cli: Cli, manifest: Path, tmp_path: Path, kind: str, line: str) -> None:
    put(kind, manifest, tmp_path)
    printed = refused(cli, *line.split(), "--target", manifest.parents[1], on_stdout="validate" in line)
    assert str(manifest) in printed


@pytest.mark.parametrize("line", READ_MANIFEST)
def test_missing_manifest_suggests_init(cli: Cli, manifest: Path, line: str) -> None:
    manifest.unlink()
    printed = refused(cli, *line.split(), on_stdout="validate" in line)
    assert "kaizen-agentic schedule init" in printed
    assert ".kaizen/schedule.yml does not exist" in printed


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "loop", "outside"])
@pytest.mark.parametrize(
    ("file", "lines"),
    [
        (
            ".kaizen/agents/coach/memory.md",
            ["memory show coach", "memory note coach --text x", "schedule prepare coach"],
        ),
        (
            ".kaizen/metrics/coach/executions.jsonl",
            ["metrics show coach", "metrics record coach --success", "schedule prepare coach"],
        ),
        ("agents/agent-coach.md", ["schedule prepare coach"]),
    ],
    ids=["memory", "metrics", "agent"],
)
def test_bundle_file_that_is_not_a_regular_file(
    cli: Cli, repo: Path, tmp_path: Path, kind: str, file: str, lines: list[str]
) -> None:
    put(kind, repo / file, tmp_path)
    for line in lines:
        assert f"{repo}/{file}" in refused(cli, *line.split())


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "loop", "outside"])
def test_agent_file_that_cannot_be_read_is_listed_with_its_reason(
    cli: Cli, repo: Path, tmp_path: Path, kind: str
) -> None:
    put(kind, repo / "agents/agent-own.md", tmp_path)
    ran = cli("schedule", "agents", "--format", "json", "--target", repo)
    reasons = {row["agent"]: row["reason"] for row in ran.json["agents"]}
    assert ran.code == 0
    assert reasons.pop("own")
    assert set(reasons.values()) == {None}


@pytest.mark.parametrize("kind", PLACES)
@pytest.mark.parametrize("line", ["roster resolve", "roster explain", "roster smoke", f"definitions dry-run {COACH}"])
def test_roster_that_is_not_a_regular_file(cli: Cli, repo: Path, tmp_path: Path, kind: str, line: str) -> None:
    del repo
    place = tmp_path / "sub" / "roster.yml"
    put(kind, place, tmp_path)
    if kind == "outside":  # a roster is outside of a repository: a symlink is followed, but its target is not a roster
        ran = cli(*line.split(), "--roster", place)
        assert (ran.code, ran.out) == (1, "")
    else:
        assert str(place) in refused(cli, *line.split(), "--roster", place)


@pytest.mark.parametrize("line", ["roster resolve", "roster explain", "roster smoke", f"definitions dry-run {COACH}"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", 4),
        ("# nothing\n", 4),
        ('version: "1"\nrepos: []\n', 4),
        ("repos: [", 1),  # bytes that are wrong are the input's fault: ADR-010
        ("\x00", 1),
        ('version: "2"\nrepos: [{slug: a}]\n', 1),
        ("[]", 1),
    ],
    ids=["empty", "comment", "no-repos", "syntax", "nul", "newer", "shape"],
)
def test_empty_or_invalid_roster_is_an_error(cli: Cli, tmp_path: Path, text: str, code: int, line: str) -> None:
    roster = tmp_path / "roster.yml"
    roster.write_text(text, encoding="utf-8")
    ran = cli(*line.split(), "--roster", roster)
    assert (ran.code, ran.out) == (code, "")
    assert f"--> {roster}:1:" in ran.err


def test_missing_directories_and_files(cli: Cli, repo: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for line in ("schedule init", "schedule list", "schedule agents", "memory init coach", "metrics show coach"):
        assert "does not exist" in refused(cli, *line.split(), "--target", gone)
    assert "is not a directory" in refused(cli, "schedule", "list", "--target", repo / ".kaizen/schedule.yml")
    assert "create it with: kaizen-agentic memory init coach" in refused(cli, "memory", "show", "coach")
    assert "no recorded runs of agent" in refused(cli, "metrics", "show", "coach")
    refused(cli, "roster", "resolve", "--roster", gone)
    assert not gone.exists()


@pytest.mark.parametrize(
    ("line", "shut"),
    [
        ("schedule validate", ".kaizen/schedule.yml"),
        ("schedule validate", ".kaizen"),
        ("schedule list", ".kaizen/schedule.yml"),
        ("schedule list", ""),
        ("schedule prepare coach", ".kaizen/schedule.yml"),
        ("schedule prepare coach", ".kaizen/agents/coach/memory.md"),
        ("schedule prepare coach", ".kaizen/metrics/coach/executions.jsonl"),
        ("schedule agents", "agents"),
        ("memory show coach", ".kaizen/agents/coach/memory.md"),
        ("memory note coach --text x", ".kaizen/agents/coach/memory.md"),
        ("memory init optimization", ".kaizen"),
        ("metrics show coach", ".kaizen/metrics/coach/executions.jsonl"),
        ("metrics record coach --success", ".kaizen/metrics/coach/executions.jsonl"),
    ],
)
def test_no_permission_to_read(cli: Cli, open_folder: Path, line: str, shut: str) -> None:
    roots = [open_folder / "warm", open_folder / "locked"]
    for root in roots:
        (root / "agents").mkdir(parents=True)
        frontmatter = "---\nname: own\ndescription: d\ncategory: c\n---\nDo it.\n"
        (root / "agents/agent-own.md").write_text(frontmatter, encoding="utf-8")
        (root / "SCOPE.md").write_text("# Scope\n", encoding="utf-8")
        assert cli("schedule", "init", "--target", root).code == 0
        assert cli("memory", "init", "coach", "--target", root).code == 0
        assert cli("metrics", "record", "coach", "--success", "--target", root).code == 0
    (roots[1] / shut).chmod(0)
    ran = cli.without_privileges(lambda root: [*line.split(), "--target", str(root)], warm=roots[0], locked=roots[1])
    (roots[1] / shut).chmod(0o755)
    assert ran.code == 4, ran.output
    assert "validate" in line or ran.out == ""
    assert "error[KZ103]" in ran.output
    assert str(roots[1] / shut).rstrip("/") in ran.output


def test_no_permission_to_search_for_manifests(cli: Cli, open_folder: Path) -> None:
    for name in ("warm", "locked"):
        (open_folder / name / "fleet/repo").mkdir(parents=True)
        assert cli("schedule", "init", "--target", open_folder / name / "fleet/repo").code == 0
    shut = open_folder / "locked/fleet/repo/.kaizen"
    shut.chmod(0)
    ran = cli.without_privileges(
        lambda root: ["schedule", "validate", str(root / "fleet")],
        warm=open_folder / "warm",
        locked=open_folder / "locked",
    )
    shut.chmod(0o755)
    assert ran.code == 4
    assert f"error[KZ103]: {shut}/schedule.yml cannot be accessed: permission denied" in ran.out


def test_no_permission_to_write(cli: Cli, open_folder: Path) -> None:
    warm, locked = open_folder / "warm", open_folder / "locked"
    warm.mkdir(0o777)
    locked.mkdir(0o555)
    ran = cli.without_privileges(lambda root: ["schedule", "init", "--target", str(root)], warm=warm, locked=locked)
    assert (ran.code, ran.out) == (4, "")
    assert "error[KZ103]" in ran.err
    assert list(locked.iterdir()) == []


def test_no_permission_for_a_roster(cli: Cli, open_folder: Path) -> None:
    for name in ("warm", "locked"):
        (open_folder / name).mkdir()
        (open_folder / name / "r.yml").write_text('version: "1"\nrepos: [{slug: a}]\n', encoding="utf-8")
    (open_folder / "locked/r.yml").chmod(0)
    ran = cli.without_privileges(
        lambda root: ["roster", "resolve", "--roster", str(root / "r.yml")],
        warm=open_folder / "warm",
        locked=open_folder / "locked",
    )
    assert (ran.code, ran.out) == (4, "")
    assert "error[KZ103]" in ran.err


def test_repository_without_permission_is_an_outcome(
    cli: Cli, open_folder: Path, make_roster: Callable[..., Path]
) -> None:
    for name in ("warm", "locked"):
        for repo in ("shut", "fine"):
            (open_folder / name / repo).mkdir(parents=True)
            assert cli("schedule", "init", "--target", open_folder / name / repo).code == 0
        roster = make_roster(open_folder / name / "shut", open_folder / name / "fine")
        (open_folder / name / "r.yml").write_text(roster.read_text(encoding="utf-8"), encoding="utf-8")
    (open_folder / "locked/shut/.kaizen").chmod(0)
    ran = cli.without_privileges(
        lambda root: ["roster", "explain", "--roster", str(root / "r.yml"), "--format", "json"],
        warm=open_folder / "warm",
        locked=open_folder / "locked",
    )
    assert ran.code == 0, ran.err
    assert [(row["repo"], row["outcome"]) for row in ran.json["repos"]] == [
        ("fine", "scheduled"),
        ("shut", "unreadable"),
    ]
