"""Real processes and shells: signals, closed pipes, and internal errors."""

from __future__ import annotations

import array
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_schedule_core.clock.zones import tzdata_version

if TYPE_CHECKING:
    from conftest import Cli

INTERRUPTED = {130, -signal.SIGINT}  # a shell calls both 130; which it is depends on what Python was doing
COMMAND = [sys.executable, "-m", "kaizen_schedule_cli"]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def interruptible() -> None:
    """A program started in the background inherits that an interrupt is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupt_exits_130_without_output(repo: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "schedule", "validate", "-"],
        cwd=repo,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=interruptible,  # noqa: PLW1509 - it takes no lock
    ) as process:
        assert process.stdin
        process.stdin.write(b"version")
        process.stdin.flush()
        waiting = array.array("i", [0])
        pipe = process.stdin.fileno()

        def has_been_read() -> bool:
            fcntl.ioctl(pipe, termios.FIONREAD, waiting)
            return waiting[0] == 0

        wait_until(has_been_read)  # so it is in the middle of its work
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode in INTERRUPTED
    assert (out, err) == (b"", b"")


def test_interrupted_smoke_test_leaves_no_files(repo: Path, make_roster: Callable[..., Path], tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    many = [shutil.copytree(repo, tmp_path / f"repo-{number}") for number in range(100)]  # so that it takes long
    with subprocess.Popen(
        [*COMMAND, "roster", "smoke", "--roster", make_roster(*many), "--report", tmp_path / "report.json"],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=interruptible,  # noqa: PLW1509 - it takes no lock
    ) as process:
        wait_until(lambda: any(temporary.glob("kaizen-smoke-*/0/**/schedule.yml")))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode in INTERRUPTED
    assert err == b""
    assert out.startswith(b"REPO")
    assert b"passed" not in out
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "report.json").exists()


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "line",
    [
        *["schedule validate", "schedule validate --format json", "schedule list --all"],
        *["schedule list --format json", "schedule prepare coach", "schedule agents", "schedule schema"],
        *["memory show coach", "definitions list", "--version"],
    ],
)
def test_closed_pipe_exits_without_a_message(cli: Cli, repo: Path, line: str, unbuffered: str) -> None:
    assert cli("memory", "init", "coach").code == 0
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*COMMAND, *line.split()],
            cwd=repo,
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) in {(0, b""), (0, b"\n1 agent paused: tdd-workflow (--all shows them)\n")}


def test_head_of_a_long_output(cli: Cli, repo: Path) -> None:
    assert cli("memory", "init", "coach").code == 0
    memory = repo / ".kaizen/agents/coach/memory.md"
    memory.write_text(memory.read_text(encoding="utf-8") + "- a finding\n" * 50_000, encoding="utf-8")
    script = 'set -o pipefail; "$@" | head -1; echo "${PIPESTATUS[*]}"'
    done = subprocess.run(
        ["bash", "-c", script, "bash", *COMMAND, "memory", "show", "coach"],
        cwd=repo,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )
    assert (done.stdout, done.stderr) == (b"---\n0 0\n", b"")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("line", ["schedule list", "schedule validate", "--version"])
def test_output_that_cannot_be_written_is_an_error(repo: Path, tmp_path: Path, line: str, unbuffered: str) -> None:
    script = f'ulimit -f 0; exec "$@" >"{tmp_path}/out"'  # as on a full disk
    done = subprocess.run(
        ["sh", "-c", script, "sh", *COMMAND, *line.split()],
        cwd=repo,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert b"file too large" in done.stderr.lower()
    assert done.returncode == 4


def test_a_closed_stdin_is_not_an_internal_error(repo: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" <&-', "sh", *COMMAND, "schedule", "validate", "-"],
        cwd=repo,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 4
    assert b"Traceback" not in done.stderr


def test_internal_error_is_70_with_a_report(cli: Cli, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del repo

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("deep\x1b[31m inside")

    monkeypatch.setattr("kaizen_schedule_cli.commands.manifests.load_manifest", fail)
    ran = cli("schedule", "list", "--target", ".")
    assert (ran.code, ran.out) == (70, "")
    assert "internal error in kaizen-agentic" in ran.err
    assert "command: schedule list --target ." in ran.err
    assert "ZeroDivisionError: deep" in ran.err
    assert "\x1b" not in ran.err


def test_an_internal_error_in_validate_is_not_a_finding(cli: Cli, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kaizen_schedule_cli.commands.schedule.validate.check_schema_file", lambda *_, **__: 1 / 0)
    ran = cli("schedule", "validate", repo, "/missing/at/all.yml")
    assert (ran.code, ran.out) == (70, "")


def test_light_command_imports_no_other_command() -> None:
    script = (
        "import sys; from kaizen_schedule_cli import app\n"
        "sys.argv = ['kaizen-agentic', 'schedule', 'explain', 'KZ203']\n"
        "try: app.main()\n"
        "finally: print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    loaded = set(done.stderr.splitlines())
    commands = {name for name in loaded if name.startswith("kaizen_schedule_cli.commands.")}
    assert commands == {f"kaizen_schedule_cli.commands.{name}" for name in ("lazy", "schedule", "schedule.explain")}
    heavy = {"rich", "jsonschema", "urllib.request", "yaml", "kaizen_activity_defs", "kaizen_schedule_cli.answers"}
    assert heavy.isdisjoint(loaded)


def test_module_and_console_script_are_the_same(cli: Cli, repo: Path) -> None:
    script = Path(sys.executable).with_name("kaizen-agentic")
    done = subprocess.run([script, "--version"], capture_output=True, check=True, text=True)
    ran = cli.process("--version", cwd=repo)
    assert (ran.code, ran.out) == (0, done.stdout)
    first, second = ran.out.splitlines()
    assert first.startswith("kaizen-agentic 0.")
    assert "portable-5" in second
    assert "temporal-schedule" in second
    assert tzdata_version() in second


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_output_is_utf_8_in_any_locale(cli: Cli, manifest: Path, encoding: str) -> None:
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("monthly", "月"), encoding="utf-8")
    ran = cli.process(
        "schedule", "validate", cwd=manifest.parents[1], env={"PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    )
    assert ran.code == 1
    assert 'unknown cadence "月"' in ran.out
