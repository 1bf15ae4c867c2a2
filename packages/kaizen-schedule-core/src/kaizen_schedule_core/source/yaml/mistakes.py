"""Common mistakes of people, editors and merges in YAML, with one function for each."""

import re
from collections.abc import Callable

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import escape_control_chars, quoted
from kaizen_schedule_core.source.text import line_at, line_start
from kaizen_schedule_core.source.yaml.context import ErrorContext, Finding, indent
from kaizen_schedule_core.source.yaml.events import ODD_BLANKS
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

RESERVED = "@`%"
"""Characters that cannot start an unquoted value."""

_OPENERS = {'"': "quote", "'": "quote", "[": "bracket", "{": "brace"}
_CLOSERS = {"]": ("bracket", "["), "}": ("brace", "{")}
_UNQUOTED_SIGNS = f"*&!?|>-,]}}:{RESERVED}"
_KEY_REACH = 100
_KEY_BEFORE = re.compile(r"""([A-Za-z_]+)["']?[ \t]*:[ \t]*$""")
_KEY_AND_COLON = re.compile(r"""[ \t]*[^\s#"'{\[:][^:\n]*:[ \t]+""")
_NO_SPACE = re.compile(r"[ \t]*(?:-[ \t]+)*[A-Za-z_][A-Za-z0-9_-]*:(?=[^\s/:])")
_ODD_BLANK = re.compile(rf"(?:^[ \t]*|:[ \t]*)([{''.join(sorted(ODD_BLANKS))}])", re.MULTILINE)
_ODD_COLON = re.compile("[ \t]*[A-Za-z_][A-Za-z0-9_-]*[ \t]*(\uff1a)")
_LEFT_OVER = re.compile(r"^[ \t]*(<{7} |\|{7} |={7}$|>{7} |`{3})", re.MULTILINE)
_NESTING = re.compile(
    r"""(?:^|[ \t])\#[^\r\n]*|(?<![^\s\[{,:])(?:"(?:[^"\\]|\\.)*"|'[^']*')|[\[\]{}]""", re.MULTILINE | re.DOTALL
)
_COMMENT = re.compile(r"[ \t]*(?:[A-Za-z_][A-Za-z0-9_-]*:[ \t]+)?(//)")
_WORD = re.compile(r"""["']?[^\s,:\[\]{}"']+["']?""")
_FLOW_END = re.compile(r",\s|\}")
_BLOCK_SIGN = re.compile(r"(?::|-)[ \t]+([|>][+-]?[0-9]?[+-]?)[ \t]+[^\s#]")
_DASH_AND_TAB = re.compile(r" *(?:- +)*-\t")
_TAB = re.compile(r" *\t")


def unquoted_value(text: str, at: int, keys: QuotedKeys) -> Finding:
    """Return the finding for a value that must be quoted because it starts with a reserved character."""
    why, hint = f"YAML reserves {text[at]}", f"write {keys.form}, in double quotes"
    if text[at] == "*":
        why, hint = "YAML reads * as an alias", "put it in double quotes"
    width = len(_rest_of_value(text, at))
    return Finding(at, f"{keys.noun} without quotes: {why}", hint, width, keys.code)


def _left_over(context: ErrorContext) -> Finding | None:
    match = _LEFT_OVER.search(context.text)
    if match is None:
        return None
    if match[1] == "```":
        return Finding(match.start(1), "Markdown code fence in the file", "delete it", 3)
    return Finding(match.start(1), "merge conflict marker in the file", "resolve the conflict and delete markers", 7)


def _directive(context: ErrorContext) -> Finding | None:
    for start in context.lines_up:
        line = line_at(context.text, start)
        if line.startswith("%") and context.stopped >= start:
            return Finding(start, "a line that starts with % is a YAML directive", "delete it", len(line.rstrip()))
    return None


def _unquoted(context: ErrorContext) -> Finding | None:
    for at in (context.began, context.stopped):
        char = context.text[at : at + 1]
        if context.keys and char and char in _UNQUOTED_SIGNS and _must_be_quoted(context, at, context.keys):
            return unquoted_value(context.text, at, context.keys)
        if char == "*":
            width = len(_rest_of_value(context.text, at))
            return Finding(at, "a value that starts with * must be quoted", "put it in double quotes", width)
    return None


def _must_be_quoted(context: ErrorContext, at: int, keys: QuotedKeys) -> bool:
    start = max(line_start(context.text, at), at - _KEY_REACH)
    key = _KEY_BEFORE.search(context.text, start, at)
    quotes_follow = context.text[at + 1 : at + 3].strip()[:1] in {'"', "'"}
    return key is not None and key[1] in keys.keys and not quotes_follow


def _odd_sign(context: ErrorContext) -> Finding | None:
    end = context.line + len(line_at(context.text, context.line))
    if match := _ODD_BLANK.search(context.text, 0, end):
        return odd_blank(match.start(1), match[1])
    for start in context.lines_up:
        if match := _ODD_COLON.match(context.text, start):
            return Finding(match.start(1), "U+FF1A is used instead of a colon", "type an ASCII colon and a space")
    return None


