"""Selection of runs by domain, cadence, agent and window (contract section 7)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kaizen_schedule_core.clock.fires import last_fire
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.diagnostics import escape_control_chars
from kaizen_schedule_core.fleet.resolution import RepoOutcome, Resolution, ScheduledRun


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """The filters of a resolution; None selects everything. `window` ends at `now`, inclusive."""

    domain: str | None
    cadence: str | None
    agent: str | None
    window: timedelta | None
    now: datetime

    def excludes(self, domain: str | None) -> bool:
        """Check whether entries of this domain are filtered."""
        return self.domain is not None and domain != self.domain

    def excluded(self, repo: str, domain: str | None) -> RepoOutcome:
        """Return the outcome of an entry whose domain is filtered."""
        detail = f"its domain is {escape_control_chars(domain or 'not set')}, not {self.domain}"
        return RepoOutcome(repo=repo, domain=domain, outcome="filtered", detail=detail, root=None)

    def of(self, outcome: RepoOutcome) -> RepoOutcome:
        """Return the outcome of a repository with the selected runs only."""
        if self.cadence is None and self.agent is None and self.window is None:
            return outcome
        runs = tuple(filter(self._selects, outcome.runs))
        paused = tuple(filter(self._selects, outcome.paused))
        if runs:
            return replace(outcome, runs=runs, paused=paused, detail=", ".join(run.agent for run in runs))
        if outcome.runs:
            detail = "no enabled agent matches the filters by cadence, agent and window"
            return replace(outcome, runs=runs, paused=paused, outcome="filtered", detail=detail)
        return replace(outcome, paused=paused)

    def _selects(self, run: ScheduledRun) -> bool:
        if self.cadence is not None and run.cadence != self.cadence:
            return False
        if self.agent is not None and run.agent != self.agent:
            return False
        if self.window is None:
            return True
        # Independent of the window's start, which can be in a fold (ADR-008).
        fire = last_fire(run.cron, load_zone(run.timezone), self.now)
        return fire is not None and fire > self.now - self.window


def select_runs(resolution: Resolution, selection: Selection) -> Resolution:
    """Return a resolution without filters as the same filters would have resolved it."""
    outcomes: list[RepoOutcome] = []
    for outcome in resolution.outcomes:
        if selection.excludes(outcome.domain) and outcome.outcome not in {"invalid-entry", "duplicate-slug"}:
            outcomes.append(selection.excluded(outcome.repo, outcome.domain))
        else:
            outcomes.append(selection.of(outcome))
    return replace(resolution, outcomes=tuple(outcomes))
