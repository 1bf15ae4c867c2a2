"""The mistakes that people, editors and merges make in YAML, one small function for each."""

from __future__ import annotations

import re
from collections.abc import Callable

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import inert, quoted
from kaizen_schedule_core.source.text import line_at, line_start
from kaizen_schedule_core.source.yaml.context import Finding, Scene, indent

RESERVED = "@`%"
"""Signs with which no unquoted value may begin."""

_OPENERS = {'"': "quote", "'": "quote", "[": "bracket", "{": "brace"}
_CLOSERS = {"]": ("bracket", "["), "}": ("brace", "{")}
_CRON_SIGNS = f"*&!?|>-,]}}:{RESERVED}"
_KEY_REACH = 100
_ODD_BLANKS = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
_KEY_BEFORE = re.compile(r"""([A-Za-z_]+)["']?[ \t]*:[ \t]*$""")
_KEY_AND_COLON = re.compile(r"""[ \t]*[^\s#"'{\[:][^:\n]*:[ \t]+""")
_NO_SPACE = re.compile(r"[ \t]*(?:-[ \t]+)*[A-Za-z_][A-Za-z0-9_-]*:(?=[^\s/:])")
_ODD_BLANK = re.compile(rf"(?:^[ \t]*|:[ \t]*)([{_ODD_BLANKS}])", re.MULTILINE)
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_ODD_COLON = re.compile("[ \t]*[A-Za-z_][A-Za-z0-9_-]*[ \t]*(\uff1a)")
_LEFT_OVER = re.compile(r"^[ \t]*(<{7} |\|{7} |={7}$|>{7} |`{3})", re.MULTILINE)
_NESTING = re.compile(
    r"""(?:^|[ \t])\#[^\r\n]*|(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*"|'[^']*')|[\[\]{}]""", re.MULTILINE | re.DOTALL
)
_COMMENT = re.compile(r"[ \t]*(?:[A-Za-z_][A-Za-z0-9_-]*:[ \t]+)?(//)")
_WORD = re.compile(r"""["']?[^\s,:\[\]{}"']+["']?""")
_FLOW_END = re.compile(r",\s|\}")
_INDENT = re.compile(r"[ \t]*")


def cron_without_quotes(text: str, at: int) -> Finding:
    """A cron whose first character is one of YAML's own."""
    star = text[at] == "*"
    why = "YAML reads * as an alias" if star else f"YAML reserves {text[at]}"
    hint = "put it in double quotes" if star else "write five fields, in double quotes"
    return Finding(at, f"cron without quotes: {why}", hint, len(_rest_of_value(text, at)), reading.UNQUOTED_CRON)


def _left_over(scene: Scene) -> Finding | None:
    """What a merge or a paste left in the file."""
    match = _LEFT_OVER.search(scene.text)
    if match is None:
        return None
    if match[1] == "```":
        return Finding(match.start(1), "a Markdown fence was left in the file", "delete it", 3)
    return Finding(match.start(1), "a merge conflict was left in the file", "resolve it and delete the markers", 7)


def _directive(scene: Scene) -> Finding | None:
    for start in scene.lines_up:
        line = line_at(scene.text, start)
        if line.startswith("%") and scene.stopped >= start:
            return Finding(start, "a line that begins with % is a YAML directive", "delete it", len(line.rstrip()))
    return None


def _unquoted(scene: Scene) -> Finding | None:
    """A value that begins with a sign of YAML's own; on a cron key it is a cron without quotes."""
    for at in (scene.began, scene.stopped):
        char = scene.text[at : at + 1]
        start = max(line_start(scene.text, at), at - _KEY_REACH)
        before = _KEY_BEFORE.search(scene.text, start, at)
        quoted_below = scene.text[at + 1 : at + 3].strip()[:1] in {'"', "'"}
        if before is not None and before[1] in scene.cron_keys and char and char in _CRON_SIGNS and not quoted_below:
            return cron_without_quotes(scene.text, at)
        if char == "*":
            width = len(_rest_of_value(scene.text, at))
            return Finding(at, "a value that begins with * must be quoted", "put it in double quotes", width)
    return None


def _odd_sign(scene: Scene) -> Finding | None:
    """A sign that looks like a space, a line end or a colon and is none, as text pasted from a web page has."""
    end = scene.line + len(line_at(scene.text, scene.line))
    if match := _ODD_BREAK.search(scene.text, 0, scene.stopped):
        message = f"U+{ord(match[0]):04X} is a line end that editors do not show"
        return Finding(match.start(), message, "delete it, or type a plain line end")
    if match := _ODD_BLANK.search(scene.text, 0, end):
        message = f"U+{ord(match[1]):04X} stands where a space belongs"
        return Finding(match.start(1), message, "type a plain space")
    for start in scene.lines_up:
        if match := _ODD_COLON.match(scene.text, start):
            return Finding(match.start(1), "U+FF1A stands where a colon belongs", "type a plain colon and a space")
    return None


