"""The smoke test of a roster: all steps for every repository."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from kaizen_activity_defs.model import Definition
from kaizen_activity_defs.smoke_report import StepReport
from kaizen_schedule_core.bundle.prepare import Bundle
from kaizen_schedule_core.diagnostics import escape_control_chars, plural
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.fleet.resolution import Outcome, RepoOutcome
from kaizen_schedule_core.fleet.resolver import resolve_roster
from kaizen_schedule_core.fleet.roster import Roster, RosterEntry

from kaizen_schedule_cli.processes import map_in_processes
from kaizen_schedule_cli.smoke import steps
from kaizen_schedule_cli.smoke.copying import copy_repository
from kaizen_schedule_cli.smoke.results import SESSION, STEPS, Smoke, Trial

_SKIPPED: frozenset[Outcome] = frozenset({"hub-disabled", "duplicate-root", "all-disabled"})


def run_smoke(
    roster: Roster,
    definitions: Sequence[Definition],
    *,
    require: Sequence[str],
    host: str | None,
    session: bool = False,
    jobs: int = 1,
    on_start: Callable[[Sequence[RepoOutcome], tuple[str, ...]], None] = lambda *_: None,
    on_trial: Callable[[Trial], None] = lambda _: None,
) -> Smoke:
    """Test every repository of a roster on a copy; each must have the agents `require` enabled.

    A repository that cannot be tested fails in its first step; the others are tested anyway. Repositories that are
    disabled, duplicate or on another host are skipped. With `session`, an agent of each repository is also run.
    `jobs` repositories are tested at the same time; `on_trial` gets each result in the order of the roster.
    """
    names: tuple[str, ...] = STEPS
    if session:
        names = (*STEPS, SESSION)
    now = datetime.now(UTC)
    resolution = resolve_roster(now=now, roster=roster, host=host)
    on_start(resolution.outcomes, names)
    trials: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="kaizen-smoke-") as folder:
        task = partial(_try, resolution.elsewhere, folder, definitions, require, now, names)
        for trial in map_in_processes(task, list(enumerate(resolution.outcomes)), jobs=jobs, chunk=1):
            on_trial(trial)
            trials.append(trial)
    finished_at = datetime.now(UTC)
    return Smoke(roster=roster, finished_at=finished_at, trials=tuple(trials), definitions=definitions, steps=names)


def _try(
    elsewhere: frozenset[str],
    folder: str,
    definitions: Sequence[Definition],
    require: Sequence[str],
    now: datetime,
    names: tuple[str, ...],
    numbered: tuple[int, RepoOutcome],
) -> Trial:
    number, outcome = numbered
    if outcome.outcome in _SKIPPED or outcome.repo in elsewhere:
        return Trial(repo=outcome.repo, skipped=outcome.outcome)
    place = os.path.join(folder, str(number))
    try:
        return try_repository(outcome, place, definitions, require=require, now=now, names=names)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def try_repository(
    outcome: RepoOutcome,
    folder: str,
    definitions: Sequence[Definition],
    *,
    require: Sequence[str],
    now: datetime,
    names: tuple[str, ...] = STEPS,
) -> Trial:
    """Test one repository on a copy in the directory."""
    root = outcome.root
    if root is None or outcome.outcome == "path-missing":
        return _stopped(outcome.repo, names, [], f"{outcome.outcome}: {outcome.detail}")
    # The copy keeps the whole path, so that special characters in it are tested.
    copy = folder + root
    try:
        copy_repository(root, copy)
    except OSError as error:
        problem = f"cannot be copied: {error.strerror}: {escape_control_chars(str(error.filename))}"
        return _stopped(outcome.repo, names, [], problem)
    return _try_copy(outcome, copy, definitions, require, now, names)


def _try_copy(
    outcome: RepoOutcome,
    root: str,
    definitions: Sequence[Definition],
    require: Sequence[str],
    now: datetime,
    names: tuple[str, ...],
) -> Trial:
    """Run the steps on the copy at `root`, in order."""
    repo = outcome.repo
    entry = RosterEntry(repo=repo, slug=repo, domain=outcome.domain, local_path=root)
    roster = Roster(source="smoke", entries=(entry,))
    done: list[StepReport] = []
    try:
        done.append(_passed("init", steps.init(root)))
        manifest = steps.validate(root, now)
        done.append(_passed("validate", f"{plural(len(manifest.agents), 'agent')} declared"))
        agents = steps.list_agents(manifest, require)
        done.append(_passed("list", f"enabled: {', '.join(agents)}"))
        bundles = steps.prepare(root, agents, now)
        done.append(_passed("prepare", ", ".join(map(_size, bundles))))
        runs = steps.resolve(roster, agents, now)
        done.append(_passed("resolve", plural(len(runs), "run")))
        steps.run_commands(runs, bundles)
        done.append(_passed("run", f"{plural(len(runs), 'command')} run in a shell"))
        previewed, tasks = steps.dry_run(roster, runs, definitions, now)
        done.append(previewed)
        if SESSION in names and previewed.passed:
            done.append(_passed(SESSION, steps.session(bundles[0])))
    except (KaizenError, steps.StepFailed) as error:
        # The detail shows the path of the repository, not of its copy.
        return _stopped(repo, names, done, steps.describe(error).replace(root, str(outcome.root)))
    return Trial(repo=repo, steps=(*done, *_unreached(names[len(done) :])), tasks=tasks)


def _passed(step: str, detail: str) -> StepReport:
    return StepReport(step=step, passed=True, detail=detail)


def _size(bundle: Bundle) -> str:
    return f"{bundle.agent} {len(bundle.markdown.encode())} bytes"


def _stopped(repo: str, names: tuple[str, ...], done: Sequence[StepReport], detail: str) -> Trial:
    failed, *rest = names[len(done) :]
    return Trial(repo=repo, steps=(*done, StepReport(step=failed, passed=False, detail=detail), *_unreached(rest)))


def _unreached(names: Sequence[str]) -> list[StepReport]:
    return [StepReport(step=name, passed=False, detail="not reached") for name in names]
