"""Reading from outside: whole, unchanged, regular, inside the root, or a diagnostic that says why not."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from kaizen_schedule_core import CODES, Diagnostic, KaizenError
from kaizen_schedule_core.files import reading
from kaizen_schedule_core.files.reading import read_file, read_inside, read_lines, read_prefix
from kaizen_schedule_core.source.text import decode

Refusal = Callable[[Callable[[], object]], Diagnostic]
LIMIT = 1000
NOBODY = 65534
AS_NOBODY = """
import os, sys
from kaizen_schedule_core import KaizenError
from kaizen_schedule_core.files.reading import read_inside
os.chdir(sys.argv[1])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(int(sys.argv[3]))
    os.setuid(int(sys.argv[3]))
try:
    sys.stdout.write(read_inside(".", sys.argv[2], limit=1000).decode())
except KaizenError as error:
    print(*(found.code for found in error.diagnostics))
"""
GROWING = """
import sys
with open(sys.argv[1], "ab", buffering=0) as stream:
    while True:
        stream.write(b"x")
"""


def be_nothing(_path: Path) -> None:
    """Leave the place empty."""


def be_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def be_loop(path: Path) -> None:
    path.symlink_to(path.name)


def be_link_outside(path: Path) -> None:
    outside = path.parent.parent / "outside.yml"
    outside.write_text("secret")
    path.symlink_to(outside)


def be_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


TRAPS = [
    pytest.param(be_nothing, "KZ101", id="absent"),
    pytest.param(Path.mkdir, "KZ102", id="folder"),
    pytest.param(os.mkfifo, "KZ102", id="fifo"),
    pytest.param(be_socket, "KZ102", id="socket"),
    pytest.param(be_loop, "KZ104", id="loop"),
    pytest.param(be_link_outside, "KZ104", id="link-outside"),
    pytest.param(be_device, "KZ104", id="link-to-a-device"),
    pytest.param(lambda path: path.write_bytes(b"x" * (LIMIT + 1)), "KZ112", id="one-byte-too-large"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(("be", "code"), TRAPS)
def test_what_is_not_a_file_of_the_repository_is_refused(
    root: Path, be: Callable[[Path], None], code: str, refusal: Refusal
) -> None:
    be(root / "a.yml")
    found = refusal(lambda: read_inside(str(root), "a.yml", limit=LIMIT, shown="./shown.yml"))
    assert (found.code, found.file) == (code, "./shown.yml")
    assert "shown.yml" in found.message
    assert "secret" not in found.message
    if code != "KZ112":
        assert CODES[code].unavailable
        assert (found.line, found.column, found.end_line, found.end_column) == (None, None, None, None)


@pytest.mark.parametrize(("be", "code"), TRAPS)
def test_streams_and_first_bytes_are_refused_alike(
    root: Path, be: Callable[[Path], None], code: str, refusal: Refusal
) -> None:
    be(root / "a.yml")
    if code == "KZ112":
        assert len(read_prefix(str(root), "a.yml", length=10)) == 10
        assert list(read_lines(str(root), "a.yml", line_limit=LIMIT)) == [(1, None, False)]
        return
    assert refusal(lambda: read_prefix(str(root), "a.yml", length=10)).code == code
    assert refusal(lambda: list(read_lines(str(root), "a.yml", line_limit=LIMIT))).code == code


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/urandom"])
def test_a_device_is_never_opened(device: str, refusal: Refusal) -> None:
    found = refusal(lambda: read_file(device, limit=LIMIT))
    assert found.code == "KZ102"
    assert "a device" in found.message


def test_what_is_below_a_file_is_refused(root: Path, refusal: Refusal) -> None:
    (root / "file").write_text("x")
    assert refusal(lambda: read_inside(str(root), "file/a.yml", limit=LIMIT)).code == "KZ102"


@pytest.mark.parametrize("content", [b"", b"x", b"a\r\nb\0\xff", b"x" * LIMIT])
def test_a_regular_file_is_read_whole(root: Path, content: bytes) -> None:
    (root / "a.yml").write_bytes(content)
    assert read_inside(str(root), "a.yml", limit=LIMIT) == content
    assert read_prefix(str(root), "a.yml", length=LIMIT) == content


def test_a_file_of_many_chunks_is_read_whole(root: Path) -> None:
    content = os.urandom(5 * reading.MIB + 7)
    (root / "a").write_bytes(content)
    assert read_inside(str(root), "a", limit=len(content)) == content


def test_a_symlink_inside_the_root_is_followed(root: Path) -> None:
    (root / "real").mkdir()
    (root / "real" / "a.yml").write_text("x")
    (root / "link").symlink_to("real")
    (root / "up.yml").symlink_to(root / "link" / ".." / "real" / "a.yml")
    assert read_inside(str(root), "link/a.yml", limit=LIMIT) == b"x"
    assert read_inside(str(root), "up.yml", limit=LIMIT) == b"x"


def test_a_root_that_is_itself_a_symlink_is_the_users_choice(root: Path) -> None:
    (root / "a.yml").write_text("x")
    (root / "b.yml").symlink_to("a.yml")
    entrance = root.parent / "entrance"
    entrance.symlink_to(root)
    assert read_inside(str(entrance), "a.yml", limit=LIMIT) == b"x"
    assert read_inside(str(entrance), "b.yml", limit=LIMIT) == b"x"


@pytest.mark.parametrize("link", [".kaizen", "a.yml"])
@pytest.mark.parametrize("target", ["..", "../repo-sibling", "/etc", "/"], ids=["above", "same-prefix", "etc", "slash"])
def test_a_folder_or_file_that_points_outside_is_refused(root: Path, link: str, target: str, refusal: Refusal) -> None:
    sibling = root.parent / "repo-sibling"
    sibling.mkdir()
    for name in ("hostname", "a.yml"):
        (sibling / name).write_text("secret")
        (root.parent / name).write_text("secret")
    relative = f"{link}/hostname" if link == ".kaizen" else link
    (root / link).symlink_to(target if link == ".kaizen" else f"{target}/hostname")
    assert refusal(lambda: read_inside(str(root), relative, limit=LIMIT)).code in {"KZ104", "KZ101"}


def test_a_typed_path_that_is_absent_names_its_near_neighbour(root: Path, refusal: Refusal) -> None:
    (root / "roster.yml").write_text("")
    assert refusal(lambda: read_file(str(root / "rooster.yml"), limit=1)).hint == f"did you mean {root}/roster.yml?"
    (root / "e.yml").write_text("")
    assert refusal(lambda: read_file(str(root / "none.yml"), limit=1)).hint is None, "only the suffix is similar"
    assert refusal(lambda: read_file(str(root / "other"), limit=1)).hint is None
    assert refusal(lambda: read_file(str(root / "no/roster.yml"), limit=1)).hint is None
    assert refusal(lambda: read_inside(str(root), "rooster.yml", limit=1)).hint is None, "nobody typed it"


def test_dots_that_point_outside_are_refused(root: Path, refusal: Refusal) -> None:
    (root.parent / "secret").write_text("secret")
    assert refusal(lambda: read_inside(str(root), "../secret", limit=LIMIT)).code == "KZ104"


@pytest.mark.parametrize(("closed", "mode"), [("a.yml", 0), (".", 0o600)], ids=["file", "folder"])
def test_without_permission_the_answer_is_that(root: Path, closed: str, mode: int) -> None:
    folder = root / "in"
    folder.mkdir()
    (folder / "a.yml").write_text("secret")
    root.chmod(0o755)
    (folder / closed).chmod(mode)
    command = [sys.executable, "-c", AS_NOBODY, str(root), "in/a.yml", str(NOBODY)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (folder / closed).chmod(0o755)
    assert done.stdout == "KZ103\n"
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "secret"


def test_a_file_that_grows_while_it_is_read_is_refused(root: Path, refusal: Refusal) -> None:
    path = root / "a"
    path.write_bytes(bytes(32 * reading.MIB))
    with subprocess.Popen([sys.executable, "-c", GROWING, str(path)]) as writer:
        try:
            while path.stat().st_size == 32 * reading.MIB:
                assert writer.poll() is None
            found = refusal(lambda: read_until_refused(path))
        finally:
            writer.kill()
    assert found.code == "KZ105"
    assert found.line is None


def read_until_refused(path: Path) -> None:
    """Read again where the writer had no turn during the reading: then the file did not change."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        before = path.stat().st_size
        data = read_file(str(path), limit=64 * reading.MIB)
        assert before <= len(data) <= path.stat().st_size


