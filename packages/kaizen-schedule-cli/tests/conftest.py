"""Fixtures that run commands, and repositories for them."""

from __future__ import annotations

import ctypes
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from kaizen_schedule_cli import app

VALID = """\
version: "1"
timezone: Europe/Berlin
agents:
  coach:
    cadence: weekly
  optimization:
    cadence: weekly
    cron: "0 10 * * 1"
  tdd-workflow:
    cadence: monthly
    enabled: false
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def output(self) -> str:
        return self.out + self.err


def obey_permissions() -> None:
    """Drop root's capability to ignore file permissions; its own files, such as this checkout, remain readable."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        header, no_capabilities = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        if libc.capset(header, no_capabilities):
            raise OSError(ctypes.get_errno(), "capset failed")


class Cli:
    """The command line: in this process when called, in one of its with `process`."""

    def __call__(self, *words: str | Path, stdin: bytes = b"") -> Ran:
        """Run `main` with its own streams; the exit code is the one that the process would have."""
        streams = [io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") for data in (stdin, b"", b"")]
        kept = (sys.stdin, sys.stdout, sys.stderr, sys.argv, sys.excepthook)
        sys.stdin, sys.stdout, sys.stderr = streams
        sys.argv = ["kaizen-agentic", *map(str, words)]
        code: object = 0
        try:
            app.main()
        except SystemExit as exited:
            code = exited.code or 0
        finally:
            sys.stdin, sys.stdout, sys.stderr, sys.argv, sys.excepthook = kept
        texts = []
        for stream in streams[1:]:
            stream.seek(0)
            texts.append(stream.read())
        assert isinstance(code, int)
        return Ran(code, *texts)

    def process(
        self, *words: str | Path, cwd: Path | None = None, stdin: bytes = b"", env: dict[str, str] | None = None
    ) -> Ran:
        """Run `python -m kaizen_schedule_cli` as a user does."""
        done = subprocess.run(
            [sys.executable, "-m", "kaizen_schedule_cli", *map(str, words)],
            cwd=cwd,
            input=stdin,
            env={**os.environ, **(env or {})},
            capture_output=True,
            check=False,
            timeout=60,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def without_privileges(self, words: Callable[[Path], list[str]], *, warm: Path, locked: Path) -> Ran:
        """Run in a child process for which file permissions count, even if the tests run as root.

        The command runs first on a readable repository, so that all modules are loaded.
        """
        self(*words(warm))
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            obey_permissions()
            os.write(writer, json.dumps(asdict(self(*words(locked)))).encode())
            os._exit(0)
        os.close(writer)
        with open(reader, encoding="utf-8") as stream:
            expected = stream.read()
        assert os.waitpid(child, 0)[1] == 0
        return Ran(**json.loads(expected))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    path = tmp_path / "bare"
    path.mkdir()
    monkeypatch.chdir(path)
    return path


@pytest.fixture(scope="session")
def cli() -> Cli:
    return Cli()


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a valid manifest, which is the current folder too."""
    root = tmp_path / "demo"
    (root / ".kaizen").mkdir(parents=True)
    (root / ".kaizen/schedule.yml").write_text(VALID, encoding="utf-8")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def manifest(repo: Path) -> Path:
    """That repository's manifest."""
    return repo / ".kaizen/schedule.yml"


@pytest.fixture
def make_roster(tmp_path: Path) -> Callable[..., Path]:
    """Write a roster of folders that the test has made; a mapping is an entry as it is."""

    def make(*entries: Path | dict[str, object], name: str = "roster.yml") -> Path:
        rows: list[dict[str, object]] = [
            entry if isinstance(entry, dict) else {"slug": entry.name, "domain": "custodian", "local_path": str(entry)}
            for entry in entries
        ]
        path = tmp_path / name
        lines = "".join(f"  - {json.dumps(row)}\n" for row in rows)
        path.write_text(f'version: "1"\nrepos:\n{lines}' if rows else 'version: "1"\nrepos: []\n', encoding="utf-8")
        return path

    return make


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[..., Path]:
    """Make a repository at a path below the temporary folder, opted in with a manifest unless that is None."""

    def make(name: str, manifest: str | None = VALID) -> Path:
        root = tmp_path / name
        root.mkdir(parents=True)
        (root / "SCOPE.md").write_text("# Scope\n", encoding="utf-8")
        if manifest is not None:
            (root / ".kaizen").mkdir()
            (root / ".kaizen/schedule.yml").write_text(manifest, encoding="utf-8")
        return root

    return make


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that others than root can enter, which those of pytest are not."""
    path = Path(tempfile.mkdtemp(prefix="kaizen-open-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def read_tree(folder: Path) -> dict[str, tuple[str, bytes | str]]:
    """Everything below a folder: its kind, and its bytes or where it leads."""
    found: dict[str, tuple[str, bytes | str]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("link", os.readlink(path))
        elif path.is_file():
            found[name] = ("file", path.read_bytes())
        else:
            found[name] = ("folder" if path.is_dir() else "other", "")
    return found


@pytest.fixture
def tree() -> Callable[[Path], dict[str, tuple[str, bytes | str]]]:
    return read_tree
