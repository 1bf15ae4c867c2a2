"""The paths of `schedule validate [PATH]...` (contract section 10)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

GOOD = 'version: "1"\nagents: {coach: {cadence: weekly}}\n'
BAD = 'version: "1"\nagents: {coach: {cadence: weekley}}\n'


def write(path: Path, text: str = GOOD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def files(cli: Cli, *words: str | Path) -> list[str]:
    return [row["file"] for row in cli("schedule", "validate", *words, "--format", "json").json["files"]]


def test_without_a_path_the_manifest_of_the_target_is_checked(
    cli: Cli, repo: Path, make_repo: Callable[..., Path]
) -> None:
    del repo
    other = make_repo("other", BAD)
    assert files(cli) == [".kaizen/schedule.yml"]
    assert files(cli, "--target", ".") == [".kaizen/schedule.yml"]
    assert files(cli, "--target", "../other") == ["../other/.kaizen/schedule.yml"]
    assert files(cli, "--target", other) == [f"{other}/.kaizen/schedule.yml"]
    assert cli("schedule", "validate", "--target", "../other").code == 1


def test_path_and_target_cannot_be_combined(cli: Cli, repo: Path) -> None:
    ran = cli("schedule", "validate", repo, "--target", repo)
    assert (ran.code, ran.out) == (2, "")
    assert "--target" in ran.err


def test_file_with_any_name_is_a_manifest(cli: Cli, repo: Path) -> None:
    write(repo / "notes.txt", BAD)
    ran = cli("schedule", "validate", "notes.txt")
    assert ran.code == 1
    assert "--> notes.txt:2:27" in ran.out
    assert ran.out.endswith("1 manifest checked, 1 error\n")


def test_unknown_agent_outside_a_repository_is_a_warning(cli: Cli, repo: Path) -> None:
    text = GOOD.replace("coach", "nobody")
    write(repo / "loose.yml", text)
    loose = cli("schedule", "validate", "loose.yml")
    assert loose.code == 0
    assert 'warning[KZ320]: unknown agent "nobody"' in loose.out
    write(repo / ".kaizen/schedule.yml", text)
    for words in ([".kaizen/schedule.yml"], ["."], []):
        ran = cli("schedule", "validate", *words)
        assert ran.code == 1
        assert 'error[KZ320]: unknown agent "nobody"' in ran.out


def test_repository_of_a_file_is_the_parent_of_kaizen(cli: Cli, make_repo: Callable[..., Path]) -> None:
    root = make_repo("other", GOOD.replace("coach", "own"))
    write(root / "agents/agent-own.md", "---\nname: own\ndescription: d\ncategory: c\n---\nDo it.\n")
    write(root / ".kaizen/draft.yml", GOOD.replace("coach", "own"))
    for path in (root / ".kaizen/schedule.yml", root / ".kaizen/draft.yml", root):
        assert cli("schedule", "validate", path).out == "1 manifest checked, 0 problems\n"


def test_stdin_has_no_repository(cli: Cli, repo: Path) -> None:
    del repo
    ran = cli("schedule", "validate", "-", stdin=BAD.encode())
    assert (ran.code, "--> -:2:27" in ran.out) == (1, True)
    ran = cli("schedule", "validate", "-", stdin=GOOD.replace("coach", "nobody").encode())
    assert (ran.code, "warning[KZ320]" in ran.out) == (0, True)
    assert cli("schedule", "validate", "-", stdin=b"").code == 1
    assert cli("schedule", "validate", "-", stdin=b"#" * 300_000).code == 1
    assert files(cli, "-") == ["-"]


def test_directory_with_a_manifest(cli: Cli, repo: Path) -> None:
    write(repo / "other.yml", BAD)
    write(repo / "sub/.kaizen/schedule.yml", BAD)
    assert files(cli, ".") == [".kaizen/schedule.yml"]
    assert files(cli, repo) == [f"{repo}/.kaizen/schedule.yml"]


def test_other_directories_are_searched(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = tmp_path / "fleet"
    for name in ("b/.kaizen/schedule.yml", "a/deep/er/.kaizen/schedule.yml", "z.yml", "m.yaml", "a.yml"):
        write(fleet / name)
    for name in (
        ".git/.kaizen/schedule.yml",
        "b/.git/sub/.kaizen/schedule.yml",
        "b/not-directly.yml",
        "b/.kaizen/other.yml",
        "notes.txt",
    ):
        write(fleet / name, BAD)
    write(tmp_path / "outside/.kaizen/schedule.yml", BAD)
    (fleet / "linked").symlink_to(tmp_path / "outside")
    (fleet / "loop").symlink_to(fleet)
    (fleet / "link.yml").symlink_to(tmp_path / "outside/.kaizen/schedule.yml")
    (fleet / "c").mkdir()
    (fleet / "c/.kaizen").symlink_to(tmp_path / "outside/.kaizen")
    monkeypatch.chdir(tmp_path)
    names = ["a.yml", "a/deep/er/.kaizen/schedule.yml", "b/.kaizen/schedule.yml", "m.yaml", "z.yml"]
    assert files(cli, "fleet") == [f"fleet/{name}" for name in names]
    ran = cli("schedule", "validate", "fleet")
    assert (ran.code, ran.out) == (0, "5 manifests checked, 0 problems\n")
    monkeypatch.chdir(fleet)
    assert files(cli, ".") == names


@pytest.mark.parametrize("content", [[], ["notes.txt"], ["sub/loose.yml"], [".git/.kaizen/schedule.yml"]])
def test_no_manifest_found_is_4(cli: Cli, tmp_path: Path, content: list[str]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in content:
        write(folder / name)
    ran = cli("schedule", "validate", folder)
    assert ran.code == 4
    assert f"no manifest in {folder}" in ran.out
    assert "kaizen-agentic schedule init" in ran.out
    assert ran.out.endswith("0 manifests checked, 1 error\n")


def test_manifest_that_is_not_a_file_is_4(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sub/.kaizen/schedule.yml").mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe.yml")
    ran = cli("schedule", "validate", tmp_path)
    assert ran.code == 4
    assert f"{tmp_path}/sub/.kaizen/schedule.yml is a directory" in ran.out


def test_exit_4_has_priority_over_findings(cli: Cli, repo: Path) -> None:
    write(repo / "wrong.yml", BAD)
    write(repo / "fine.yml")
    for order in (["gone.yml", "wrong.yml", "fine.yml"], ["fine.yml", "wrong.yml", "gone.yml"]):
        ran = cli("schedule", "validate", *order)
        assert ran.code == 4
        assert "gone.yml does not exist" in ran.out
        assert 'unknown cadence "weekley"' in ran.out
        assert ran.out.endswith("2 manifests checked, 2 errors\n")
        data = cli("schedule", "validate", *order, "--format", "json").json
        assert [(row["file"], row["ok"]) for row in data["files"]] == [
            ("fine.yml", True),
            ("gone.yml", False),
            ("wrong.yml", False),
        ]
        assert data["counts"] == {"error": 2, "warning": 0, "info": 0}


def test_repeated_file_is_checked_once(cli: Cli, repo: Path) -> None:
    write(repo / "a.yml")
    assert files(cli, "a.yml", "./a.yml", "a.yml") == ["a.yml"]


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("target", ["gone", "below"])
def test_unavailable_target_is_reported_on_stdout(cli: Cli, repo: Path, target: str, output: str) -> None:
    (repo / "below").mkdir()
    ran = cli("schedule", "validate", "--target", target, "--format", output)
    assert (ran.code, ran.err) == (4, "")
    assert "KZ10" in ran.out


def test_now_accepts_times_and_dates(cli: Cli, repo: Path) -> None:
    del repo
    for time in ("2026-06-15", "2026-06-15T09:00:00Z", "2026-06-15T09:00:00+02:00"):
        assert cli("schedule", "validate", "--now", time).code == 0


@pytest.mark.parametrize(
    ("line", "root_at"), [("schedule list", "."), ("schedule init", "."), ("metrics show coach", ".")]
)
@pytest.mark.parametrize(
    "name", ["plain", "with space", "it's", 'a"b', "a;b", "$HOME", "`id`", "ünï", "-dash", "a\\b", "*"]
)
def test_hint_in_a_subdirectory_can_be_copied(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: str, root_at: str
) -> None:
    import shlex

    root = tmp_path / name
    write(root / ".kaizen/schedule.yml")
    below = root / "docs/deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    ran = cli(*line.split(), "--target", root_at)
    assert (ran.code, ran.out) == (4, "")
    [hint] = [row for row in ran.err.splitlines() if "--target" in row]
    option, target = shlex.split(hint.split("= use ")[1])
    assert (option, target) == ("--target", str(root))
    assert sorted(path.name for path in below.iterdir()) == []
    assert cli("schedule", "list", option, target).code == 0


def test_git_repository_without_a_manifest_is_a_root(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/sub").mkdir()
    monkeypatch.chdir(tmp_path / "repo/sub")
    ran = cli("schedule", "init")
    assert ran.code == 4
    assert f"use --target {tmp_path}/repo" in ran.err
    assert list((tmp_path / "repo/sub").iterdir()) == []
