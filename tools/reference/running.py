"""Commands that the generator runs in temporary directories, so that a page shows their real output."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from kaizen_schedule_cli.app import app
from typer.testing import CliRunner


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """The exit code and the output of a command."""

    exit_code: int
    stdout: str
    stderr: str


def run(words: list[str], folder: Path) -> Ran:
    """Run `kaizen-agentic` with these arguments in a directory."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(exit_code=done.exit_code, stdout=done.stdout, stderr=done.stderr)


def answer(words: list[str], folder: Path) -> str:
    """Return the output of a command. Raises AssertionError if it fails."""
    done = run(words, folder)
    if done.exit_code:
        raise AssertionError(f"{' '.join(words)} exits {done.exit_code}: {done.stderr or done.stdout}")
    return done.stdout
