"""The full answer to "what will run": the runs, and one outcome for every entry of the roster (ADR-010)."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Literal, get_args

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


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduledRun:
    """One run to be prepared: exactly the eight fields of the resolver contract, in their order."""

    repo: str
    root: str
    agent: str
    cadence: str
    cron: str
    timezone: str
    enabled: bool
    prepare_command: str

    def as_json(self) -> dict[str, object]:
        """The form in which the resolver hands a run over."""
        return asdict(self)


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
