"""The hook that mkdocs runs while it builds the site.

It links codes to their entries, sets search weights, tags the page of commands with its options (for search.js), gives
table cells the label of their column for narrow screens, and marks output blocks, which have no copy button.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import unescape
from itertools import zip_longest
from typing import Any

FAMILIES = {"KZ1": "reading", "KZ2": "structure", "KZ3": "values", "KZ4": "roster", "KZ5": "definitions"}
"""The page of each family of codes, in docs/reference/diagnostics."""
_FENCE = re.compile(r"^ *(`{3,}|~{3,})", re.MULTILINE)
# Not running text: headings, comments, code spans, links.
_KEPT = re.compile(r"^#.*$|<!--[\s\S]*?-->|(`+)[\s\S]*?\1|!?\[[^\]]*\]\([^)]*\)|<a [\s\S]*?</a>", re.MULTILINE)
_CODE = re.compile(r"\bKZ[0-9]{3}\b")
# Lunr prefers words in titles, so without weights the decision on scheduled agents would precede the commands.
_WEIGHTS = {
    "reference/exit-codes.md": 10,
    "reference/cli.md": 8,
    "reference/outcomes.md": 8,
    "integrations/schedule-schema.md": 7,
    "guides/agent-commands.md": 4,
    "guides/run-without-activity-core.md": 4,
    "reference/diagnostics.md": 2,
    "reference/json-forms.md": 0.5,
    "changelog.md": 0.3,
}
_DIAGNOSTICS, _DECISION = 2, 0.3
_COMMANDS = "reference/cli.md"
_OPTION = re.compile(r"^\| (?:`|<code>)--([a-z-]+)", re.MULTILINE)
_TABLE = re.compile(r"<table>[\s\S]*?</table>")
_HEAD_CELL = re.compile(r"<th(?:\s[^>]*)?>([\s\S]*?)</th>")
_CELL = re.compile(r"<td(?:\s[^>]*)?>([\s\S]*?)</td>")
_PHONE = 42  # characters
_ROW = re.compile(r"<tr>[\s\S]*?</tr>")
_COMMAND_OUTPUT = re.compile(
    r'(<div class="language-(?:console|bash) highlight">(?:(?!</div>)[\s\S])*</div>(?:\s|<!--[\s\S]*?-->)*)'
    r'<div class="language-(\w+) highlight">(?!<span class="filename">)'
)
_SHELL = {"console", "bash"}


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Link the codes of a page to their entries, and set its search weight and tags."""
    path = page.file.src_uri
    weight = _WEIGHTS.get(path)
    if path.startswith("adr/"):
        weight = _DECISION
    elif path.startswith("reference/diagnostics/"):
        weight = _DIAGNOSTICS
    if weight is not None:
        page.meta["search"] = {"boost": weight}
    if path == _COMMANDS:
        page.meta["tags"] = sorted({f"opt_{name.replace('-', '_')}" for name in _OPTION.findall(markdown)})
    if path.startswith("reference/diagnostics"):
        return markdown
    folder = posixpath.relpath("reference/diagnostics", posixpath.dirname(path))
    return "".join(text if fenced else _linked(text, folder) for text, fenced in _parts(markdown))


def on_page_content(html: str, **_: Any) -> str:
    """Label the cells of tables, and mark the blocks that show output."""
    html = _TABLE.sub(lambda table: _labelled(table[0]), html)
    html = _COMMAND_OUTPUT.sub(_marked_output, html)
    return html.replace('<div class="language-text highlight">', '<div class="language-text highlight no-copy">')


def _labelled(table: str) -> str:
    labels = [_text(label) for label in _HEAD_CELL.findall(table)]
    rows = [[_text(cell) for cell in _CELL.findall(row)] for row in _ROW.findall(table)]

    def with_labels(row: re.Match[str]) -> str:
        names = iter(labels)
        return re.sub(r"<td", lambda _: f'<td data-label="{next(names, "")}"', row[0])

    table = _ROW.sub(with_labels, table)
    return table.replace("<table>", "<table data-wide>", 1) if _is_wide([labels, *rows]) else table


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).replace('"', "&quot;")


def _is_wide(rows: list[list[str]]) -> bool:
    """Return whether a table is too wide for a phone: about 40 characters, of which the last column needs 12."""
    columns = list(zip_longest(*rows, fillvalue=""))
    *others, _ = columns
    longest_words = sum(max(len(word) for cell in column for word in re.split(r"[\s-]", cell)) for column in others)
    texts = sum(min(20, max(map(len, column))) for column in columns)  # 40 at most for two columns
    return longest_words > _PHONE - 12 or texts > _PHONE


def _marked_output(blocks: re.Match[str]) -> str:
    if blocks[2] in _SHELL:
        return blocks[0]
    return f'{blocks[1]}<div class="language-{blocks[2]} highlight kz-output no-copy">'


def _parts(markdown: str) -> Iterator[tuple[str, bool]]:
    """Yield running text and fenced blocks, in turn."""
    start = 0
    while opening := _FENCE.search(markdown, start):
        closing = re.compile(rf"^ *{re.escape(opening[1])}[ \t]*$", re.MULTILINE).search(markdown, opening.end())
        end = closing.end() if closing else len(markdown)
        yield markdown[start : opening.start()], False
        yield markdown[opening.start() : end], True
        start = end
    yield markdown[start:], False


def _linked(text: str, folder: str) -> str:
    done, start = [], 0
    for kept in _KEPT.finditer(text):
        done += [_with_links(text[start : kept.start()], folder), kept[0]]
        start = kept.end()
    return "".join([*done, _with_links(text[start:], folder)])


def _with_links(text: str, folder: str) -> str:
    return _CODE.sub(lambda code: f"[{code[0]}]({folder}/{FAMILIES[code[0][:3]]}.md#{code[0].lower()})", text)
