"""What a YAML syntax error means to the person who wrote the file.

The parser gives a place and an English sentence; the place is used, the sentence is not: the text around it is looked
at for the mistakes that people make, one small function for each, in the order of a tuple.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice
from typing import Any

from kaizen_schedule_core.diagnostics import Diagnostic, diagnose
from kaizen_schedule_core.source.document import PROBLEM_LIMIT
from kaizen_schedule_core.source.text import line_at, span_at
from kaizen_schedule_core.source.yaml.context import Finding, Scene
from kaizen_schedule_core.source.yaml.mistakes import DETECTORS, RESERVED, cron_without_quotes


def explain_syntax_error(text: str, file: str, error: Any, cron_keys: Collection[str]) -> Diagnostic:
    """The diagnostic for a text the parser stopped at: where, what is wrong, what to write."""
    stopped = _index(getattr(error, "problem_mark", None), text)
    began = _index(getattr(error, "context_mark", None), text, default=stopped)
    scene = Scene(text, stopped, began, cron_keys)
    found = next(finding for detect in DETECTORS if (finding := detect(scene)))
    span = span_at(text, found.at, min(found.at + found.width, len(text)))
    return diagnose(found.code, found.message, file=file, span=span, hint=found.hint, excerpt=line_at(text, found.at))


def made_readable(text: str, cron_keys: Collection[str]) -> tuple[str, dict[int, Finding]]:
    """The text with another sign where a cron without quotes begins with one of YAML's own, and what to say there.

    It is for finding what else is wrong in a file whose parser stopped at such a cron; all places stay the same.
    """
    own = rf"""[*{RESERVED}]|[?&-][ \t](?!["'])|[|>][ \t]+[^#\s]"""
    sign = rf"""(?<![A-Za-z0-9_-])(?:{"|".join(cron_keys)})["']?[ \t]*:[ \t]+(?={own})"""
    found = islice(re.finditer(sign, text), PROBLEM_LIMIT)
    findings = {match.end(): cron_without_quotes(text, match.end()) for match in found}
    signs = list(text)
    for at in findings:
        signs[at] = "x"
    return "".join(signs), findings


def _index(mark: Any, text: str, default: int = 0) -> int:
    return min(mark.index, len(text)) if mark is not None else default
