"""The results of a smoke test as text."""

from collections.abc import Iterator

from kaizen_activity_defs.catalog import selected_domains, selection_text
from kaizen_activity_defs.model import Definition
from kaizen_schedule_core.diagnostics import escape_control_chars, plural, quoted

from kaizen_schedule_cli.render.tables import table
from kaizen_schedule_cli.smoke.results import Smoke, Trial


def smoke_text(smoke: Smoke) -> str:
    """Return one row per repository with a column per step, the failures, and the result."""
    rows = [_row(trial, smoke.steps) for trial in smoke.trials]
    parts = [table(("repo", *smoke.steps), rows), "\n".join(_problems(smoke)), _verdict(smoke)]
    return "\n\n".join(filter(None, parts))


def _problems(smoke: Smoke) -> Iterator[str]:
    for trial in smoke.trials:
        if trial.failed:
            yield f"{trial.repo}: {trial.failed.step}: {escape_control_chars(trial.failed.detail)}"
    tasks = smoke.tasks
    for definition in smoke.definitions:
        if definition.id not in tasks:
            yield f"{definition.id}: no task: {_why_no_task(definition, smoke)}"


def _row(trial: Trial, steps: tuple[str, ...]) -> list[str]:
    if not trial.steps:
        return [trial.repo, *["off"] * len(steps)]
    if trial.failed is None:
        return [trial.repo, *["ok"] * len(steps)]
    passed = steps.index(trial.failed.step)
    return [trial.repo, *["ok"] * passed, "FAIL", *["-"] * (len(steps) - passed - 1)]


def _why_no_task(definition: Definition, smoke: Smoke) -> str:
    wanted = selected_domains(definition)
    if wanted and {entry.domain for entry in smoke.roster.entries}.isdisjoint(wanted):
        return f"no repository has the domain {quoted(wanted[0])}"
    return f"no run has {selection_text(definition)}"


def _verdict(smoke: Smoke) -> str:
    tried = [trial for trial in smoke.trials if trial.steps]
    passed = sum(trial.failed is None for trial in tried)
    text = f"{passed} of {plural(len(tried), 'repository')} passed every step"
    disabled = len(smoke.trials) - len(tried)
    return f"{text}; {disabled} skipped (disabled or duplicate in the roster)" if disabled else text
