"""Diagnostics for YAML syntax errors.

Of the parser's error only the position is used. The text around it is searched for common mistakes.
"""

import re
from itertools import islice
from typing import Any

from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.source.document import PROBLEM_LIMIT
from kaizen_schedule_core.source.text import diagnose_at
from kaizen_schedule_core.source.yaml.context import ErrorContext, Finding
from kaizen_schedule_core.source.yaml.mistakes import DETECTORS, RESERVED, unquoted_value
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys


def explain_syntax_error(text: str, file: str, error: Any, keys: QuotedKeys | None) -> Diagnostic:
    """Return the diagnostic for a syntax error."""
    stopped = _index(getattr(error, "problem_mark", None), text)
    began = _index(getattr(error, "context_mark", None), text, default=stopped)
    context = ErrorContext(text, stopped, began, keys)
    found = next(filter(None, (detect(context) for detect in DETECTORS)))
    end = min(found.at + found.width, len(text))
    return diagnose_at(found.code, found.message, text, found.at, end, file=file, hint=found.hint)


def mask_unquoted(text: str, keys: QuotedKeys) -> tuple[str, dict[int, Finding]]:
    """Replace reserved characters at the start of unquoted values; return the text and the findings.

    Positions do not change.
    """
    reserved = rf"""[*{RESERVED}]|[?&-][ \t](?!["'])|[|>][ \t]+[^#\s]"""
    value = rf"""(?<![A-Za-z0-9_-])(?:{"|".join(keys.keys)})["']?[ \t]*:[ \t]+(?={reserved})"""
    findings = {}
    masked = list(text)
    for match in islice(re.finditer(value, text), PROBLEM_LIMIT):
        findings[match.end()] = unquoted_value(text, match.end(), keys)
        masked[match.end()] = "x"
    return "".join(masked), findings


def _index(mark: Any, text: str, default: int = 0) -> int:
    index = mark.index if mark is not None else default
    return min(index, len(text))