@pytest.mark.parametrize("change", ["append", "cut", "rewrite"])
def test_any_change_between_two_reads_is_noticed(
    root: Path, change: str, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "a.yml"
    path.write_bytes(b"x" * 500)
    os.utime(path, ns=(0, 0))
    read = os.read

    def read_and_change(descriptor: int, length: int) -> bytes:
        data = read(descriptor, length)
        path.write_bytes({"append": b"x" * 501, "cut": b"x" * 499, "rewrite": b"y" * 500}[change])
        return data

    monkeypatch.setattr(os, "read", read_and_change)
    assert refusal(lambda: read_file(str(path), limit=LIMIT)).code == "KZ105"


def test_no_descriptor_is_left_open(root: Path) -> None:
    def descriptors() -> int:
        return len(os.listdir("/dev/fd"))

    be_loop(root / "loop")
    os.mkfifo(root / "fifo")
    (root / "large").write_bytes(b"x" * 2000)
    before = descriptors()
    for name in ("loop", "fifo", "large", "absent", "."):
        with pytest.raises(KaizenError):
            read_inside(str(root), name, limit=LIMIT)
    assert descriptors() == before


def test_lines_are_streamed_with_their_numbers_and_ends(root: Path) -> None:
    (root / "a").write_bytes(b"one\r\n\n" + b"x" * 10 + b"\n" + b"y" * 11 + b"\nlast")
    assert list(read_lines(str(root), "a", line_limit=10)) == [
        *[(1, b"one", True), (2, b"", True), (3, b"x" * 10, True), (4, None, True), (5, b"last", False)]
    ]


def test_text_loses_its_byte_order_mark_only_at_the_start() -> None:
    assert decode(b"\xef\xbb\xbfa\xef\xbb\xbf", file="x") == "a\ufeff"


def test_prose_may_hold_control_characters_but_no_nul(refusal: Refusal) -> None:
    assert decode(b"a\x1b[1m", file="x", prose=True) == "a\x1b[1m"
    assert refusal(lambda: decode(b"a\0", file="x", prose=True)).code == "KZ111"
    assert refusal(lambda: decode(b"a\x1b", file="x")).code == "KZ111"


def read_or_code(root: Path, relative: str) -> bytes | str:
    try:
        return read_inside(str(root), relative, limit=LIMIT)
    except KaizenError as error:
        return error.diagnostics[0].code


def test_a_directory_exchanged_for_a_symlink_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: Refusal
) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "inner", outside):
        folder.mkdir(parents=True)
        (folder / "file").write_text(folder.name)
    real_open = os.open

    def exchange(name: str, flags: int, *rest: int, **options: int) -> int:
        if name in {"inner", "file"} and (root / "inner").is_dir() and not (root / "inner").is_symlink():
            (root / "inner").rename(root / "moved")
            (root / "inner").symlink_to(outside)
        return real_open(name, flags, *rest, **options)

    monkeypatch.setattr(os, "open", exchange)
    assert read_or_code(root, "inner/file") in {b"inner", "KZ104"}
    assert refusal(lambda: read_inside(str(root), "inner/file", limit=LIMIT)).code == "KZ104"


def test_a_directory_that_is_exchanged_all_the_time_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "inner").mkdir(parents=True)
    outside.mkdir()
    (root / "inner/file").write_text("inside")
    (outside / "file").write_text("outside")
    script = (
        "import os, sys\n"
        "os.chdir(sys.argv[1])\n"
        "while True:\n"
        "    os.rename('inner', 'moved')\n"
        "    os.symlink('../outside', 'inner')\n"
        "    os.unlink('inner')\n"
        "    os.rename('moved', 'inner')\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(root)]) as exchanging:
        try:
            seen = {read_or_code(root, "inner/file") for _ in range(3000)}
            assert b"inside" in seen
            assert b"outside" not in seen
        finally:
            exchanging.kill()