def _tab(scene: Scene) -> Finding | None:
    lead = _INDENT.match(scene.text, scene.line)
    tab = scene.text.find("\t", scene.line, lead.end() if lead else scene.line)
    return Finding(tab, "tab used for indentation", "use spaces", code=reading.TAB) if tab >= 0 else None


def _reserved(scene: Scene) -> Finding | None:
    if scene.char == "!" and scene.began == scene.stopped:
        tag = scene.text[scene.stopped :].split(maxsplit=1)[0]
        hint = "remove the tag, or quote the value"
        return Finding(scene.stopped, f"tag {quoted(tag)[1:-1]}", hint, len(tag), reading.NOT_PLAIN_YAML)
    if not scene.char or scene.char not in RESERVED:
        return None
    return Finding(scene.stopped, f"a value cannot begin with {scene.char}", "put it in double quotes")


def _bad_escape(scene: Scene) -> Finding | None:
    """A backslash inside double quotes that YAML gives no meaning to."""
    back = scene.text.rfind("\\", max(0, scene.stopped - 2), scene.stopped + 1)
    if scene.opener != '"' or back <= scene.began:
        return None
    if scene.text[back + 1 : back + 2].strip() == "":
        return None
    message = f"unknown escape {inert(scene.text[back : back + 2])}"
    return Finding(back, message, "delete the backslash, or use single quotes", 2)


def _comment(scene: Scene) -> Finding | None:
    for start in scene.lines_up:
        if match := _COMMENT.match(scene.text, start):
            return Finding(match.start(1), "a comment begins with #, not with //", "write # instead", 2)
    return None


def _never_closed(scene: Scene) -> Finding | None:
    written = scene.text.rstrip()
    if scene.stopped >= len(written) and written[-1:] in {"[", "{"}:
        name = _OPENERS[written[-1]]
        return Finding(len(written) - 1, f"this {name} is never closed", f"close the {name}")
    name = _OPENERS.get(scene.opener, "")
    if not name or (name != "quote" and _is_closed(scene)):
        return None
    return Finding(scene.began, f"this {name} is never closed", f"close the {name}")


def _is_closed(scene: Scene) -> bool:
    """Whether the bracket or brace that the parser was reading has its partner."""
    open_signs: list[str] = []
    for match in _NESTING.finditer(scene.text, scene.began):
        sign = match[0]
        if sign in {"[", "{"}:
            open_signs.append(sign)
        elif sign in _CLOSERS and open_signs.pop() != _CLOSERS[sign][1]:
            return False
        if not open_signs:
            return True
    return False


def _between_entries(scene: Scene) -> Finding | None:
    """Entries of `[...]` or `{...}` that run into each other."""
    if scene.char == "," and scene.before[-1:] in {"", ",", "[", "{", ":"}:
        return Finding(scene.stopped, "nothing stands before this comma", "delete the comma, or quote the value")
    if scene.opener not in {"[", "{"} or scene.char in _CLOSERS:
        return None
    word = _WORD.match(scene.text, scene.stopped)
    hint = "write key: value, and a comma between two entries"
    width = len(word[0]) if word else 1
    what = "a second colon in one entry" if scene.char == ":" else "a comma or a colon is missing before this"
    return Finding(scene.stopped, what, hint, width)


def _closes_nothing(scene: Scene) -> Finding | None:
    if scene.char not in _CLOSERS:
        return None
    return Finding(scene.stopped, f"this {_CLOSERS[scene.char][0]} closes nothing", "delete it, or quote the value")


def _behind_the_end(scene: Scene) -> Finding | None:
    """More text behind a closing quote or brace; a quote that opened lines above was not meant to close here."""
    quote = scene.before[-1:]
    if scene.char == ":" or quote not in {'"', "'", *_CLOSERS}:
        return None
    rest = line_at(scene.text, scene.stopped)[scene.stopped - scene.line :].rstrip()
    if quote in _CLOSERS:
        message = f"more text behind the closing {_CLOSERS[quote][0]}"
        return Finding(scene.stopped, message, "delete it, or put it on a line of its own", max(1, len(rest)))
    closing = scene.text.rfind(quote, 0, scene.stopped)
    opening = scene.text.rfind(quote, 0, closing)
    if opening < scene.line:
        return Finding(max(opening, 0), "this quote is never closed", "close the quote")
    message = "more text behind the closing quote"
    return Finding(scene.stopped, message, "quote the whole value, or delete what follows the quote", len(rest))


