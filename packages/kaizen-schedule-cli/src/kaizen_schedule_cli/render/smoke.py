"""The smoke test as a table that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaizen_schedule_core.diagnostics import inert, quoted

from kaizen_schedule_cli.render.streams import plural
from kaizen_schedule_cli.render.tables import table
from kaizen_schedule_cli.smoke.steps import STEPS

if TYPE_CHECKING:
    from kaizen_activity_defs.model import Definition

    from kaizen_schedule_cli.smoke.pilot import Smoke


def smoke_text(smoke: Smoke) -> str:
    """One row for each repository, one column for each step, then what failed, then the verdict."""
    rows = []
    failures = []
    for repo, steps in smoke.repos:
        failed = next((step for step in steps if not step.passed), None)
        cells = ["ok" if step.passed else "FAIL" if step is failed else "-" for step in steps]
        rows.append([repo, *(cells or ["off"] * len(STEPS))])
        if failed is not None:
            failures.append(f"{repo}: {failed.step}: {inert(failed.detail)}")
    idle = [f"{one.id}: no task here: {_why_idle(one, smoke)}" for one in smoke.definitions if not smoke.tasks[one.id]]
    told = [*failures, *idle]
    tried = [steps for _, steps in smoke.repos if steps]
    passed = sum(all(step.passed for step in steps) for steps in tried)
    closed = len(smoke.repos) - len(tried)
    verdict = f"{passed} of {plural(len(tried), 'repository')} passed every step"
    verdict += f"; {closed} not opened: disabled in the roster" if closed else ""
    return "\n".join([table(("repo", *STEPS), rows), "", *told, *([""] if told else []), verdict])


def _why_idle(definition: Definition, smoke: Smoke) -> str:
    from kaizen_activity_defs.catalog import domains_asked

    asked = domains_asked(definition)
    if asked and not {entry.domain for entry in smoke.roster.entries} & {*asked}:
        return f"it asks for domain {quoted(asked[0])}"
    return "it selects none of the runs"
