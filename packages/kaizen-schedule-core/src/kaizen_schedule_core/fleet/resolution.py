"""The result of resolving a roster: the runs, and one outcome for every entry (ADR-010)."""

from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
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
    "duplicate-root",
    "unreadable",
    "no-manifest",
    "newer-manifest",
    "invalid-manifest",
    "all-disabled",
    "scheduled",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
BROKEN_OUTCOMES: frozenset[Outcome] = frozenset(
    {"invalid-entry", "duplicate-slug", "path-missing", "unreadable", "newer-manifest", "invalid-manifest"}
)
"""The outcomes of entries whose runs are unknown until something is fixed (ADR-025)."""


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
    """The outcome of one roster entry, with one sentence of `detail`; `root` is None if the entry has no path.

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
        return tuple(chain.from_iterable(map(attrgetter("runs"), self.outcomes)))

    @property
    def elsewhere(self) -> frozenset[str]:
        """The repos that have no path on this host, but on another one."""
        hosted = {entry.repo for entry in self.roster.entries if entry.host_paths}
        absent = {outcome.repo for outcome in self.outcomes if outcome.outcome == "no-path-for-host"}
        return frozenset(hosted & absent)

    @property
    def counts(self) -> dict[Outcome, int]:
        """The number of entries with each outcome, zeros included; the sum is the size of the roster or shard."""
        counts = dict.fromkeys(OUTCOMES, 0)
        for outcome in self.outcomes:
            counts[outcome.outcome] += 1
        return counts
