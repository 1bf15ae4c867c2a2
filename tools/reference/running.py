"""Commands that are really run, in folders made for it, so that what a page shows is what is printed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kaizen_activity_defs import weekly_definitions
from kaizen_schedule_cli.app import app
from typer.testing import CliRunner


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a command printed, and its exit code."""

    exit_code: int
    stdout: str
    stderr: str


def run(words: list[str], folder: Path) -> Ran:
    """Run `kaizen-agentic` with these words in a folder."""
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(exit_code=done.exit_code, stdout=done.stdout, stderr=done.stderr)


def answer(words: list[str], folder: Path) -> str:
    """What a command that must succeed printed."""
    done = run(words, folder)
    if done.exit_code:
        raise AssertionError(f"{' '.join(words)} exits {done.exit_code}: {done.stderr or done.stdout}")
    return done.stdout


@contextlib.contextmanager
def pilot_fleet(root: Path) -> Iterator[Path]:
    """A copy of what the pilot roster lists, in which its last repository has opted in with a daily engagement.

    The folder holds `pilot-roster/roster.yml`, and `catalog/` with the weekly drafts as if they were enabled.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "kaizen-agentic")
        shutil.copytree(root / ".kaizen", folder / ".kaizen")
        shutil.copytree(root / "pilot-roster", folder / "pilot-roster")
        newcomer = folder / "pilot-roster/activity-core"
        (newcomer / ".git").mkdir()
        answer(["schedule", "init", "--engagement", "activity-core", "--bootstrap-cadence", "daily"], newcomer)
        (folder / "catalog").mkdir()
        for definition in weekly_definitions():
            text = definition.text.replace("\nenabled: false\n", "\nenabled: true\n", 1)
            (folder / "catalog" / os.path.basename(definition.file)).write_text(text, encoding="utf-8")
        yield folder
