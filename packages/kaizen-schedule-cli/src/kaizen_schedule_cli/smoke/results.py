"""The results of a smoke test, and its report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from kaizen_activity_defs.model import Definition
from kaizen_activity_defs.smoke_report import DefinitionReport, RepoReport, RosterReport, SmokeReport, StepReport
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.fleet.resolution import Outcome
from kaizen_schedule_core.fleet.roster import Roster

STEPS = ("init", "validate", "list", "prepare", "resolve", "run", "dry-run")
SESSION = "session"
"""The optional last step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """The result of one repository: its steps, or the outcome for which it was skipped; its tasks per definition."""

    repo: str
    steps: tuple[StepReport, ...] = ()
    skipped: Outcome | None = None
    tasks: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> StepReport | None:
        """The first failed step, or None."""
        return next((step for step in self.steps if not step.passed), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Smoke:
    """The results of all repositories of a roster, in the order of the resolver."""

    roster: Roster
    finished_at: datetime
    trials: tuple[Trial, ...]
    definitions: Sequence[Definition]
    steps: tuple[str, ...] = STEPS

    @property
    def passed(self) -> bool:
        """Whether all steps of all repositories passed, and at least one repository was tested."""
        return any(map(attrgetter("steps"), self.trials)) and not any(map(attrgetter("failed"), self.trials))

    @property
    def tasks(self) -> Counter[str]:
        """The number of tasks per definition; a definition without tasks was not tested."""
        counted: Counter[str] = Counter()
        for trial in self.trials:
            counted.update(trial.tasks)
        return counted

    def report(self) -> SmokeReport:
        """Return the report that `definitions enable` requires."""
        passed, tasks = self.passed, self.tasks
        definitions = []
        for one in self.definitions:
            definitions.append(DefinitionReport(id=one.id, digest=one.digest, passed=passed and one.id in tasks))
        return SmokeReport(
            passed=passed,
            finished_at=utc_text(self.finished_at),
            roster=RosterReport(source=self.roster.source, digest=self.roster.digest, repos=len(self.roster.entries)),
            repos=[
                RepoReport(repo=trial.repo, steps=list(trial.steps), skipped=trial.skipped) for trial in self.trials
            ],
            definitions=definitions,
        )
