"""What the conformance kit found, as a table that a person reads."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from kaizen_schedule_core import conformance
from kaizen_schedule_core.diagnostics import inert

from kaizen_schedule_cli.render.streams import plural
from kaizen_schedule_cli.render.tables import table
from kaizen_schedule_cli.render.width import TERMINAL


def conformance_text(done: Sequence[tuple[conformance.Case, Sequence[str]]]) -> str:
    """One row for each case, then why the failed ones failed, then the count."""
    rows = [(str(case), "FAILED" if failures else "passed", case.title) for case, failures in done]
    failed = [(case, failures) for case, failures in done if failures]
    lines = [table(("case", "result", "what"), rows), ""]
    for case, failures in failed:
        lines += _wrapped(f"{case}: {case.proves}", "")
        lines += [line for failure in failures for line in _wrapped(failure, "  ")]
        lines.append("")
    lines.append(f"{len(done) - len(failed)} of {plural(len(done), 'case')} passed")
    return "\n".join(lines)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        inert(text),
        TERMINAL,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
