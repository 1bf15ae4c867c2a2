"""What mkdocs asks while it builds the site: codes become links to their entries, and lookups come first in search."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

_DIAGNOSTICS = "reference/diagnostics.md"
_FENCE = re.compile(r"^ *(`{3,}|~{3,})", re.MULTILINE)
# What is no running text: headings, comments, code spans, links.
_KEPT = re.compile(r"^#.*$|<!--[\s\S]*?-->|(`+)[\s\S]*?\1|!?\[[^\]]*\]\([^)]*\)|<a [\s\S]*?</a>", re.MULTILINE)
_CODE = re.compile(r"\bKZ[0-9]{3}\b")
# The search prefers words of titles by far, so that the decision about scheduled agents would come before the command.
_WEIGHTS = {
    "reference/exit-codes.md": 10,
    "reference/cli.md": 8,
    "reference/outcomes.md": 8,
    "integrations/schedule-schema.md": 7,
    "reference/options.md": 4,
    "reference/diagnostics.md": 2,
    "reference/json-forms.md": 0.5,
    "reference/python-api.md": 0.3,
    "changelog.md": 0.3,
}
_DECISION = 0.3


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Link the codes of a page, and weigh it."""
    path = page.file.src_uri
    weight = _DECISION if path.startswith("adr/") else _WEIGHTS.get(path)
    if weight is not None:
        page.meta["search"] = {"boost": weight}
    if path == _DIAGNOSTICS:
        return markdown
    entry = posixpath.relpath(_DIAGNOSTICS, posixpath.dirname(path))
    return "".join(text if fenced else _linked(text, entry) for text, fenced in _parts(markdown))


def _parts(markdown: str) -> Iterator[tuple[str, bool]]:
    """The text and the fenced blocks, in turn."""
    start = 0
    while opening := _FENCE.search(markdown, start):
        closing = re.compile(rf"^ *{re.escape(opening[1])}[ \t]*$", re.MULTILINE).search(markdown, opening.end())
        end = closing.end() if closing else len(markdown)
        yield markdown[start : opening.start()], False
        yield markdown[opening.start() : end], True
        start = end
    yield markdown[start:], False


def _linked(text: str, entry: str) -> str:
    done, start = [], 0
    for kept in _KEPT.finditer(text):
        done += [_with_links(text[start : kept.start()], entry), kept[0]]
        start = kept.end()
    return "".join([*done, _with_links(text[start:], entry)])


def _with_links(text: str, entry: str) -> str:
    return _CODE.sub(lambda code: f"[{code[0]}]({entry}#{code[0].lower()})", text)