def odd_blank(at: int, blank: str) -> Finding:
    """Return the finding for a character that looks like a space."""
    return Finding(at, f"U+{ord(blank):04X} is used instead of a space", "type a plain space")


def _tab(context: ErrorContext) -> Finding | None:
    blanks = _TAB.match(context.text, context.line)
    if blanks is None:
        return None
    return Finding(blanks.end() - 1, "tab used for indentation", "use spaces", code=reading.TAB)


def _reserved(context: ErrorContext) -> Finding | None:
    if context.char == "!" and context.began == context.stopped:
        tag = context.text[context.stopped :].split(maxsplit=1)[0]
        hint = "remove the tag, or quote the value"
        return Finding(context.stopped, f"tag {quoted(tag)[1:-1]}", hint, len(tag), reading.NOT_PLAIN_YAML)
    if not context.char or context.char not in RESERVED:
        return None
    return Finding(context.stopped, f"a value cannot start with {context.char}", "put it in double quotes")


def _bad_escape(context: ErrorContext) -> Finding | None:
    back = context.text.rfind("\\", max(0, context.stopped - 2), context.stopped + 1)
    if context.opener != '"' or back <= context.began:
        return None
    if context.text[back + 1 : back + 2].strip() == "":
        return None
    message = f"unknown escape {escape_control_chars(context.text[back : back + 2])}"
    return Finding(back, message, "delete the backslash, or use single quotes", 2)


def _comment(context: ErrorContext) -> Finding | None:
    for start in context.lines_up:
        if match := _COMMENT.match(context.text, start):
            return Finding(match.start(1), "comments start with #, not with //", "write # instead", 2)
    return None


def _not_closed(context: ErrorContext) -> Finding | None:
    written = context.text.rstrip()
    if context.stopped >= len(written) and written[-1:] in {"[", "{"}:
        name = _OPENERS[written[-1]]
        return Finding(len(written) - 1, f"this {name} is not closed", f"close the {name}")
    name = _OPENERS.get(context.opener, "")
    if not name or (name != "quote" and _is_closed(context)):
        return None
    return Finding(context.began, f"this {name} is not closed", f"close the {name}")


def _is_closed(context: ErrorContext) -> bool:
    open_signs: list[str] = []
    for match in _NESTING.finditer(context.text, context.began):
        sign = match[0]
        if sign in {"[", "{"}:
            open_signs.append(sign)
        elif sign in _CLOSERS and open_signs.pop() != _CLOSERS[sign][1]:
            return False
        if not open_signs:
            return True
    return False


def _between_entries(context: ErrorContext) -> Finding | None:
    """Report entries of `[...]` or `{...}` that are not separated."""
    if context.char == "," and context.before[-1:] in {"", ",", "[", "{", ":"}:
        return Finding(context.stopped, "missing entry before this comma", "delete the comma, or quote the value")
    if context.opener not in {"[", "{"} or context.char in _CLOSERS:
        return None
    word = _WORD.match(context.text, context.stopped)
    width = len(word[0]) if word else 1
    what = "missing comma or colon before this"
    if context.char == ":":
        what = "second colon in one entry"
    return Finding(context.stopped, what, "write key: value, with a comma between entries", width)


def _unmatched(context: ErrorContext) -> Finding | None:
    if context.char not in _CLOSERS:
        return None
    return Finding(context.stopped, f"unmatched closing {_CLOSERS[context.char][0]}", "delete it, or quote the value")


def _after_the_end(context: ErrorContext) -> Finding | None:
    quote = context.before[-1:]
    if context.char == ":" or quote not in {'"', "'", *_CLOSERS}:
        return None
    rest = line_at(context.text, context.stopped)[context.stopped - context.line :].rstrip()
    if quote in _CLOSERS:
        message = f"unexpected text after the closing {_CLOSERS[quote][0]}"
        return Finding(context.stopped, message, "delete it, or move it to its own line", max(1, len(rest)))
    closing = context.text.rfind(quote, 0, context.stopped)
    opening = context.text.rfind(quote, 0, closing)
    if opening < context.line:
        return Finding(max(opening, 0), "this quote is not closed", "close the quote")
    message = "unexpected text after the closing quote"
    return Finding(context.stopped, message, "quote the whole value, or delete the text after the quote", len(rest))


def _missing_space(context: ErrorContext) -> Finding | None:
    """Report a key without a space after its colon, so that the whole line was read as text."""
    for start in context.lines_up:
        match = _NO_SPACE.match(context.text, start, start + len(line_at(context.text, start)))
        if match and match.end() - 1 != context.stopped:
            return Finding(match.end() - 1, "missing space after the colon", "add a space after the colon")
    return None


def _second_colon(context: ErrorContext) -> Finding | None:
    match = _KEY_AND_COLON.match(context.text, context.line, context.stopped)
    if context.char != ":" or match is None:
        return None
    return Finding(context.stopped, "second colon in one line", "quote the value if the colon is part of it")


