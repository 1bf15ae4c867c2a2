"""The JSON output of `roster resolve`, `explain`, `expect`, `status` and `check`."""

from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.fleet.resolution import Outcome
from kaizen_schedule_core.fleet.status import RunState

Clock = Literal["catalog", "manifest"]
"""The source of the times: the definitions of a catalog, or the crons of the manifests."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedRun:
    """The eight fields of the resolver contract."""

    repo: str
    root: str
    agent: str
    cadence: str
    cron: str
    timezone: str
    enabled: bool
    prepare_command: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolveAnswer:
    """The result of the resolver contract, which has no version."""

    scheduled_runs: tuple[ResolvedRun, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterIdentity:
    """The roster, and the number of its entries."""

    source: str
    digest: str
    repos: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredBy:
    """A definition that fires a run, and the time of its next fire in UTC."""

    definition: str
    cron: str
    timezone: str
    next: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedRun:
    """A run and the definitions that fire it, which are None without a catalog."""

    agent: str
    cadence: str
    cron: str
    timezone: str
    fired_by: tuple[FiredBy, ...] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedRepo:
    """The outcome of one entry of the roster."""

    repo: str
    outcome: Outcome
    detail: str
    root: str | None
    runs: tuple[ExplainedRun, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainAnswer:
    """The outcome of every entry of a roster."""

    version: Literal["1"] = "1"
    roster: RosterIdentity
    counts: dict[Outcome, int]
    repos: tuple[ExplainedRepo, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectedSlot:
    """One expected run; `at` has the offset of the firing's zone.

    `recorded` is the time of the first record from the slot to the agent's next one, and `success` its result; both are
    None without such a record.
    """

    slot: str
    repo: str
    agent: str
    at: str
    utc: str
    recorded: str | None
    success: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpectAnswer:
    """The expected runs of a period, by time."""

    version: Literal["1"] = "1"
    clock: Clock
    slots: tuple[ExpectedSlot, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusRow:
    """The state of one agent of a repository; times in UTC, the cost of the last recorded run in US dollars."""

    repo: str
    agent: str
    last_expected: str | None
    last_recorded: str | None
    state: RunState
    cost_usd: float | None
    skipped_lines: int


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusAnswer:
    """The status of all agents of a fleet."""

    version: Literal["1"] = "1"
    clock: Clock
    rows: tuple[StatusRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunnerCheck:
    """One prerequisite of a runner, and the result of its check."""

    check: str
    passed: bool
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckAnswer:
    """The results of all checks of this machine."""

    version: Literal["1"] = "1"
    passed: bool
    checks: tuple[RunnerCheck, ...]
