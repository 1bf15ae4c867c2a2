"""Action fields: a field that is wholly a path keeps its type; `{context.x}` inside text is replaced."""

import re
from collections.abc import Mapping
from typing import Any

from kaizen_schedule_core.diagnostics import quoted

from kaizen_activity_defs.conditions import EvaluationError, look_up

_PATH = r"context(?:\.[A-Za-z_][A-Za-z0-9_]*)+"
_WHOLE = re.compile(_PATH)
_PLACEHOLDER = re.compile(r"\{[ ]*(" + _PATH + r")[ ]*\}")
_ANY_BRACES = re.compile(r"\{[^{}\n]{0,200}\}")
_FILLED = "\0"  # in no file
_HALF = re.compile(rf"\{{\s*context\b.{{0,30}}|\{{{_FILLED}|{_FILLED}\}}")


def fill(template: str, context: Mapping[str, Any]) -> Any:
    """The value of an action field. Raises EvaluationError for an unknown path or one that holds no scalar."""
    if _WHOLE.fullmatch(template):
        return look_up(tuple(template.split(".")), context)
    stray = next((text for text in _ANY_BRACES.findall(template) if not _PLACEHOLDER.fullmatch(text)), None)
    if stray is not None:
        raise EvaluationError(f"{stray} is no placeholder: write {{context.name}}")
    half = _HALF.search(_PLACEHOLDER.sub(_FILLED, template))
    if half is not None:  # never closed, or doubled as other templates have it: it would be told as text
        shown = quoted(half[0].replace(_FILLED, "{context.…}"))
        raise EvaluationError(f"{shown} is no placeholder: write {{context.name}} with one brace on each side")
    return _PLACEHOLDER.sub(lambda match: _scalar(match[1], context), template)


def _scalar(path: str, context: Mapping[str, Any]) -> str:
    value = look_up(tuple(path.split(".")), context)
    if not isinstance(value, str | int | float | bool):
        raise EvaluationError(f"{path} holds no scalar")
    return str(value)
