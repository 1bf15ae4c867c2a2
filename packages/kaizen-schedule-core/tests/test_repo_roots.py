"""The root of a repository: detection and valid paths."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from kaizen_schedule_core import KaizenError
from kaizen_schedule_core.repo.roots import normal_root, repo_name, repository_root


def test_a_root_is_made_absolute_without_resolving_symlinks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    assert normal_root("link") == str(tmp_path / "link")
    assert normal_root("real/../link/.") == str(tmp_path / "link")
    assert normal_root("//srv//x/") == "/srv/x"
    assert normal_root("/") == "/"


@pytest.mark.parametrize("path", ["/srv/a\nb", "/srv/a\x1b[31mb", "/srv/a\x7f", "/srv/\u202etxt", "/srv/\udcff"])
def test_a_root_with_control_characters_or_invalid_utf8_is_an_error(path: str) -> None:
    with pytest.raises(KaizenError) as caught:
        normal_root(path)
    (problem,) = caught.value.diagnostics
    assert problem.code == "KZ108"
    assert problem.message.isprintable()


def test_the_name_of_a_repository_is_the_last_component_of_its_root() -> None:
    assert [repo_name(root) for root in ("/srv/demo", "/srv/with space", "/")] == ["demo", "with space", "/"]


GIT = "git -c user.name=a -c user.email=a@b -c protocol.file.allow=always"
WORKTREES = {
    "absolute": ("git -C main worktree add -q ../tree", "main"),
    "relative": ("git -C main worktree add -q ../tree; echo 'gitdir: ../main/.git/worktrees/tree' > tree/.git", "main"),
    "crlf": (
        "git -C main worktree add -q ../tree; printf 'gitdir: ../main/.git/worktrees/tree\\r\\n' > tree/.git",
        "main",
    ),
    "of a worktree": ("git -C main worktree add -q ../a; git -C a worktree add -q ../tree", "main"),
    "inside": ("git -C main worktree add -q sub/tree; ln -s main/sub/tree tree", "main"),
    "symlink": ("git -C main worktree add -q ../other/tree; ln -s other/tree tree", "main"),
    "moved": ("git -C main worktree add -q ../a; git -C main worktree move ../a ../tree", "main"),
    "bare": ("git clone -q --bare main big.git; git -C big.git worktree add -q ../tree", "big"),
    "hidden bare": ("mkdir p; git clone -q --bare main p/.bare; git -C p/.bare worktree add -q ../../tree", "p"),
    "submodule": (f"git init -q top; {GIT} -C top submodule --quiet add ../main tree; ln -s top/tree tree", "tree"),
    "worktree of a submodule": (
        f"git init -q top; {GIT} -C top submodule --quiet add ../main sub; git -C top/sub worktree add -q ../../tree",
        "sub",
    ),
    "separate": ("git clone -q --separate-git-dir=git-dir main tree", "tree"),
    "clone": ("git clone -q main tree", "tree"),
    "link removed": ("git -C main worktree add -q ../tree; rm -r main/.git/worktrees", "tree"),
    "main removed": ("git -C main worktree add -q ../tree; rm -r main", "tree"),
    "no repository": ("mkdir tree", "tree"),
    "empty": ("mkdir tree; : > tree/.git", "tree"),
    "fifo": ("mkdir tree; mkfifo tree/.git", "tree"),
    "circle": ("mkdir tree; ln -s .git tree/.git", "tree"),
    "nul": ("mkdir tree; printf 'gitdir: a\\0b' > tree/.git", "tree"),
    "not utf-8": ("mkdir tree; printf 'gitdir: \\377' > tree/.git", "tree"),
    "long": ("mkdir tree; (printf 'gitdir: '; head -c 9000 /dev/zero | tr '\\0' a) > tree/.git", "tree"),
    "too large": ("mkdir tree; (printf 'gitdir: '; head -c 90000 /dev/zero | tr '\\0' a) > tree/.git", "tree"),
    "broken commondir": (
        "git -C main worktree add -q ../tree; echo ../gone > main/.git/worktrees/tree/commondir",
        "tree",
    ),
    "control characters": ("mv main 'a\t'; git -C 'a\t' worktree add -q ../tree", "tree"),
}


@pytest.mark.parametrize("kind", WORKTREES)
def test_the_name_in_a_linked_worktree_is_that_of_the_main_repository(tmp_path: Path, kind: str) -> None:
    command, name = WORKTREES[kind]
    begin = f"git init -q main; {GIT} -C main commit -q --allow-empty -m a; {command}"
    subprocess.run(["sh", "-ec", begin], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert repo_name(str(tmp_path / "tree")) == name


def test_the_error_for_a_target_below_a_root_contains_the_root(tmp_path: Path) -> None:
    root = tmp_path / "it's a repo"
    (root / "docs" / "deep").mkdir(parents=True)
    (root / ".git").mkdir()
    assert repository_root(str(root)) == str(root)
    with pytest.raises(KaizenError) as caught:
        repository_root(str(root / "docs" / "deep"))
    (problem,) = caught.value.diagnostics
    assert problem.code == "KZ107"
    command = f"printf '%s\\0' {(problem.hint or '').removeprefix('use ')}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.split("\0") == ["--target", str(root), ""], "the hint can be pasted into a shell"


def test_a_target_that_is_not_a_directory_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    for name, code in (("gone", "KZ101"), ("file", "KZ102"), ("pipe", "KZ102"), ("file/below", "KZ101")):
        with pytest.raises(KaizenError) as caught:
            repository_root(str(tmp_path / name))
        assert caught.value.diagnostics[0].code == code


def test_a_directory_outside_of_any_root_is_a_root() -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert repository_root(folder) == folder
