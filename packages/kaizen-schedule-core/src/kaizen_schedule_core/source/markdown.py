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

_PARSED_SIZE = 128 * 1024
"""Characters up to which every text is parsed; the scan of a longer one can find headings in code."""

_LEVELS = 6
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)", re.DOTALL)
# Indented fences and headings can be in a list; HTML can hide a heading; a line of - or = can underline one.
_UNUSUAL = re.compile(r"^(?:[ \t]+(?:`{3}|~{3}|#)| {0,3}<[A-Za-z/!?]| {0,3}[=-]+[ \t]*\r?$)", re.MULTILINE)

_HTML_HEADING = re.compile(r"<(h[1-6])(?:[ \t\r\n][^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


class Heading(NamedTuple):
    """A heading outside of lists, quotes and code: its level, its title, its first line and the line after it."""

    level: int
    title: str
    start: int
    end: int


def headings(text: str, *, parsed_size: int = _PARSED_SIZE) -> list[Heading]:
    """Return the headings of a text; lines count from 0, and end with a line feed, a carriage return or both.

    The result is exact for up to `parsed_size` characters; markdown-it needs up to 5 seconds for a million.
    """
    if len(text) <= parsed_size and _UNUSUAL.search(text):
        return _parsed_headings(text)
    return _scanned_headings(split_lines(text))


def first_heading(text: str) -> str | None:
    """Return the title of the first heading, in Markdown or HTML, or None."""
    if "<" not in text:
        return next((heading.title for heading in headings(text)), None) or None
    lines = split_lines(text)
    tokens = parse_blocks(text)
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


def _scanned_headings(lines: Sequence[str]) -> list[Heading]:
    found = []
    fence = ""
    for number, line in enumerate(lines):
        first = line[:1]
        if first in {"`", "~"}:
            fence = _fence_after(line, fence)
        elif first == "#" and not fence:
            title = line.lstrip("#")
            level = len(line) - len(title)
            if level <= _LEVELS and title[:1] in {"", " ", "\t"}:
                found.append(Heading(level, _without_closing(title.strip()), number, number + 1))
    return found


def _without_closing(title: str) -> str:
    """Return a heading's text without the hashes that can close it."""
    bare = title.rstrip("#")
    if bare and not bare.endswith((" ", "\t")):
        return title  # the hashes are part of the last word
    return bare.rstrip()


def _fence_after(line: str, fence: str) -> str:
    """Return the fence that is open after a line, or an empty string."""
    match = _FENCE.fullmatch(line)
    if match is None:
        return fence
    run, rest = match[1], match[2].strip()
    if not fence:
        return "" if run[0] == "`" and "`" in rest else run
    closes = run[0] == fence[0] and len(run) >= len(fence) and not rest
    return "" if closes else fence


def _parsed_headings(text: str) -> list[Heading]:
    tokens = parse_blocks(text)
    found = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            start, end = token.map
            found.append(Heading(int(token.tag[1:]), tokens[number + 1].content.strip(), start, end))
    return found


def parse_blocks(text: str) -> "list[Token]":
    """Return the blocks of a text; the text in them is not parsed."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.disable(["inline"])
    return parser.parse(text)


def open_block(text: str) -> int | None:
    """Return the first line of the block that also contains the text that follows, or None if it is closed.

    Such a block is a code fence, or HTML such as a comment.
    """
    ends = split_lines(text)
    if not _UNUSUAL.search(text) and not any(line.startswith(("`", "~")) for line in ends):
        return None
    last = len(ends) + 1
    tokens = parse_blocks(f"{text}\n\n# x\n")
    if tokens and tokens[-1].type == "heading_close" and tokens[-3].map == [last, last + 1]:
        return None
    outer = [token for token in tokens if token.level == 0 and token.map]
    return outer[-1].map[0] if outer and outer[-1].map else 0


def close_blocks(text: str) -> str:
    """Return a text with the lines that close its open block, so that the text that follows is not part of it."""
    start = open_block(text)
    if start is None:
        return text
    line = split_lines(text)[start].strip()
    match = _FENCE.fullmatch(line)
    closers = [match[1]] if match else ["-->", "?>", ">", "]]>", "</script>", "</style>", "</pre>", "</textarea>"]
    for closer in closers:
        closed = f"{text}\n{closer}"
        if open_block(closed) is None:
            return closed
    return text
