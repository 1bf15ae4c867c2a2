"""Pieces of Markdown for generated pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

MARK = "Generated from the code by `invoke generate`. Do not edit: change the code."


def page(title: str, *parts: str) -> str:
    """Return a page that begins with a note that it is generated."""
    body = "\n\n".join(part.strip("\n") for part in (f"# {title}", *parts) if part.strip())
    return f"<!-- {MARK} -->\n\n{body}\n"


def heading(level: int, text: str, anchor: str) -> str:
    """Return a heading with an explicit anchor, which stays the same when the words change."""
    return f"{'#' * level} {text} {{ #{anchor} }}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. A bar in a cell is written as an entity, because it would end the cell, even in a code span."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    whole = re.sub(r"`([^`]*\|[^`]*)`", lambda span: f"<code>{escape(span[1], quote=False)}</code>", text)
    return " ".join(whole.split()).replace("|", "&#124;")


def fence(text: str, language: str, *, title: str | None = None, marked: str | None = None) -> str:
    """Return a fenced block; `marked` are the lines to highlight, as `2` or `2-4`."""
    ticks = "`" * max(3, 1 + max(map(len, re.findall(r"`{3,}", text)), default=0))
    words = [language, *([f'title="{title}"'] if title else []), *([f'hl_lines="{marked}"'] if marked else [])]
    body = text.strip("\n")
    return f"{ticks}{' '.join(words)}\n{body}\n{ticks}"


def console(commands: str, *, title: str | None = None) -> str:
    """Return a fenced block of commands, one on a line, each after a prompt."""
    return fence(re.sub("^(?=.)", "$ ", commands.strip("\n"), flags=re.MULTILINE), "console", title=title)


def code(text: str) -> str:
    """Return a code span."""
    ticks = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{ticks} {text} {ticks}" if text.startswith("`") or text.endswith("`") else f"{ticks}{text}{ticks}"


def prose(text: str) -> str:
    """Escape what Markdown would read as markup in a text of the program."""
    return re.sub(r"[>*_\[\]]|(?<=\s)#(?=\S)", lambda sign: f"\\{sign[0]}", text.replace("<", "&lt;"))


def markup(text: str) -> str:
    """Escape a text of the program except its code spans."""
    parts = re.split(r"(`+[^`]+`+)", text)
    return "".join(part if number % 2 else prose(part) for number, part in enumerate(parts))


def listed(words: Iterable[str]) -> str:
    """Return code spans, separated by commas."""
    return ", ".join(code(word) for word in words)
