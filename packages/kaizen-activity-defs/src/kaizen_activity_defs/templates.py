"""Values of action fields: a path keeps its type; placeholders `{context.x}` in a text are replaced."""

import re
from collections.abc import Mapping
from typing import Any

from kaizen_schedule_core.diagnostics import quoted

from kaizen_activity_defs.conditions import EvaluationError, look_up

_PATH = r"context(?:\.[A-Za-z_][A-Za-z0-9_]*)+"
_WHOLE = re.compile(_PATH)
_PLACEHOLDER = re.compile(r"\{[ ]*(" + _PATH + r")[ ]*\}")
_ANY_BRACES = re.compile(r"\{[^{}\n]{0,200}\}")
_FILLED = "\0"  # cannot occur in a file
_HALF = re.compile(rf"\{{\s*context\b.{{0,30}}|\{{{_FILLED}|{_FILLED}\}}")


def fill(template: str, context: Mapping[str, Any]) -> Any:
    """Return the value of an action field. Raises EvaluationError for an unknown path or a non-scalar value."""
    if _WHOLE.fullmatch(template):
        return look_up(tuple(template.split(".")), context)
    stray = next((text for text in _ANY_BRACES.findall(template) if not _PLACEHOLDER.fullmatch(text)), None)
    if stray is not None:
        raise EvaluationError(f"invalid placeholder {stray}: write {{context.name}}")
    half = _HALF.search(_PLACEHOLDER.sub(_FILLED, template))
    if half is not None:  # not closed, or with double braces as in other template languages
        shown = quoted(half[0].replace(_FILLED, "{context.…}"))
        raise EvaluationError(f"invalid placeholder {shown}: write {{context.name}} with single braces")
    return _PLACEHOLDER.sub(lambda match: _scalar(match[1], context), template)


def _scalar(path: str, context: Mapping[str, Any]) -> str:
    value = look_up(tuple(path.split(".")), context)
    if not isinstance(value, str | int | float | bool):
        raise EvaluationError(f"{path} is not a scalar")
    return str(value)
