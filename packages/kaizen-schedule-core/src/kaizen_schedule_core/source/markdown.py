"""The block structure of Markdown text, as CommonMark defines it.

Most texts have no block that hides a heading except fences that start in column 1; a scan of their lines is exact.
All others are parsed with markdown-it.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from kaizen_schedule_core.source.text import split_lines

if TYPE_CHECKING:
    from markdown_it.token import Token

_PARSED_LINES = 4_000
_PARSED_SIZE = 256 * 1024
"""Lines and characters up to which every text is parsed; the scan of a longer one can find headings in code."""

_NESTING = 40
"""Levels of lists and quotes that markdown-it parses; it ignores everything after a deeper one."""

_LEVELS = 6
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)", re.DOTALL)
# Indented fences and headings can be in a list; HTML can hide a heading; a line of - or = can underline one.
_UNUSUAL = re.compile(r"^(?:[ \t]+(?:`{3}|~{3}|#)| {0,3}<[A-Za-z/!?]| {0,3}[=-]+[ \t]*$)", re.MULTILINE)
# The HTML that a blank line does not close, and what closes it.
_HTML_CLOSERS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", "?>"), ("<", "</pre>"))

_HTML_HEADING = re.compile(r"<(h[1-6])(?:[ \t\r\n][^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


class Heading(NamedTuple):
    """A heading outside of lists, quotes and code: its level, its title, its first line and the line after it."""

    level: int
    title: str
    start: int
    end: int


class Outline(NamedTuple):
    """The headings of a text, and the first line and the line after of each fence and HTML block."""

    headings: list[Heading]
    hidden: list[tuple[int, int]]


def outline(text: str) -> Outline:
    """Return the outline of a text; lines count from 0, and end with a line feed, a carriage return or both.

    The result is exact for up to 4,000 lines, 256 KiB and 40 levels of lists and quotes.
    """
    lines = split_lines(text)
    tokens = _parse(lines) if _UNUSUAL.search("\n".join(lines)) else None
    if tokens is None:
        return _scan(lines)[0]
    found = Outline([], [])
    for number, token in enumerate(tokens):
        if token.level or not token.map:
            continue
        start, end = token.map
        if token.type == "heading_open":
            found.headings.append(Heading(int(token.tag[1:]), tokens[number + 1].content.strip(), start, end))
        elif token.type in {"fence", "html_block"}:
            found.hidden.append((start, end))
    return found


def first_heading(text: str) -> str | None:
    """Return the title of the first heading, in Markdown or HTML, or None."""
    if "<" not in text:
        return next((heading.title for heading in outline(text).headings), None) or None
    lines = split_lines(text)
    tokens = _parse(lines)
    if tokens is None:
        return next((heading.title for heading in _scan(lines)[0].headings), None) or None
    for number, token in enumerate(tokens):
        title = ""
        if token.type == "heading_open" and token.level == 0:
            title = tokens[number + 1].content.strip()
        elif token.type == "html_block" and token.map and _HTML_HEADING.search(_without_comments(token.content)):
            title = _html_title(_without_comments("\n".join(lines[token.map[0] :])))
        if title:
            return title
    return None


def _without_comments(html: str) -> str:
    parts = html.split("<!--")
    return parts[0] + "".join(part.partition("-->")[2] for part in parts[1:])


def _html_title(html: str) -> str:
    from html import unescape

    start = _HTML_HEADING.search(html)
    if start is None:
        return ""
    inner = html[start.end() :].partition(f"</{start[1]}")[0]
    return " ".join(unescape(_TAG.sub(" ", inner)).split())


def _scan(lines: Sequence[str]) -> tuple[Outline, int | None]:
    """Return the outline, and the line of the fence that is open at the end, of a text without unusual blocks."""
    found = Outline([], [])
    fence, opened = "", 0
    for number, line in enumerate(lines):
        first = line[:1]
        if first in {"`", "~"}:
            before, fence = fence, _fence_after(line, fence)
            if not before:
                opened = number
            elif not fence:
                found.hidden.append((opened, number + 1))
        elif first == "#" and not fence:
            title = line.lstrip("#")
            level = len(line) - len(title)
            if level <= _LEVELS and title[:1] in {"", " ", "\t"}:
                found.headings.append(Heading(level, _without_closing(title.strip()), number, number + 1))
    if not fence:
        return found, None
    found.hidden.append((opened, len(lines)))
    return found, opened


def _without_closing(title: str) -> str:
    """Return a heading's text without the hashes that can close it."""
    if not title.endswith("#"):
        return title
    bare = title.rstrip("#")
    if bare and not bare.endswith((" ", "\t")):
        return title  # the hashes are part of the last word
    return bare.rstrip()


def _fence_after(line: str, fence: str) -> str:
    """Return the fence that is open after a line, or an empty string."""
    match = _FENCE.fullmatch(line)
    if match is None:
        return fence
    run, rest = match[1], match[2].strip(" \t")
    if not fence:
        return "" if run[0] == "`" and "`" in rest else run
    closes = run[0] == fence[0] and len(run) >= len(fence) and not rest
    return "" if closes else fence


def _parse(lines: Sequence[str], *, limited: bool = True) -> "list[Token] | None":
    """Return the blocks, or None if there are too many levels, or if `limited`, too many lines or characters."""
    if limited and (len(lines) > _PARSED_LINES or sum(map(len, lines)) > _PARSED_SIZE):
        return None
    tokens = parse_blocks("\n".join(lines))
    if max((token.level for token in tokens), default=0) >= _NESTING - 1:
        return None
    return tokens


def parse_blocks(text: str) -> "list[Token]":
    """Return the blocks of a text; the text in them is not parsed."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING})
    parser.core.ruler.disable(["inline"])
    return parser.parse(text)


def open_block(text: str, *, limited: bool = True) -> int | None:
    """Return the first line of the block that also contains the text that follows, or None if it is closed.

    Such a block is a code fence, or HTML such as a comment. If `limited`, the limits are those of `outline`.
    """
    lines = split_lines(text)
    tokens = None
    if _UNUSUAL.search("\n".join(lines)):
        tokens = _parse([*lines, "", "# x"], limited=limited)
    if tokens is None:
        return _scan(lines)[1]
    last = [token for token in tokens if token.level == 0 and token.map][-1]
    if last.type == "heading_open" or last.map is None:
        return None
    return last.map[0]


def close_blocks(text: str) -> str:
    """Return a text with the line that closes its open block, so that the text that follows is not part of it."""
    start = open_block(text, limited=False)
    if start is None:
        return text
    line = split_lines(text)[start].strip()
    fence = _FENCE.fullmatch(line)
    if fence:
        return f"{text}\n{fence[1]}"
    closer = next(closer for opening, closer in _HTML_CLOSERS if line.startswith(opening))
    return f"{text}\n{closer}"
