"""Markdown files with YAML frontmatter: the values with their positions, and the text after them."""

import re
from dataclasses import replace
from typing import NamedTuple

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import TOP, Diagnostic, diagnose
from kaizen_schedule_core.source.document import UNKNOWN, Document
from kaizen_schedule_core.source.text import diagnose_at, line_at
from kaizen_schedule_core.source.yaml.parser import parse_yaml
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
_KEY_LINE = r"[A-Za-z_][A-Za-z0-9_-]*[ \t]*:(?:[ \t]|\r?$)"
# The first line after the keys: a Markdown heading, or after a blank line, a line that is not a key or a list item.
_PROSE = re.compile(rf"^(?:[ \t]*\r?\n(?=[^\s-])(?!{_KEY_LINE})|(?=#{{1,6}}[ ]))(?!#[^\n]*\n{_KEY_LINE})", re.MULTILINE)
_KEY_BELOW = re.compile(r"^[a-z][A-Za-z_-]*:(?:[ \t]|\r?$)", re.MULTILINE)
PROSE_KEYS = ("name", "description")
_PROSE_VALUE = re.compile(rf"({'|'.join(PROSE_KEYS)})[ \t]*:[ \t]+[^\s|>#]")
_PROSE_PROBLEMS = frozenset({reading.SYNTAX.id, reading.NOT_PLAIN_YAML.id})


class Frontmatter(NamedTuple):
    """The frontmatter as a document, and the text after it, which starts at index `body_start`."""

    document: Document
    body: str
    body_start: int


def parse_frontmatter(text: str, *, file: str, quoted: QuotedKeys | None = None) -> Frontmatter:
    """Read a file that must start with frontmatter; see `document.problems`."""
    opening, closing = _fences(text)
    if closing is None:
        problem = _missing(text, file) if opening is None else _not_closed(text, _end_of_keys(text), file)
        return _without_values(text, file, problem)
    start = body_start(text)
    head = text[: closing.start()]
    document = parse_yaml(head, file=file, quoted=quoted)
    if document.problems:
        end = _end_of_keys(head)
        if end and not _KEY_BELOW.search(head, end) and not parse_yaml(head[:end], file=file).problems:
            return _without_values(text, file, _not_closed(text, end, file))
        document = replace(document, problems=tuple(map(_with_block_hint, document.problems)))
    return Frontmatter(document=document, body=text[start:], body_start=start)


def _fences(text: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """Return the lines that open and close the frontmatter."""
    opening = _FENCE.match(text)
    return opening, _FENCE.search(text, opening.end()) if opening is not None else None


def body_start(text: str) -> int:
    """Return the index after the frontmatter, 0 if there is none."""
    _, closing = _fences(text)
    return 0 if closing is None else min(closing.end() + 1, len(text))


def _without_values(text: str, file: str, problem: Diagnostic) -> Frontmatter:
    document = Document(file=file, text=text, value=UNKNOWN, problems=(problem,))
    return Frontmatter(document=document, body=text, body_start=0)


def _end_of_keys(text: str) -> int:
    """Return the index of the first line that is not part of the frontmatter, or 0 if there is none."""
    match = _PROSE.search(text)
    return match.end() if match is not None else 0


def _not_closed(text: str, end: int, file: str) -> Diagnostic:
    message, hint = "the frontmatter is not closed", "write --- on a separate line after the last key"
    if end:
        hint = "write --- on a separate line above this line"
    width = len(line_at(text, end))
    return diagnose_at(reading.NO_FRONTMATTER, message, text, end, end + width, file=file, hint=hint)


def _missing(text: str, file: str) -> Diagnostic:
    if not text.strip():
        return diagnose(reading.EMPTY, "the file is empty", file=file, span=TOP, hint="start with frontmatter")
    message, hint = "the file does not start with frontmatter", "write its keys between two lines ---"
    excerpt = line_at(text, 0)
    return diagnose(reading.NO_FRONTMATTER, message, file=file, span=TOP, hint=hint, excerpt=excerpt)


def _with_block_hint(problem: Diagnostic) -> Diagnostic:
    """Return the problem with the hint to write a block, if it is in a line with prose, which can contain any sign."""
    key = _PROSE_VALUE.match(problem.excerpt or "")
    if key is None or problem.code not in _PROSE_PROBLEMS:
        return problem
    return replace(problem, hint=block_hint(key[1]))


def block_hint(key: str) -> str:
    """Return the hint to write the value of a key as a block, in which every sign is allowed."""
    return f'write "{key}: >-", and the text on the next line, indented by two spaces'
