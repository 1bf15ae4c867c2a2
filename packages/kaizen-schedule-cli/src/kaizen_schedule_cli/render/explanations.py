"""A code's explanation as text."""

from __future__ import annotations

import textwrap

from kaizen_schedule_core import Code

_WIDTH = 78


def explanation_text(code: Code) -> str:
    """What the code means, and the smallest wrong and right example."""
    severity = f"{code.severity}, exit 4" if code.unavailable else code.severity
    return "\n".join(
        [
            f"{code.id}: {code.title} ({severity})",
            "",
            textwrap.fill(code.explanation, _WIDTH),
            "",
            "wrong:",
            textwrap.indent(code.wrong, "    "),
            "",
            "right:",
            textwrap.indent(code.right, "    "),
        ]
    )
