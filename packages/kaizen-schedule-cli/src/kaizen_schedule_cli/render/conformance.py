"""The result of the conformance kit as a table."""

import textwrap
from collections.abc import Sequence

from kaizen_schedule_core.conformance import Case
from kaizen_schedule_core.diagnostics import escape_control_chars, plural

from kaizen_schedule_cli.answers.conformance import ConformanceAnswer
from kaizen_schedule_cli.render.tables import table
from kaizen_schedule_cli.render.width import TERMINAL


def conformance_text(cases: Sequence[Case], answer: ConformanceAnswer) -> str:
    """Return one row per case, the reasons of failures, and the count."""
    rows: list[tuple[str, str, str]] = []
    reasons: list[str] = []
    passed = 0
    for case, result in zip(cases, answer.cases, strict=True):
        if result.passed:
            passed += 1
            rows.append((result.case, "passed", case.title))
            continue
        rows.append((result.case, "FAILED", case.title))
        reasons += _wrapped(f"{case}: {case.proves}", "")
        for failure in result.failures:
            reasons += _wrapped(failure, "  ")
        reasons.append("")
    lines = [table(("case", "result", "what"), rows), "", *reasons]
    return "\n".join([*lines, f"{passed} of {plural(len(rows), 'case')} passed"])


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        escape_control_chars(text),
        TERMINAL,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
