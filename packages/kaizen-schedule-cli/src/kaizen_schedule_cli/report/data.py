"""What the report of a fleet shows (contract section 14): figures of each agent, and their totals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from kaizen_schedule_core.diagnostics import escape_control_chars
from kaizen_schedule_core.fleet.answered import match_records
from kaizen_schedule_core.fleet.expected import FiringsOf, Slot, expected_slots
from kaizen_schedule_core.fleet.resolution import BROKEN_OUTCOMES, Outcome, RepoOutcome, Resolution
from kaizen_schedule_core.fleet.status import ATTENTION_STATES, RunState, RunStatus, fleet_status

WEEK = timedelta(weeks=1)
_DAY = timedelta(days=1)
_LAST_RESULTS = 10
_LONGEST_REASON = 60
_LONGEST_SECONDS = 1e9  # a longer time is ignored
_SEVERITY: tuple[RunState, ...] = ("unreadable", "failed", "overdue", "unfired")


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """The time of a report: `now`, the zone of all its times, and how late a run can be recorded."""

    now: datetime
    present: datetime
    zone: tzinfo
    grace: timedelta

    @property
    def midnight(self) -> datetime:
        """The start of today."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(kw_only=True, slots=True)
class Recorded:
    """Totals of recorded runs in the last 7 days; tokens and cost are None if no record contains them."""

    runs: int = 0
    successes: int = 0
    timed: int = 0
    seconds: float = 0.0
    tokens: float | None = None
    cost_usd: float | None = None

    def add(self, other: "Recorded") -> None:
        """Add other totals."""
        self.runs += other.runs
        self.successes += other.successes
        self.timed += other.timed
        self.seconds += other.seconds
        self.tokens = _sum(self.tokens, other.tokens)
        self.cost_usd = _sum(self.cost_usd, other.cost_usd)

    @property
    def minutes(self) -> float | None:
        """The mean time in minutes, if any record contains a time."""
        return self.seconds / self.timed / 60 if self.timed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentFigures:
    """One agent of a repository: its state, why it needs attention if it does, and its runs.

    `results` has a + or - for each of the last runs. `starts` are the expected runs of the next 7 days by (day, hour),
    and the `expected`, `answered` and `missed` ones of the last 7 days by day, such as 2026-11-23.
    """

    repo: str
    agent: str
    state: RunState
    why: str
    last: datetime | None
    results: str
    recorded: Recorded
    starts: Counter[tuple[str, int]]
    expected: Counter[str]
    answered: Counter[str]
    missed: Counter[str]


def agent_figures(part: Resolution, period: Period, firings: FiringsOf) -> list[AgentFigures]:
    """Return the figures of all agents of a part of the fleet, sorted."""
    now = period.now
    second = timedelta(seconds=1)
    start = period.midnight - second
    coming = _by_run(expected_slots(part.runs, start, start + WEEK, firings=firings))
    past = _by_run(expected_slots(part.runs, now - WEEK, now, firings=firings))
    rows = fleet_status(part, now, present=period.present, grace=period.grace, firings=firings, since=now - WEEK)
    figures = []
    for row in rows:
        answered = match_records(past[row.repo, row.agent], row.records, end=None)
        figures.append(
            AgentFigures(
                repo=row.repo,
                agent=row.agent,
                state=row.state,
                why=_why(row, period.zone),
                last=row.last_recorded,
                results="".join("+" if record.success else "-" for record in row.records[-_LAST_RESULTS:]),
                recorded=_recorded(row, now),
                starts=Counter(_day_and_hour(slot, period.zone) for slot in coming[row.repo, row.agent]),
                expected=_days((one.slot for one in answered), period),
                answered=_days((one.slot for one in answered if one.record is not None), period),
                missed=_days((one.slot for one in answered if one.is_missed(now, period.grace)), period),
            )
        )
    return figures


def _by_run(slots: Iterable[Slot]) -> dict[tuple[str, str], list[Slot]]:
    by_run: dict[tuple[str, str], list[Slot]] = defaultdict(list)
    for slot in slots:
        by_run[slot.repo, slot.agent].append(slot)
    return by_run


def _day_and_hour(slot: Slot, zone: tzinfo) -> tuple[str, int]:
    at = slot.at.astimezone(zone)
    return f"{at:%Y-%m-%d}", at.hour


def _days(slots: Iterable[Slot], period: Period) -> Counter[str]:
    return Counter(_day_and_hour(slot, period.zone)[0] for slot in slots)


def _recorded(row: RunStatus, now: datetime) -> Recorded:
    recorded = Recorded()
    for record in row.records:
        if record.time <= now - WEEK:
            continue
        seconds = record.execution_time_s
        received, produced = record.tokens
        one = Recorded(runs=1, successes=int(record.success), cost_usd=record.cost_usd)
        one.tokens = _sum(received, produced)
        if seconds is not None and seconds < _LONGEST_SECONDS:
            one.timed, one.seconds = 1, seconds
        recorded.add(one)
    return recorded


