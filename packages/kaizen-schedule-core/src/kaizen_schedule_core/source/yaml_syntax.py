"""What a YAML syntax error means to the person who wrote the file.

The parser gives a place and an English sentence; the place is used, the sentence is not: the text around it is looked
at for the mistakes that people make, one small function for each, in the order of the tuple below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, inert
from kaizen_schedule_core.source.document import PROBLEM_LIMIT
from kaizen_schedule_core.source.text import line_at, span_at

_OPENERS = {'"': "quote", "'": "quote", "[": "bracket", "{": "brace"}
_RESERVED = "@`%"
_KEY_REACH = 100
_LINES_ABOVE = 3
_ODD_BLANKS = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
_KEY_BEFORE = re.compile(r"""([A-Za-z_]+)["']?[ \t]*:[ \t]*$""")
_KEY_AND_COLON = re.compile(r"""[ \t]*(?:-[ \t]+)*[^\s#"'{\[:][^:\n]*:[ \t]+""")
_NO_SPACE = re.compile(r"[ \t]*(?:-[ \t]+)*[A-Za-z_][A-Za-z0-9_-]*:(?=[^\s/:])")
_ODD_BLANK = re.compile(rf"(?:^[ \t]*|:[ \t]*)([{_ODD_BLANKS}])")
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)
_FLOW_END = re.compile(r",\s|\}")
_INDENT = re.compile(r"[ \t]*")


class Finding(NamedTuple):
    """What is wrong, from an index of the text on."""

    at: int
    message: str
    hint: str
    width: int = 1
    code: Code = reading.SYNTAX


@dataclass(frozen=True, slots=True)
class _Scene:
    """The text, and the two places the parser names: where it stopped, and where what it was reading began."""

    text: str
    stopped: int
    began: int
    cron_keys: Collection[str]

    @property
    def char(self) -> str:
        """The character at which the parser stopped."""
        return self.text[self.stopped : self.stopped + 1]

    def lines_up(self) -> Iterator[int]:
        """Where the line of the stop begins, and then the nearest lines above that hold more than comments."""
        start: int | None = _line_start(self.text, self.stopped)
        for _ in range(_LINES_ABOVE + 1):
            if start is None:
                return
            yield start
            start = _line_above(self.text, start)


def explain_syntax_error(text: str, file: str, error: Any, cron_keys: Collection[str]) -> Diagnostic:
    """The diagnostic for a text the parser stopped at: where, what is wrong, what to write."""
    stopped = _index(getattr(error, "problem_mark", None), text)
    began = _index(getattr(error, "context_mark", None), text, default=stopped)
    scene = _Scene(text, stopped, began, cron_keys)
    found = next(finding for detect in _DETECTORS if (finding := detect(scene)))
    span = span_at(text, found.at, min(found.at + found.width, len(text)))
    return diagnose(found.code, found.message, file=file, span=span, hint=found.hint, excerpt=line_at(text, found.at))


def _conflict(scene: _Scene) -> Finding | None:
    match = _CONFLICT.search(scene.text)
    if match is None:
        return None
    return Finding(match.start(), "a merge conflict was left in the file", "resolve it and delete the markers", 7)


def made_readable(text: str, cron_keys: Collection[str]) -> tuple[str, dict[int, Finding]]:
    """The text with another sign where a cron without quotes begins with one of YAML's own, and what to say there.

    It is for finding what else is wrong in a file whose parser stopped at such a cron; all places stay the same.
    """
    sign = rf"""(?<![A-Za-z0-9_-])(?:{"|".join(cron_keys)})["']?[ \t]*:[ \t]+(?=[*{_RESERVED}])"""
    found = islice(re.finditer(sign, text), PROBLEM_LIMIT)
    findings = {match.end(): _cron(text, match.end()) for match in found}
    signs = list(text)
    for at in findings:
        signs[at] = "x"
    return "".join(signs), findings


def _cron(text: str, at: int) -> Finding:
    star = text[at] == "*"
    why = "YAML reads * as an alias" if star else f"YAML reserves {text[at]}"
    hint = "put it in double quotes" if star else "write five fields, in double quotes"
    width = len(_rest_of_value(text, at))
    return Finding(at, f"cron without quotes: {why}", hint, width, reading.UNQUOTED_CRON)


def _unquoted(scene: _Scene) -> Finding | None:
    """A value that begins with a sign of YAML's own; on a cron key it is a cron without quotes."""
    for at in (scene.began, scene.stopped):
        char = scene.text[at : at + 1]
        start = max(_line_start(scene.text, at), at - _KEY_REACH)
        before = _KEY_BEFORE.search(scene.text, start, at)
        if before is not None and before[1] in scene.cron_keys and char and char in f"*{_RESERVED}":
            return _cron(scene.text, at)
        if char == "*":
            width = len(_rest_of_value(scene.text, at))
            return Finding(at, "a value that begins with * must be quoted", "put it in double quotes", width)
    return None


