"""The results of a smoke test, and the report of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kaizen_activity_defs.model import Definition
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.fleet.roster import Roster
from pydantic_core import to_json

STEPS = ("init", "validate", "list", "prepare", "resolve", "run", "dry-run")
REPORT_VERSION = "1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """The result of one step, as it is in the report; a step that was not reached has not passed."""

    step: str
    passed: bool = True
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One repository: its steps, none if the roster disables it, and how many tasks each definition would create."""

    repo: str
    steps: tuple[Step, ...] = ()
    tasks: Mapping[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> Step | None:
        """The first step that did not pass."""
        return next((step for step in self.steps if not step.passed), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Smoke:
    """The trials of all repositories of a roster, in the order of the resolver."""

    roster: Roster
    finished_at: datetime
    trials: tuple[Trial, ...]
    definitions: Sequence[Definition]

    @property
    def passed(self) -> bool:
        """Whether every step of every repository passed, and at least one repository was tried."""
        return any(trial.steps for trial in self.trials) and not any(trial.failed for trial in self.trials)

    @property
    def tasks(self) -> Counter[str]:
        """The tasks of all repositories by definition: one that would create none was not tried."""
        counted: Counter[str] = Counter()
        for trial in self.trials:
            counted.update(trial.tasks)
        return counted

    def report_bytes(self) -> bytes:
        """Return the report that `definitions enable` requires, as JSON."""
        return to_json(_report(self), indent=2) + b"\n"


def _report(smoke: Smoke) -> dict[str, object]:
    passed, tasks, roster = smoke.passed, smoke.tasks, smoke.roster
    return {
        "version": REPORT_VERSION,
        "passed": passed,
        "finished_at": utc_text(smoke.finished_at),
        "roster": {"source": roster.source, "digest": roster.digest, "repos": len(roster.entries)},
        "repos": [{"repo": trial.repo, "steps": trial.steps} for trial in smoke.trials],
        "definitions": [
            {"id": one.id, "digest": one.digest, "passed": passed and one.id in tasks} for one in smoke.definitions
        ],
    }
