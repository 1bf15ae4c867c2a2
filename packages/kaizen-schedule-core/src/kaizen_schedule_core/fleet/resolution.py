"""The result of resolving a roster: the runs, and one outcome for every entry (ADR-010)."""

from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.fleet.roster import Roster

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
OUTCOME_HINTS: dict[Outcome, str] = {
    "invalid-entry": "fix the entry; without a valid slug it is listed as `#<position>`",
    "duplicate-slug": "give each repository a unique slug; until then, none of the duplicates runs",
    "filtered": "no action: the filters by domain, cadence, agent or window leave no run",
    "hub-disabled": "remove `kaizen_schedule_enabled: false` if the repository should run",
    "no-path-for-host": "add the host to `host_paths`, or a `local_path`",
    "path-missing": "check out the repository at that path, or fix the path",
    "unreadable": "fix the permissions, or replace what is at the path with a file",
    "no-manifest": "run `kaizen-agentic schedule init` in that repository, if it should run",
    "newer-manifest": "upgrade the tool on this host",
    "invalid-manifest": "run `kaizen-agentic schedule validate` in that repository to see the errors",
    "all-disabled": "no action: all its agents are paused",
    "scheduled": "no action: it has at least one run",
}
"""What to do about each outcome, for the reference pages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledRun:
    """One run: the eight fields of the resolver contract, in their order."""

    repo: str
    root: str
    agent: str
    cadence: str
    cron: Cron
    timezone: str
    enabled: bool
    prepare_command: str

    def as_json(self) -> dict[str, object]:
        """Return the eight fields of the resolver contract, with the cron as text."""
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
    """The outcome of one roster entry, with one sentence of `detail`; `root` is None if it has no path.

    `paused` are the agents with enabled: false in a valid manifest.
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
    """The outcomes of all entries, sorted by repo, and their runs."""

    roster: Roster
    outcomes: tuple[RepoOutcome, ...]

    @property
    def source(self) -> str:
        """The source of the roster, without credentials."""
        return self.roster.source

    @property
    def digest(self) -> str:
        """The digest of all entries of the roster, even if only a shard was resolved."""
        return self.roster.digest

    @property
    def runs(self) -> tuple[ScheduledRun, ...]:
        """The runs of all repositories, sorted by (repo, agent)."""
        return tuple(chain.from_iterable(outcome.runs for outcome in self.outcomes))

    @property
    def counts(self) -> dict[Outcome, int]:
        """The number of entries with each outcome, zeros included; the sum is the size of the roster or shard."""
        counts = dict.fromkeys(OUTCOMES, 0)
        for outcome in self.outcomes:
            counts[outcome.outcome] += 1
        return counts
