"""Files are written whole or not at all, never outside the repository, and never leave anything behind."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from kaizen_schedule_core import CODES, Diagnostic, KaizenError
from kaizen_schedule_core.files import writing
from kaizen_schedule_core.files.writing import (
    append_whole,
    create_inside,
    locked,
    require_writable,
    write_file,
    write_inside,
    write_named_file,
)

Refusal = Callable[[Callable[[], object]], Diagnostic]
Tree = Callable[[Path], dict[str, bytes]]
ADD_ONE = """
import sys
from kaizen_schedule_core.files.writing import locked
for _ in range(int(sys.argv[2])):
    with locked(sys.argv[1], "in/count") as path:
        with open(path) as stream:
            count = int(stream.read())
        with open(path, "w") as stream:
            stream.write(str(count + 1))
"""
REPLACE = """
import sys
from kaizen_schedule_core.files.writing import write_inside
for number in range(200):
    write_inside(sys.argv[1], "a", str(number % 10).encode() * 100_000)
"""
NO_SPACE = """
import resource, sys
from kaizen_schedule_core import KaizenError
from kaizen_schedule_core.files.writing import write_inside
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_inside(sys.argv[1], "a", b"x" * 5000)
except KaizenError as error:
    print(*(found.code for found in error.diagnostics))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    return folder


def test_a_file_is_written_and_the_folders_above_it_made(root: Path, tree: Tree) -> None:
    write_inside(str(root), "a/b/c", b"new")
    write_inside(str(root), "top", b"")
    assert tree(root) == {"a/b/c": b"new", "top": b""}


def test_a_file_is_replaced_not_rewritten(root: Path, tree: Tree) -> None:
    path = root / "a"
    path.write_bytes(b"old")
    with path.open("rb") as held:
        write_inside(str(root), "a", b"new")
        assert held.read() == b"old"
    assert tree(root) == {"a": b"new"}


def test_a_reader_never_finds_half_a_file(root: Path) -> None:
    path = root / "a"
    path.write_bytes(b"0" * 100_000)
    seen = set()
    with subprocess.Popen([sys.executable, "-c", REPLACE, str(root)]) as writer:
        while writer.poll() is None:
            content = path.read_bytes()
            assert len(content) == 100_000
            assert len(set(content)) == 1
            seen.add(content[:1])
    assert writer.returncode == 0
    assert len(seen) > 1, "the reader saw no change"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_permissions_of_an_existing_file_are_kept(root: Path, mode: int) -> None:
    path = root / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_inside(str(root), "a", b"new")
    assert path.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)], ids=oct)
def test_a_new_file_gets_what_the_umask_leaves(root: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_inside(str(root), "a", b"new")
        assert create_inside(str(root), "b", b"new")
        assert os.umask(mask) == mask, "the mask was changed"
    finally:
        os.umask(before)
    assert {(root / name).stat().st_mode & 0o777 for name in "ab"} == {mode}


def test_a_new_file_is_created_once(root: Path, tree: Tree) -> None:
    assert create_inside(str(root), "in/a", b"first") is True
    assert create_inside(str(root), "in/a", b"second") is False
    assert tree(root) == {"in/a": b"first"}


@pytest.mark.parametrize(
    "what", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("gone")], ids=["folder", "fifo", "link"]
)
def test_an_existing_path_is_never_overwritten(root: Path, what: Callable[[Path], None]) -> None:
    what(root / "a")
    before = os.lstat(root / "a")
    assert create_inside(str(root), "a", b"new") is False
    assert os.lstat(root / "a") == before
    assert os.listdir(root) == ["a"]


