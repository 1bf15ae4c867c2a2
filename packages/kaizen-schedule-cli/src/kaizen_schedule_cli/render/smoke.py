"""The results of a smoke test as text."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from kaizen_activity_defs.catalog import selected_domains, selection_text
from kaizen_activity_defs.model import Definition
from kaizen_schedule_core.diagnostics import escape_control_chars, plural, quoted

from kaizen_schedule_cli.render.tables import row_writer
from kaizen_schedule_cli.smoke.results import Smoke, Trial


def row_texts(repos: Sequence[str], steps: tuple[str, ...]) -> tuple[str, Callable[[Trial], str]]:
    """Return the headings, and a function that returns the row of a repository."""
    headings = ("repo", *steps)
    text = row_writer(headings, [[repo, *["ok"] * len(steps)] for repo in repos])
    return text([heading.upper() for heading in headings]), lambda trial: text(_row(trial, steps))


def result_text(smoke: Smoke) -> str:
    """Return the failures, the skipped repositories and the result."""
    return "\n\n".join(filter(None, ("\n".join(_problems(smoke)), _verdict(smoke))))


def _problems(smoke: Smoke) -> Iterator[str]:
    for trial in smoke.trials:
        if trial.failed:
            yield f"{trial.repo}: {trial.failed.step}: {escape_control_chars(trial.failed.detail)}"
    tasks = smoke.tasks
    for definition in smoke.definitions:
        if definition.id not in tasks:
            yield f"{definition.id}: no task: {_why_no_task(definition, smoke)}"


def _row(trial: Trial, steps: tuple[str, ...]) -> list[str]:
    if trial.skipped is not None:
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
    tried = [trial for trial in smoke.trials if trial.skipped is None]
    passed = sum(trial.failed is None for trial in tried)
    text = "no repository was tested"
    if tried:
        text = f"{passed} of {plural(len(tried), 'repository')} passed every step"
    skipped = Counter(trial.skipped for trial in smoke.trials if trial.skipped is not None)
    if skipped:
        reasons = ", ".join(f"{number} {outcome}" for outcome, number in sorted(skipped.items()))
        text += f"; {skipped.total()} skipped: {reasons}"
    return text
