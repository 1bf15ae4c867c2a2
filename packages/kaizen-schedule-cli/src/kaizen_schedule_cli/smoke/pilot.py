"""The smoke test of a roster: every repository through every step, on copies, and the report of it."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from kaizen_activity_defs.model import Definition
from kaizen_schedule_core.clock.times import utc_text
from kaizen_schedule_core.diagnostics import inert
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.resolution import RepoOutcome
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster

from kaizen_schedule_cli.smoke import steps
from kaizen_schedule_cli.smoke.copying import copy_repository

REPORT_VERSION = "1"

_PIPELINE: tuple[tuple[str, Callable[[steps.Trial], str]], ...] = tuple(
    zip(
        steps.STEPS,
        (
            steps.init,
            steps.validate,
            steps.list_agents,
            steps.prepare,
            steps.resolve,
            steps.run_commands,
            steps.dry_run,
        ),
        strict=True,
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Smoke:
    """What a smoke test found: for every repository its steps, none for one that the roster keeps closed.

    `tasks` counts what each definition would have created: one that created nothing was not tried.
    """

    roster: Roster
    finished_at: datetime
    repos: tuple[tuple[str, tuple[steps.Step, ...]], ...]
    tasks: Mapping[str, int]
    definitions: Sequence[Definition]

    @property
    def passed(self) -> bool:
        """Whether every step of every repository passed, and there was one to try."""
        found = [step.passed for _, done in self.repos for step in done]
        return bool(found) and all(found)

    def report_bytes(self) -> bytes:
        """The report that `definitions enable` asks for, as JSON."""
        held = all(step.passed for _, done in self.repos for step in done if step.step == "dry-run")
        report = {
            "version": REPORT_VERSION,
            "passed": self.passed,
            "finished_at": utc_text(self.finished_at),
            "roster": {
                "source": self.roster.source,
                "digest": self.roster.digest,
                "repos": len(self.roster.entries),
            },
            "repos": [{"repo": repo, "steps": [asdict(step) for step in done]} for repo, done in self.repos],
            "definitions": [
                {"id": one.id, "digest": one.digest, "passed": held and self.tasks[one.id] > 0}
                for one in self.definitions
            ],
        }
        return (json.dumps(report, indent=2, ensure_ascii=False) + "\n").encode()


def run_smoke(roster: Roster, definitions: Sequence[Definition], *, require: Sequence[str], host: str | None) -> Smoke:
    """Try every repository of a roster on copies; `require` names agents that each must have enabled.

    A repository that cannot be tried fails in its first step; it never stops the others.
    """
    now = datetime.now(UTC)
    found = resolve_roster(now=now, roster=roster, host=host)
    entries = {entry.repo: entry for entry in sorted(roster.entries, key=lambda entry: entry.problem is None)}
    tasks: Counter[str] = Counter()
    trial = steps.Trial(
        entry=roster.entries[0], root="", now=now, require=require, tasks=tasks, definitions=definitions
    )
    with tempfile.TemporaryDirectory(prefix="kaizen-smoke-") as folder:
        repos = tuple(
            (outcome.repo, _try(outcome, folder, number, replace(trial, entry=entries[outcome.repo])))
            for number, outcome in enumerate(found.outcomes)
        )
    return Smoke(roster=roster, finished_at=datetime.now(UTC), repos=repos, tasks=tasks, definitions=definitions)


_CANNOT_BE_TRIED = {"invalid-entry", "duplicate-slug", "no-path-for-host", "path-missing"}


def _try(outcome: RepoOutcome, folder: str, number: int, begun: steps.Trial) -> tuple[steps.Step, ...]:
    if outcome.outcome == "hub-disabled":
        return ()
    if outcome.outcome in _CANNOT_BE_TRIED or outcome.root is None:
        return _stopped_at([], f"{outcome.outcome}: {outcome.detail}")
    # The whole path is kept below the folder, so that what is odd in it is odd in the copy's too.
    root = os.path.join(folder, str(number)) + outcome.root
    try:
        copy_repository(outcome.root, root)
    except OSError as error:
        return _stopped_at([], f"cannot be copied: {error.strerror}: {inert(str(error.filename))}")
    trial = replace(begun, entry=replace(begun.entry, host_paths=(), local_path=root), root=root, bundles={})
    done: list[steps.Step] = []
    for name, step in _PIPELINE:
        try:
            done.append(steps.Step(step=name, passed=True, detail=step(trial)))
        except KaizenError as error:
            first = error.diagnostics[0]
            where = f" (line {first.line})" if first.line else ""
            return _stopped_at(done, f"{first.code}: {first.message}{where}".replace(root, outcome.root))
        except steps.StepFailed as error:
            return _stopped_at(done, str(error).replace(root, outcome.root))
    return tuple(done)


def _stopped_at(done: list[steps.Step], detail: str) -> tuple[steps.Step, ...]:
    """The steps done, the one that failed, and those that were not reached."""
    failed = steps.Step(step=steps.STEPS[len(done)], passed=False, detail=detail)
    rest = [steps.Step(step=name, passed=False, detail="not reached") for name in steps.STEPS[len(done) + 1 :]]
    return (*done, failed, *rest)
