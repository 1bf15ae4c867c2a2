"""What will run: the runs, and one outcome for every entry of the roster (ADR-010)."""

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
    """What will run, and why the rest will not; sorted by repo, then agent, whatever the order of the roster."""

    roster: Roster
    outcomes: tuple[RepoOutcome, ...]

    @property
    def source(self) -> str:
        """Where the roster came from, without any credential."""
        return self.roster.source

    @property
    def digest(self) -> str:
        """The digest of the roster: of all its entries, also where a shard of them was resolved."""
        return self.roster.digest

    @property
    def runs(self) -> tuple[ScheduledRun, ...]:
        """The runs of all repositories, sorted by (repo, agent)."""
        return tuple(chain.from_iterable(outcome.runs for outcome in self.outcomes))

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many entries have each outcome, zeros included; they add up to the roster, or to its shard."""
        counts = dict.fromkeys(OUTCOMES, 0)
        for outcome in self.outcomes:
            counts[outcome.outcome] += 1
        return counts
