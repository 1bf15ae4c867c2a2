"""The smoke test of a roster: every repository through every step, on copies."""

import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime

from kaizen_activity_defs.model import Definition
from kaizen_activity_defs.smoke_report import StepReport
from kaizen_schedule_core.bundle.prepare import Bundle
from kaizen_schedule_core.diagnostics import escape_control_chars
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.resolution import RepoOutcome
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster, RosterEntry

from kaizen_schedule_cli.smoke import steps
from kaizen_schedule_cli.smoke.copying import copy_repository
from kaizen_schedule_cli.smoke.results import STEPS, Smoke, Trial


def run_smoke(roster: Roster, definitions: Sequence[Definition], *, require: Sequence[str], host: str | None) -> Smoke:
    """Try every repository of a roster on copies; `require` names agents that each must have enabled.

    A repository that cannot be tried fails in its first step; it never stops the others.
    """
    now = datetime.now(UTC)
    resolution = resolve_roster(now=now, roster=roster, host=host)
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="kaizen-smoke-") as folder:
        for number, outcome in enumerate(resolution.outcomes):
            place = os.path.join(folder, str(number))
            trials.append(try_repository(outcome, place, definitions, require=require, now=now))
    return Smoke(roster=roster, finished_at=datetime.now(UTC), trials=tuple(trials), definitions=definitions)


def try_repository(
    outcome: RepoOutcome, folder: str, definitions: Sequence[Definition], *, require: Sequence[str], now: datetime
) -> Trial:
    """Try one repository on a copy in the folder. All arguments, and the result, can be pickled."""
    root = outcome.root
    if outcome.outcome == "hub-disabled":
        return Trial(repo=outcome.repo)
    if root is None or outcome.outcome == "path-missing":
        return _stopped(outcome.repo, [], f"{outcome.outcome}: {outcome.detail}")
    # The whole path is kept below the folder, so that what is odd in it is odd in the copy's too.
    copy = folder + root
    try:
        copy_repository(root, copy)
    except OSError as error:
        return _stopped(
            outcome.repo, [], f"cannot be copied: {error.strerror}: {escape_control_chars(str(error.filename))}"
        )
    return _try_copy(outcome, copy, definitions, require, now)


def _try_copy(
    outcome: RepoOutcome, root: str, definitions: Sequence[Definition], require: Sequence[str], now: datetime
) -> Trial:
    """Take the copy at `root` through the steps, in their order; each gets what the ones before it returned."""
    repo = outcome.repo
    entry = RosterEntry(repo=repo, slug=repo, domain=outcome.domain, local_path=root)
    roster = Roster(source="smoke", entries=(entry,))
    done: list[StepReport] = []
    try:
        done.append(_passed("init", steps.init(root)))
        manifest = steps.validate(root, now)
        done.append(_passed("validate", f"{len(manifest.agents)} agents declared"))
        agents = steps.list_agents(manifest, require)
        done.append(_passed("list", f"enabled: {', '.join(agents)}"))
        bundles = steps.prepare(root, agents)
        done.append(_passed("prepare", ", ".join(map(_size, bundles))))
        runs = steps.resolve(roster, agents, now)
        done.append(_passed("resolve", f"{len(runs)} runs"))
        steps.run_commands(runs, bundles)
        done.append(_passed("run", f"{len(runs)} commands run in a shell"))
        last, tasks = steps.dry_run(roster, runs, definitions, now)
    except (KaizenError, steps.StepFailed) as error:
        # The detail names the repository, not its copy.
        return _stopped(repo, done, steps.describe(error).replace(root, str(outcome.root)))
    return Trial(repo=repo, steps=(*done, last), tasks=tasks)


def _passed(step: str, detail: str) -> StepReport:
    return StepReport(step=step, passed=True, detail=detail)


def _size(bundle: Bundle) -> str:
    return f"{bundle.agent} {len(bundle.markdown.encode())} bytes"


def _stopped(repo: str, done: Sequence[StepReport], detail: str) -> Trial:
    failed, *rest = STEPS[len(done) :]
    unreached = (StepReport(step=step, passed=False, detail="not reached") for step in rest)
    return Trial(repo=repo, steps=(*done, StepReport(step=failed, passed=False, detail=detail), *unreached))
