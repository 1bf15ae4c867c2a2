"""The few pieces of Markdown that generated pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

MARK = "Generated from the code by `invoke generate`. Do not edit: change the code."


def page(title: str, *parts: str) -> str:
    """A whole page that says first that it is generated."""
    body = "\n\n".join(part.strip("\n") for part in (f"# {title}", *parts) if part.strip())
    return f"<!-- {MARK} -->\n\n{body}\n"


def heading(level: int, text: str, anchor: str) -> str:
    """A heading with an anchor that stays when its words change."""
    return f"{'#' * level} {text} {{ #{anchor} }}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table. A bar would end a cell, inside a code span too, so it is written as an entity."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    whole = re.sub(r"`([^`]*\|[^`]*)`", lambda span: f"<code>{escape(span[1], quote=False)}</code>", text)
    return " ".join(whole.split()).replace("|", "&#124;")


def fence(text: str, language: str, *, title: str | None = None, marked: str | None = None) -> str:
    """A fenced block; `marked` are the lines that stand out, as `2` or `2-4`."""
    ticks = "`" * max(3, 1 + max(map(len, re.findall(r"`{3,}", text)), default=0))
    words = [language, *([f'title="{title}"'] if title else []), *([f'hl_lines="{marked}"'] if marked else [])]
    body = text.strip("\n")
    return f"{ticks}{' '.join(words)}\n{body}\n{ticks}"


def code(text: str) -> str:
    """A code span."""
    ticks = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    return f"{ticks} {text} {ticks}" if text.startswith("`") or text.endswith("`") else f"{ticks}{text}{ticks}"


def prose(text: str) -> str:
    """Words of the code as Markdown: what an author of a docstring did not mean as markup is kept as it stands."""
    return re.sub(r"[>*_\[\]]|(?<=\s)#(?=\S)", lambda sign: f"\\{sign[0]}", text.replace("<", "&lt;"))


def markup(text: str) -> str:
    """A docstring's paragraph: code spans stay, and all else is prose."""
    parts = re.split(r"(`+[^`]+`+)", text)
    return "".join(part if number % 2 else prose(part) for number, part in enumerate(parts))


def listed(words: Iterable[str]) -> str:
    """Code spans with commas between them."""
    return ", ".join(code(word) for word in words)
