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