def _sum(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _why(row: RunStatus, zone: tzinfo) -> str:
    """Return why an agent needs attention; empty if it does not."""
    if row.state not in ATTENTION_STATES:
        return ""
    if row.state == "unreadable":
        return row.problems[0].message
    if row.state == "unfired":
        return "no enabled definition selects it"
    last = "no run is recorded"
    if row.last_recorded is not None:
        last = f"the last record is from {_minute(row.last_recorded, zone)}"
    if row.state == "overdue" and row.last_expected is not None:
        return f"expected {_minute(row.last_expected, zone)}; {last}"
    metadata = (row.records[-1].metadata if row.records else None) or {}
    reason = metadata.get("reason")
    if reason is None and metadata.get("exit_status"):
        reason = f"exit status {metadata['exit_status']}"
    text = escape_control_chars(str(reason or "failure reported by the agent")[:_LONGEST_REASON])
    return f"{last} ({text})"


def _minute(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What needs a person: a broken entry of the roster, or an agent; `command` is the one that shows more."""

    repo: str
    agent: str | None
    state: Outcome | RunState
    why: str
    command: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DayLoad:
    """The number of expected runs in each hour of a day."""

    day: datetime
    hours: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DayGap:
    """The expected runs of a day, those with a record, and those that are missed."""

    day: datetime
    expected: int
    recorded: int
    missed: int


@dataclass(kw_only=True, slots=True)
class AgentWeek:
    """The recorded runs of an agent in all repositories."""

    repos: int = 0
    recorded: Recorded = field(default_factory=Recorded)


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetReport:
    """The data of the page. `clock` is the source of the expected times, `agents` are by name."""

    source: str
    period: Period
    clock: str
    counts: dict[Outcome, int]
    outcomes: tuple[RepoOutcome, ...]
    figures: tuple[AgentFigures, ...]
    needs: tuple[Need, ...]
    load: tuple[DayLoad, ...]
    gaps: tuple[DayGap, ...]
    agents: dict[str, AgentWeek]

    @property
    def unwell(self) -> int:
        """The number of repositories that need attention."""
        return len({need.repo for need in self.needs})

    @property
    def need_counts(self) -> Counter[str]:
        """The number of needs with each state, in their order."""
        return Counter(need.state for need in self.needs)

    @property
    def busiest(self) -> tuple[datetime, int] | None:
        """The start of the fullest hour, and the number of its runs; None without runs."""
        most = max((runs for day in self.load for runs in day.hours), default=0)
        for day in self.load:
            if most and most in day.hours:
                return day.day + timedelta(hours=day.hours.index(most)), most
        return None

    @property
    def cost_usd(self) -> float | None:
        """The recorded cost of the last 7 days."""
        total = Recorded()
        for agent in self.agents.values():
            total.add(agent.recorded)
        return total.cost_usd


def fleet_report(
    resolution: Resolution, figures: Sequence[AgentFigures], period: Period, *, clock: str, options: str
) -> FleetReport:
    """Return the data of the page from the figures of all agents; `options` name the roster in commands."""
    starts: Counter[tuple[str, int]] = Counter()
    expected: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    agents: dict[str, AgentWeek] = defaultdict(AgentWeek)
    for one in figures:
        starts.update(one.starts)
        expected.update(one.expected)
        answered.update(one.answered)
        missed.update(one.missed)
        agents[one.agent].repos += 1
        agents[one.agent].recorded.add(one.recorded)
    load, gaps = [], []
    for number in range(-7, 7):
        day = period.midnight + number * _DAY
        name = f"{day:%Y-%m-%d}"
        if number >= 0:
            load.append(DayLoad(day=day, hours=tuple(starts[name, hour] for hour in range(24))))
        if number <= 0:
            gaps.append(DayGap(day=day, expected=expected[name], recorded=answered[name], missed=missed[name]))
    return FleetReport(
        source=resolution.source,
        period=period,
        clock=clock,
        counts=resolution.counts,
        outcomes=resolution.outcomes,
        figures=tuple(figures),
        needs=tuple(_needs(resolution, figures, options)),
        load=tuple(load),
        gaps=tuple(gaps),
        agents=dict(sorted(agents.items())),
    )


def _needs(resolution: Resolution, figures: Iterable[AgentFigures], options: str) -> Iterable[Need]:
    """Yield the broken entries, then the agents by severity."""
    for outcome in resolution.outcomes:
        if outcome.outcome in BROKEN_OUTCOMES:
            repo = f"'{outcome.repo}'" if outcome.repo.startswith("#") else outcome.repo
            command = f"kaizen-agentic roster explain {repo} {options}"
            yield Need(repo=outcome.repo, agent=None, state=outcome.outcome, why=outcome.detail, command=command)
    unwell = [one for one in figures if one.state in ATTENTION_STATES]
    for one in sorted(unwell, key=lambda one: _SEVERITY.index(one.state)):
        command = f"kaizen-agentic roster status {one.repo} {options}"
        yield Need(repo=one.repo, agent=one.agent, state=one.state, why=one.why, command=command)
