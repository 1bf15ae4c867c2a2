"""What a YAML syntax error means to the person who wrote the file.

The parser gives a place and an English sentence; the place is used, the sentence is not: the text itself is looked
at for the mistakes that people make.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose
from kaizen_schedule_core.source.reading import line_at, span_at

_ENTRY = re.compile(r"""[ \t]*(?:-[ \t]+)*(?:[^\s#"'{\[][^:\n]*:[ \t]+)?""")
_KEY_BEFORE = re.compile(r"""([A-Za-z_]+)["']?[ \t]*:[ \t]*$""")
_OPENERS = {'"': "quote", "'": "quote", "[": "bracket", "{": "brace"}
_RESERVED = "@`%"


def explain_syntax_error(text: str, file: str, error: Any, cron_keys: Collection[str]) -> Diagnostic:
    """The diagnostic for a text the parser stopped at: where, what is wrong, what to write."""
    problem = _index(getattr(error, "problem_mark", None), text)
    context = _index(getattr(error, "context_mark", None), text, default=problem)
    at, code, message, hint, width = _read(text, problem, context, cron_keys)
    return diagnose(
        code,
        message,
        file=file,
        span=span_at(text, at, min(at + width, len(text))),
        hint=hint,
        excerpt=line_at(text, at),
    )


def _index(mark: Any, text: str, default: int = 0) -> int:
    return min(mark.index, len(text)) if mark is not None else default


def _read(text: str, problem: int, context: int, cron_keys: Collection[str]) -> tuple[int, Code, str, str, int]:
    """(index, code, message, hint, width) by what stands at the two places the parser names."""
    for at in (context, problem):
        char = text[at : at + 1]
        before = _KEY_BEFORE.search(text, _line_start(text, at), at)
        is_cron = before is not None and before[1] in cron_keys
        if char == "*" or (is_cron and char in set(_RESERVED)):
            width = len(_rest_of_value(text, at))
            if is_cron:
                why = "YAML reads * as an alias" if char == "*" else f"YAML reserves {char}"
                return (
                    at,
                    reading.UNQUOTED_CRON,
                    f"cron without quotes: {why}",
                    "put it in double quotes",
                    width,
                )
            return (
                at,
                reading.SYNTAX,
                "a value that begins with * must be quoted",
                "put it in double quotes",
                width,
            )
    char = text[problem : problem + 1]
    tab = _tab_in_indent(text, problem)
    if tab is not None:
        return tab, reading.TAB, "tab used for indentation", "use spaces", 1
    if char and char in _RESERVED:
        return problem, reading.SYNTAX, f"a value cannot begin with {char}", "put it in double quotes", 1
    opener = text[context : context + 1]
    if opener in _OPENERS and (opener in "\"'" or char in "]}" or _line_start(text, problem) > context):
        name = _OPENERS[opener]
        return context, reading.SYNTAX, f"this {name} is never closed", f"close the {name}", 1
    if char == ":":
        return _colon(text, problem)
    return _indentation(text, problem)


def _colon(text: str, at: int) -> tuple[int, Code, str, str, int]:
    """A colon that starts a value where none can stand: a second one on the line, or a line above without one."""
    start = _line_start(text, at)
    first = _ENTRY.match(text, start, at)
    if first is not None and first[0].rstrip().endswith(":"):
        return (
            at,
            reading.SYNTAX,
            "a second colon on one line",
            "quote the value if the colon belongs to it",
            1,
        )
    above = _line_above(text, start)
    if above is not None and ":" not in text[above:start].split("#", maxsplit=1)[0]:
        indent = _indent(text, above)
        line = text[above:start].strip()
        return above + indent, reading.SYNTAX, "a line without a colon", "write it as key: value", len(line)
    if above is not None and _indent(text, start) > _indent(text, above):
        return (
            start + _indent(text, start),
            reading.SYNTAX,
            "indented below a key that already has a value",
            "indent it like the lines around it",
            1,
        )
    return (
        at,
        reading.SYNTAX,
        "a colon where no value can stand",
        "quote the text if the colon belongs to it",
        1,
    )


def _indentation(text: str, at: int) -> tuple[int, Code, str, str, int]:
    start = _line_start(text, at)
    if text[start:at].strip() in {"", "-"} and _line_above(text, start) is not None:
        width = max(1, len(line_at(text, at).strip()))
        message = "this line does not fit the indentation around it"
        return at, reading.SYNTAX, message, "indent it like its neighbours", width
    return (
        at,
        reading.SYNTAX,
        "not valid YAML from here on",
        "quote the value, or look for a missing sign before it",
        1,
    )


def _tab_in_indent(text: str, at: int) -> int | None:
    start = _line_start(text, at)
    lead = re.compile(r"[ \t]*").match(text, start)
    tab = text.find("\t", start, lead.end() if lead else start)
    return tab if tab >= 0 else None


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_above(text: str, start: int) -> int | None:
    """Where the nearest line above begins that holds more than blanks and comments."""
    while start > 0:
        start = _line_start(text, start - 1)
        line = line_at(text, start).strip()
        if line and not line.startswith("#"):
            return start
    return None


def _indent(text: str, start: int) -> int:
    line = line_at(text, start)
    return len(line) - len(line.lstrip(" "))


def _rest_of_value(text: str, at: int) -> str:
    return line_at(text, at)[at - _line_start(text, at) :].split(" #")[0].rstrip() or " "
