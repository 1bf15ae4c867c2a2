"""The smoke test as a table that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kaizen_schedule_core import inert

from kaizen_schedule_cli.render.streams import plural
from kaizen_schedule_cli.render.tables import table

if TYPE_CHECKING:
    from kaizen_schedule_cli.smoke.pilot import Smoke


def smoke_text(smoke: Smoke) -> str:
    """One row for each repository, one column for each step, then what failed, then the verdict."""
    headings = ["repo", *(step.step for step in smoke.repos[0][1])]
    rows = []
    failures = []
    for repo, steps in smoke.repos:
        failed = next((step for step in steps if not step.passed), None)
        rows.append([repo, *("ok" if step.passed else "FAIL" if step is failed else "-" for step in steps)])
        if failed is not None:
            failures.append(f"{repo}: {failed.step}: {inert(failed.detail)}")
    count = sum(1 for _, steps in smoke.repos if all(step.passed for step in steps))
    verdict = f"{count} of {plural(len(smoke.repos), 'repository')} passed every step"
    return "\n".join([table(headings, rows), "", *failures, *([""] if failures else []), verdict])