def _odd_blank(scene: _Scene) -> Finding | None:
    """A blank that looks like a space and is none, as text pasted from a web page has."""
    for start in scene.lines_up():
        match = _ODD_BLANK.search(line_at(scene.text, start))
        if match:
            message = f"U+{ord(match[1]):04X} stands where a space belongs"
            return Finding(start + match.start(1), message, "type a plain space")
    return None


def _tab(scene: _Scene) -> Finding | None:
    start = _line_start(scene.text, scene.stopped)
    lead = _INDENT.match(scene.text, start)
    tab = scene.text.find("\t", start, lead.end() if lead else start)
    return Finding(tab, "tab used for indentation", "use spaces", code=reading.TAB) if tab >= 0 else None


def _reserved(scene: _Scene) -> Finding | None:
    if not scene.char or scene.char not in _RESERVED:
        return None
    return Finding(scene.stopped, f"a value cannot begin with {scene.char}", "put it in double quotes")


def _bad_escape(scene: _Scene) -> Finding | None:
    """A backslash inside double quotes that YAML gives no meaning to."""
    back = scene.text.rfind("\\", max(0, scene.stopped - 2), scene.stopped + 1)
    if scene.text[scene.began : scene.began + 1] != '"' or back <= scene.began:
        return None
    if scene.text[back + 1 : back + 2].strip() == "":
        return None
    message = f"unknown escape {inert(scene.text[back : back + 2])}"
    return Finding(back, message, "delete the backslash, or use single quotes", 2)


def _never_closed(scene: _Scene) -> Finding | None:
    written = scene.text.rstrip()
    if scene.stopped >= len(written) and written[-1:] in {"[", "{"}:
        name = _OPENERS[written[-1]]
        return Finding(len(written) - 1, f"this {name} is never closed", f"close the {name}")
    opener = scene.text[scene.began : scene.began + 1]
    name = _OPENERS.get(opener, "")
    inside = _line_start(scene.text, scene.stopped) <= scene.began < scene.stopped
    if not name or (name != "quote" and inside and scene.char not in "]}"):
        return None
    return Finding(scene.began, f"this {name} is never closed", f"close the {name}")


def _no_space(scene: _Scene) -> Finding | None:
    """A key whose colon has no space behind it, so that the whole line became text."""
    for start in scene.lines_up():
        match = _NO_SPACE.match(scene.text, start, start + len(line_at(scene.text, start)))
        if match and match.end() - 1 != scene.stopped:
            return Finding(match.end() - 1, "no space behind the colon", "put a space behind it")
    return None


def _second_colon(scene: _Scene) -> Finding | None:
    match = _KEY_AND_COLON.match(scene.text, _line_start(scene.text, scene.stopped), scene.stopped)
    if scene.char != ":" or match is None:
        return None
    return Finding(scene.stopped, "a second colon on one line", "quote the value if the colon belongs to it")


def _no_colon(scene: _Scene) -> Finding | None:
    """A line above that has no colon ran on into this one."""
    start = _line_start(scene.text, scene.stopped)
    above = _line_above(scene.text, start)
    at_margin = not scene.text[start : scene.stopped].strip()
    if above is None or not (scene.char == ":" or at_margin):
        return None
    line = line_at(scene.text, above).split(" #", maxsplit=1)[0]
    if ":" in line or line.strip()[:1] in set("-[]{}\"'"):
        return None
    indent = len(line) - len(line.lstrip())
    return Finding(above + indent, "a line without a colon", "write it as key: value", len(line.strip()))


def _indented_too_far(scene: _Scene) -> Finding | None:
    start = _line_start(scene.text, scene.stopped)
    above = _line_above(scene.text, start)
    if scene.char != ":" or above is None or _indent(scene.text, start) <= _indent(scene.text, above):
        return None
    message = "indented below a key that already has a value"
    return Finding(start + _indent(scene.text, start), message, "indent it like the lines around it")


def _misfit(scene: _Scene) -> Finding | None:
    """A line whose indentation is that of no line above it."""
    start = _line_start(scene.text, scene.stopped)
    if scene.text[start : scene.stopped].strip() not in {"", "-"} or _line_above(scene.text, start) is None:
        return None
    width = max(1, len(line_at(scene.text, scene.stopped).strip()))
    message = "this line does not fit the indentation around it"
    return Finding(scene.stopped, message, "indent it like its neighbours", width)


def _something(scene: _Scene) -> Finding:
    hint = "quote the value, or look for a missing sign before it"
    return Finding(scene.stopped, "not valid YAML from here on", hint)


_DETECTORS: tuple[Callable[[_Scene], Finding | None], ...] = (
    _conflict,
    _unquoted,
    _odd_blank,
    _tab,
    _reserved,
    _bad_escape,
    _never_closed,
    _no_space,
    _second_colon,
    _no_colon,
    _indented_too_far,
    _misfit,
    _something,
)


def _index(mark: Any, text: str, default: int = 0) -> int:
    return min(mark.index, len(text)) if mark is not None else default


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
    start = _line_start(text, at)
    rest = line_at(text, at)[at - start :].split(" #", maxsplit=1)[0].rstrip()
    end = _FLOW_END.search(rest) if "{" in text[start:at] else None
    return (rest[: end.start()] if end else rest) or " "
