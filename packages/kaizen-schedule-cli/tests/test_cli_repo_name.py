"""The repository's name in commands on a checkout: the main repository's in a linked worktree, or --repo (ADR-026)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Cli

GIT = "git -c user.name=a -c user.email=a@b"


@pytest.fixture
def worktree(repo: Path) -> Path:
    """A linked worktree of the repository `demo`."""
    subprocess.run(
        ["sh", "-ec", f"git init -q; git add -A; {GIT} commit -qm a; git worktree add -q ../wt-7"], cwd=repo, check=True
    )
    return repo.parent / "wt-7"


def names(cli: Cli, root: Path, *words: str) -> dict[str, Any]:
    """Return everything that a repository's name is part of."""
    target = ("--target", str(root))
    event = root / "event"
    event.unlink(missing_ok=True)
    prepared = cli("schedule", "prepare", "coach", "--emit", f"file:{event}", "--format", "json", *target, *words).json
    sent = json.loads(event.read_text(encoding="utf-8"))
    stagger = cli("schedule", "init", "--dry-run", "--force", "--agent", "coach", "--stagger", "3h", *target, *words)
    assert stagger.code == 0
    return {
        "list": cli("schedule", "list", "--format", "json", *target, *words).json["repo"],
        "prepare": prepared["repo"],
        "markdown": prepared["markdown"].splitlines()[0],
        "event": sent["repo"],
        "id": sent["id"],
        "stagger": stagger.out,
    }


def test_a_linked_worktree_has_the_name_of_the_main_repository(cli: Cli, repo: Path, worktree: Path) -> None:
    main, linked = names(cli, repo), names(cli, worktree)
    assert linked == main
    assert (main["list"], main["prepare"], main["event"]) == ("demo", "demo", "demo")
    assert main["markdown"] == "# Orientation: agent `coach` in `demo`"
    assert cli("memory", "init", "coach", "--target", worktree).code == 0
    assert "demo" in (worktree / ".kaizen/agents/coach/memory.md").read_text(encoding="utf-8")


def test_repo_is_used_instead_of_the_name(cli: Cli, repo: Path, worktree: Path) -> None:
    named = names(cli, worktree, "--repo", "shop")
    assert named == names(cli, repo, "--repo", "shop")
    assert {named["list"], named["prepare"], named["event"]} == {"shop"}
    assert named["markdown"].endswith("in `shop`")
    before = names(cli, repo)
    assert named["id"] != before["id"]
    assert named["stagger"] != before["stagger"]


@pytest.mark.parametrize("line", ["list", "next", "prepare coach", "init --stagger 1h --dry-run --force --agent coach"])
@pytest.mark.parametrize("slug", ["my shop", "-x", "a/b", "a" * 101])
def test_repo_must_be_a_slug(cli: Cli, repo: Path, line: str, slug: str) -> None:
    del repo
    assert cli("schedule", *line.split(), "--repo", "shop").code == 0
    ran = cli("schedule", *line.split(), f"--repo={slug}")
    assert (ran.code, ran.out) == (2, "")
    assert "--repo: invalid slug" in ran.err