def _no_space(scene: Scene) -> Finding | None:
    """A key whose colon has no space behind it, so that the whole line became text."""
    for start in scene.lines_up:
        match = _NO_SPACE.match(scene.text, start, start + len(line_at(scene.text, start)))
        if match and match.end() - 1 != scene.stopped:
            return Finding(match.end() - 1, "no space behind the colon", "put a space behind it")
    return None


def _second_colon(scene: Scene) -> Finding | None:
    match = _KEY_AND_COLON.match(scene.text, scene.line, scene.stopped)
    if scene.char != ":" or match is None:
        return None
    return Finding(scene.stopped, "a second colon on one line", "quote the value if the colon belongs to it")


def _document_end(scene: Scene) -> Finding | None:
    if not scene.above or line_at(scene.text, scene.above[-1]).strip() != "...":
        return None
    width = len(line_at(scene.text, scene.stopped).rstrip())
    return Finding(scene.line, "a second document starts here", "keep one", width, reading.SECOND_DOCUMENT)


def _no_colon(scene: Scene) -> Finding | None:
    """A line above that has no colon ran on into this one, or the last line has none."""
    at_the_end = scene.before and not scene.text[scene.stopped :].strip()
    if not at_the_end and (not scene.above or (scene.char != ":" and scene.before)):
        return None
    above = scene.line if at_the_end else scene.above[-1]
    line = line_at(scene.text, above).split(" #", maxsplit=1)[0]
    if ":" in line or line.strip()[:1] in set("-[]{}\"'"):
        return None
    lead = len(line) - len(line.lstrip())
    return Finding(above + lead, "a line without a colon", "write it as key: value", len(line.strip()))


def _no_key(scene: Scene) -> Finding | None:
    if scene.char != ":" or scene.before:
        return None
    return Finding(scene.stopped, "no key before the colon", "write it as key: value")


def _dash(scene: Scene) -> Finding | None:
    """A list's dash among keys."""
    dash = scene.stopped if scene.char == "-" else scene.began
    if scene.before or scene.text[dash : dash + 1] != "-" or scene.text[dash + 1 : dash + 2].strip():
        return None
    return Finding(dash, "a dash begins a list, but keys stand beside it", "delete the dash, or put one before each")


def _indented_too_far(scene: Scene) -> Finding | None:
    if scene.char != ":" or not scene.above:
        return None
    if indent(scene.text, scene.line) <= indent(scene.text, scene.above[-1]):
        return None
    if (odd := scene.odd_line()) != scene.line:
        return _misplaced(scene, odd)
    key = _KEY_AND_COLON.match(scene.text, scene.above[-1])
    value = f", {quoted(_rest_of_value(scene.text, key.end()))}" if key else ""
    at = scene.line + indent(scene.text, scene.line)
    message, width = f"indented below a key that already has a value{value}", len(line_at(scene.text, at).strip())
    return Finding(at, message, "indent it like that key, or give the value a key of its own", width)


def _misfit(scene: Scene) -> Finding | None:
    """A line whose indentation is that of no line above it."""
    if scene.before not in {"", "-"} or not scene.above:
        return None
    return _misplaced(scene, scene.odd_line())


def _misplaced(scene: Scene, line: int) -> Finding:
    at = scene.stopped if line == scene.line else line + indent(scene.text, line)
    width = max(1, len(line_at(scene.text, line).strip()))
    return Finding(at, "this line does not fit the indentation around it", "indent it like its neighbours", width)


def _something(scene: Scene) -> Finding:
    hint = "quote the value, or look for a missing sign before it"
    return Finding(scene.stopped, "not valid YAML from here on", hint)


DETECTORS: tuple[Callable[[Scene], Finding | None], ...] = (
    _left_over,
    _directive,
    _unquoted,
    _odd_sign,
    _tab,
    _reserved,
    _bad_escape,
    _comment,
    _never_closed,
    _between_entries,
    _closes_nothing,
    _behind_the_end,
    _no_space,
    _second_colon,
    _document_end,
    _no_colon,
    _no_key,
    _dash,
    _indented_too_far,
    _misfit,
    _something,
)
"""The mistakes in the order in which they are looked for; the last finds something in every text."""


def _rest_of_value(text: str, at: int) -> str:
    start = line_start(text, at)
    rest = line_at(text, at)[at - start :].split(" #", maxsplit=1)[0].rstrip()
    end = _FLOW_END.search(rest) if "{" in text[start:at] else None
    return (rest[: end.start()] if end else rest) or " "
