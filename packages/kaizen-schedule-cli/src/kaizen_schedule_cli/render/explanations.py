"""A code's explanation as text."""

import textwrap

from kaizen_schedule_core.codes import Code

_WIDTH = 78


def explanation_text(code: Code) -> str:
    """Return the explanation of a code and its example."""
    severity: str = code.severity
    if code.unavailable:
        severity += ", exit 4"
    head = f"{code.id}: {code.title} ({severity})"
    return "\n".join([head, "", textwrap.fill(code.explanation, _WIDTH), "", example_text(code)])


def example_text(code: Code) -> str:
    """Return the example of a problem and its fix."""
    wrong, right = textwrap.indent(code.wrong, "    "), textwrap.indent(code.right, "    ")
    return f"wrong:\n{wrong}\n\nright:\n{right}"
