"""A code's explanation as text."""

from __future__ import annotations

import textwrap

from kaizen_schedule_core.codes import Code

_WIDTH = 78


def explanation_text(code: Code) -> str:
    """What the code means, and the smallest wrong and right example."""
    severity = f"{code.severity}, exit 4" if code.unavailable else code.severity
    head = f"{code.id}: {code.title} ({severity})"
    return "\n".join([head, "", textwrap.fill(code.explanation, _WIDTH), "", example_text(code)])


def example_text(code: Code) -> str:
    """The smallest texts that show a problem and its mend."""
    indented = [textwrap.indent(text, "    ") for text in (code.wrong, code.right)]
    return f"wrong:\n{indented[0]}\n\nright:\n{indented[1]}"