def _document_end(context: ErrorContext) -> Finding | None:
    if not context.above or line_at(context.text, context.above[-1]).strip() != "...":
        return None
    width = len(line_at(context.text, context.stopped).rstrip())
    return Finding(context.line, "a second document starts here", "keep one document", width, reading.SECOND_DOCUMENT)


def _property_line(context: ErrorContext) -> Finding | None:
    """Report an anchor or a tag on its own line, before a list that is not indented."""
    for start in context.lines_up:
        line = line_at(context.text, start)
        name = line.strip()
        if name[:1] in {"&", "!"} and " " not in name:
            kind = "anchor" if name[0] == "&" else "tag"
            at = start + indent(context.text, start)
            return Finding(at, f"{kind} {name}", f"remove the {kind}", len(name), reading.NOT_PLAIN_YAML)
    return None


def _missing_colon(context: ErrorContext) -> Finding | None:
    at_the_end = context.before and not context.text[context.stopped :].strip()
    if not at_the_end and (not context.above or (context.char != ":" and context.before)):
        return None
    above = context.above[-1] if not at_the_end else context.line
    line = line_at(context.text, above).split(" #", maxsplit=1)[0]
    if ":" in line or line.strip()[:1] in set("-[]{}\"'"):
        return None
    lead = len(line) - len(line.lstrip())
    return Finding(above + lead, "missing colon", "write the line as key: value", len(line.strip()))


def _missing_key(context: ErrorContext) -> Finding | None:
    if context.char != ":" or context.before:
        return None
    return Finding(context.stopped, "missing key before the colon", "write key: value")


def _list_after_key(context: ErrorContext) -> Finding | None:
    if context.char != "-" or not context.before.endswith(":"):
        return None
    return Finding(context.stopped, "list item on the line of its key", "write it on its own line, below the key")


def _text_after_block_sign(context: ErrorContext) -> Finding | None:
    line = line_at(context.text, context.stopped)
    match = _BLOCK_SIGN.search(line)
    if match is None or context.line + match.end() - 1 > context.stopped + 1:
        return None
    message = f"text after the block indicator {match[1]}"
    hint = f"start the text on the next line, or delete the {match[1][0]}"
    return Finding(context.line + match.start(1), message, hint, len(match[1]))


def _tab_after_dash(context: ErrorContext) -> Finding | None:
    match = _DASH_AND_TAB.match(context.text, context.line)
    if match is None:
        return None
    return Finding(match.end() - 1, "tab after the dash", "use a space")


def _dash(context: ErrorContext) -> Finding | None:
    dash = context.stopped if context.char == "-" else context.began
    if context.before or context.text[dash : dash + 1] != "-" or context.text[dash + 1 : dash + 2].strip():
        return None
    return Finding(dash, "list item next to keys of a mapping", "delete the dash, or write all entries with one")


def _indented_too_far(context: ErrorContext) -> Finding | None:
    if context.char != ":" or not context.above:
        return None
    if indent(context.text, context.line) <= indent(context.text, context.above[-1]):
        return None
    if (odd := context.odd_line()) != context.line:
        return _misplaced(context, odd)
    key = _KEY_AND_COLON.match(context.text, context.above[-1])
    message = "indented below a key that already has a value"
    if key:
        message += f", {quoted(_rest_of_value(context.text, key.end()))}"
    at = context.line + indent(context.text, context.line)
    width = len(line_at(context.text, at).strip())
    return Finding(at, message, "indent it like that key, or remove the value", width)


def _misfit(context: ErrorContext) -> Finding | None:
    if context.before not in {"", "-"} or not context.above:
        return None
    return _misplaced(context, context.odd_line())


def _misplaced(context: ErrorContext, line: int) -> Finding:
    at = line + indent(context.text, line) if line != context.line else context.stopped
    width = max(1, len(line_at(context.text, line).strip()))
    return Finding(at, "inconsistent indentation", "indent it like the lines around it", width)


def _fallback(context: ErrorContext) -> Finding:
    hint = "quote the value, or check for a missing character before it"
    return Finding(context.stopped, "invalid YAML", hint)


DETECTORS: tuple[Callable[[ErrorContext], Finding | None], ...] = (
    _left_over,
    _directive,
    _unquoted,
    _odd_sign,
    _tab,
    _reserved,
    _bad_escape,
    _comment,
    _not_closed,
    _between_entries,
    _unmatched,
    _after_the_end,
    _missing_space,
    _second_colon,
    _document_end,
    _list_after_key,
    _text_after_block_sign,
    _tab_after_dash,
    _property_line,
    _missing_colon,
    _missing_key,
    _dash,
    _indented_too_far,
    _misfit,
    _fallback,
)
"""The detectors in the order in which they are tried; the last one always finds something."""


def _rest_of_value(text: str, at: int) -> str:
    start = line_start(text, at)
    rest = line_at(text, at)[at - start :].split(" #", maxsplit=1)[0].rstrip()
    if "{" in text[start:at]:
        rest = _FLOW_END.split(rest, maxsplit=1)[0]
    return rest or " "
