"""The full answer to "what will run": the runs, and one outcome for every entry of the roster (ADR-010)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, get_args

from kaizen_schedule_core.clock.cron import Cron

Outcome = Literal[
    "invalid-entry",
    "duplicate-slug",
    "filtered",
    "hub-disabled",
    "no-path-for-host",
    "path-missing",
    "unreadable",
    "no-manifest",
    "newer-manifest",
    "invalid-manifest",
    "all-disabled",
    "scheduled",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
WHAT_TO_DO: dict[Outcome, str] = {
    "invalid-entry": "mend the entry; without a usable slug it is listed as `#<position>`",
    "duplicate-slug": "give each repository a slug of its own; none of the twins runs",
    "filtered": "nothing: another domain was asked for, or cadence, agent and window left no run",
    "hub-disabled": "remove `kaizen_schedule_enabled: false` if the repository should run",
    "no-path-for-host": "add the host to `host_paths`, or a `local_path`",
    "path-missing": "check the repository out at that path, or correct the path",
    "unreadable": "give permission, or correct what stands in place of the file",
    "no-manifest": "`kaizen-agentic schedule init` in that repository, if it should run",
    "newer-manifest": "upgrade the tool on this host",
    "invalid-manifest": "`kaizen-agentic schedule validate` in that repository says what to write",
    "all-disabled": "nothing: all its agents are paused",
    "scheduled": "nothing: it has at least one run",
}
"""What a person who reads an outcome does about it; the reference pages are made from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledRun:
    """One run to be prepared: the eight fields of the resolver contract, in their order."""

    repo: str
    root: str
    agent: str
    cadence: str
    cron: Cron
    timezone: str
    enabled: bool
    prepare_command: str

    def as_json(self) -> dict[str, object]:
        """Return the eight fields as the resolver hands them over, the cron as text."""
        return {
            "repo": self.repo,
            "root": self.root,
            "agent": self.agent,
            "cadence": self.cadence,
            "cron": self.cron.text,
            "timezone": self.timezone,
            "enabled": self.enabled,
            "prepare_command": self.prepare_command,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class RepoOutcome:
    """Why a repository runs or does not. `detail` is one sentence; `root` is None where no path was found.

    `paused` are the agents that a valid manifest declares with enabled: false; they never run.
    """

    repo: str
    outcome: Outcome
    detail: str
    root: str | None
    domain: str | None = None
    runs: tuple[ScheduledRun, ...] = ()
    paused: tuple[ScheduledRun, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolution:
    """What will run, and why the rest will not; sorted by repo (then agent), so that the order tells nothing."""

    source: str
    digest: str
    outcomes: tuple[RepoOutcome, ...]

    @property
    def runs(self) -> tuple[ScheduledRun, ...]:
        """All runs, sorted by (repo, agent)."""
        return tuple(run for outcome in self.outcomes for run in outcome.runs)

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many entries had each outcome, zeros included; they add up to the roster."""
        found = Counter(outcome.outcome for outcome in self.outcomes)
        return {name: found[name] for name in OUTCOMES}
