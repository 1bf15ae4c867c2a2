"""What is exported to an engine: jobs, and the files that describe them."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.commands import PROGRAM

MARK = "Written by kaizen-agentic"
"""The beginning of the first comment in each exported file; files without it are never changed."""
_KEYS = {"claude": ("ANTHROPIC_API_KEY",), "codex": ("OPENAI_API_KEY",), "copilot": ("COPILOT_GITHUB_TOKEN",)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One agent of a repository, and when it fires. `root` is the path of the checkout where the engine runs it."""

    repo: str
    root: str
    agent: str
    cron: Cron
    timezone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How jobs are run. Engines use what applies to them.

    `source` is the export that writes the files. `command` is the agent command, `program` starts kaizen-agentic, and
    `search` are the directories of both for the PATH. `state` is whether memory and metrics are committed, `install` a
    shell command, `version` that of the packages. `image`, `claim` and `git_url` are for Kubernetes, `zone` is the time
    zone of the machine.
    """

    command: tuple[str, ...]
    timeout: timedelta
    source: str
    program: str = PROGRAM
    search: tuple[str, ...] = ()
    state: Literal["commit", "none"] = "commit"
    install: str | None = None
    version: str = ""
    image: str | None = None
    claim: str | None = None
    git_url: str | None = None
    zone: str | None = None

    @property
    def seconds(self) -> int:
        """The time limit of a run in seconds."""
        return int(self.timeout.total_seconds())

    @property
    def keys(self) -> tuple[str, ...]:
        """The environment variables for the key of the agent command; their values come from the engine's secrets."""
        return _KEYS.get(self.command[0], ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"))

    def comment(self, job: Job) -> str:
        """Return the text of the first comment: what wrote the file, and how to change it."""
        return f"{MARK} {self.source}, agent {job.agent}. To change it, edit .kaizen/schedule.yml and export again."


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportedFile:
    """A file of an engine; `path` is relative to the output directory."""

    path: str
    text: str


class CannotExport(Exception):
    """A job that an engine cannot take; the message contains the reason, `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def run_words(job: Job, settings: Settings, *, target: str, repo: bool = True) -> list[str]:
    """Return the words of `schedule run` for a job; a run waits for another one at most as long as its time limit."""
    limit = f"{settings.seconds}s"
    words = [settings.program, "schedule", "run", job.agent, "--target", target]
    if repo:
        words += ["--repo", job.repo]
    return [*words, "--timeout", limit, "--wait", limit, "--", *settings.command]


def shell_line(words: list[str]) -> str:
    """Return words quoted for a POSIX shell."""
    return shlex.join(words)


def numeric_cron(cron: Cron) -> str:
    """Return a cron without names and without weekday 7, which not all engines accept."""
    *others, month, weekday = cron.text.split()
    if _has_letters(month):
        month = _listed(cron.months)
    if _has_letters(weekday) or "7" in weekday:
        weekday = _listed(cron.weekdays)
    return " ".join((*others, month, weekday))


def _has_letters(field: str) -> bool:
    return any(char.isalpha() for char in field)


def _listed(values: Iterable[int]) -> str:
    return ",".join(map(str, values))