def test_of_many_creators_one_wins(root: Path, tree: Tree) -> None:
    start = threading.Barrier(8)
    won: list[bytes] = []

    def create(content: bytes) -> None:
        start.wait()
        if create_inside(str(root), "a", content):
            won.append(content)

    threads = [threading.Thread(target=create, args=(bytes([65 + number]),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert tree(root) == {"a": won[0]}


@pytest.mark.parametrize("write", [write_inside, create_inside])
@pytest.mark.parametrize(("link", "relative"), [("a", "a/b"), ("in/a", "in/a/b/c")])
def test_a_folder_that_points_outside_is_refused(
    root: Path, write: Callable[[str, str, bytes], object], link: str, relative: str, refusal: Refusal, tree: Tree
) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (root / "in").mkdir()
    (root / link).symlink_to(outside)
    found = refusal(lambda: write(str(root), relative, b"new"))
    assert found.code == "KZ104"
    assert found.file == str(root / relative)
    assert tree(outside) == {}


def test_a_file_that_points_outside_is_refused(root: Path, refusal: Refusal) -> None:
    outside = root.parent / "outside"
    outside.write_bytes(b"old")
    (root / "a").symlink_to(outside)
    assert refusal(lambda: write_inside(str(root), "a", b"new")).code == "KZ104"
    assert outside.read_bytes() == b"old"
    assert (root / "a").is_symlink()


def test_dots_that_point_outside_are_refused(root: Path, refusal: Refusal) -> None:
    assert refusal(lambda: write_inside(str(root), "../outside", b"new")).code == "KZ104"
    assert os.listdir(root.parent) == ["repo"]


def test_a_symlink_inside_the_root_is_written_through(root: Path, tree: Tree) -> None:
    (root / "real").mkdir()
    (root / "real" / "a").write_bytes(b"old")
    (root / "link").symlink_to("real")
    (root / "b").symlink_to("real/a")
    write_inside(str(root), "link/a", b"new")
    assert (root / "real" / "a").read_bytes() == b"new"
    write_inside(str(root), "b", b"newer")
    assert (root / "b").is_symlink()
    assert (root / "real" / "a").read_bytes() == b"newer"
    assert len(tree(root / "real")) == 1


def test_folders_below_a_symlink_inside_the_root_are_made(root: Path) -> None:
    (root / "real").mkdir()
    (root / "link").symlink_to("real")
    write_inside(str(root), "link/b/c", b"new")
    assert (root / "real" / "b" / "c").read_bytes() == b"new"


@pytest.mark.parametrize("what", [Path.mkdir, os.mkfifo], ids=["folder", "fifo"])
def test_what_is_not_a_file_is_refused_and_nothing_is_left_behind(
    root: Path, what: Callable[[Path], None], refusal: Refusal
) -> None:
    what(root / "a")
    before = os.lstat(root / "a")
    found = refusal(lambda: write_inside(str(root), "a", b"new"))
    assert found.code == "KZ102"
    assert CODES[found.code].unavailable
    assert os.lstat(root / "a") == before
    assert os.listdir(root) == ["a"]


def test_a_folder_in_the_place_of_a_plain_file_is_refused(root: Path, refusal: Refusal) -> None:
    (root / "a").mkdir()
    assert refusal(lambda: write_file(str(root / "a"), b"new")).code == "KZ102"
    assert os.listdir(root) == ["a"]
    assert os.listdir(root / "a") == []


def test_below_a_file_nothing_is_written(root: Path, refusal: Refusal, tree: Tree) -> None:
    (root / "a").write_bytes(b"old")
    assert refusal(lambda: write_inside(str(root), "a/b", b"new")).code == "KZ102"
    assert refusal(lambda: create_inside(str(root), "a/b/c", b"new")).code == "KZ102"
    assert tree(root) == {"a": b"old"}


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(root: Path, tree: Tree) -> None:
    (root / "a").write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", NO_SPACE, str(root)], capture_output=True, text=True, check=True)
    assert done.stdout == "KZ106\n"
    assert tree(root) == {"a": b"old"}


def test_an_interrupt_half_way_leaves_nothing_behind(root: Path, monkeypatch: pytest.MonkeyPatch, tree: Tree) -> None:
    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    (root / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_inside(str(root), "a", b"new")
    assert tree(root) == {"a": b"old"}


def test_a_name_as_long_as_the_system_allows_can_be_written(root: Path, tree: Tree) -> None:
    name = "ä" * 127
    write_inside(str(root), name, b"new")
    assert tree(root) == {name: b"new"}


def test_writers_of_several_processes_take_turns(root: Path) -> None:
    (root / "in").mkdir()
    (root / "in" / "count").write_text("0")
    command = [sys.executable, "-c", ADD_ONE, str(root), "50"]
    writers = [subprocess.Popen(command) for _ in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    assert (root / "in" / "count").read_text() == "200"


def test_a_lock_that_is_not_had_is_a_diagnostic(root: Path, monkeypatch: pytest.MonkeyPatch, refusal: Refusal) -> None:
    monkeypatch.setattr(writing, "LOCK_SECONDS", 0.1)

    def take() -> None:
        with locked(str(root), "a"):
            raise AssertionError("had twice")

    with locked(str(root), "a") as path:
        assert path == str(root / "a")
        found = refusal(take)
    assert found.code == "KZ106"
    assert "a.lock" in found.message
    with locked(str(root), "a"):
        pass


@pytest.mark.parametrize("trap", [Path.mkdir, lambda path: path.symlink_to(path.parent.parent / "outside")])
def test_a_symlink_or_fifo_in_place_of_the_lock_is_an_error(root: Path, trap: Callable[[Path], None]) -> None:
    trap(root / "a.lock")

    def take() -> None:
        with locked(str(root), "a"):
            pass

    with pytest.raises(KaizenError):
        take()
    assert os.listdir(root.parent) == ["repo"]


@pytest.mark.parametrize("exists", [True, False])
def test_a_named_file_is_written_through_a_symlink(tmp_path: Path, *, exists: bool) -> None:
    link, target = tmp_path / "link", tmp_path / "elsewhere"
    target.mkdir()
    if exists:
        (target / "state").write_bytes(b"old")
    link.symlink_to(target / "state")
    require_writable(str(link))
    write_named_file(str(link), b"new")
    assert link.is_symlink()
    assert (target / "state").read_bytes() == b"new"


def test_an_append_after_a_short_write_keeps_lines_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"old\n")
    real_write = os.write

    def short(descriptor: int, data: bytes) -> int:
        written = real_write(descriptor, data[:2])
        with path.open("ab") as other:
            other.write(b"theirs\n")
        return written

    monkeypatch.setattr(os, "write", short)
    with pytest.raises(OSError, match="could not be written"):
        append_whole(str(path), b"mine\n")
    assert path.read_bytes() == b"old\nmitheirs\n"
