"""Markdown files with YAML frontmatter: the values with their positions, and the text after them."""

import re
from typing import NamedTuple

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import TOP, Diagnostic, diagnose
from kaizen_schedule_core.source.document import UNKNOWN, Document
from kaizen_schedule_core.source.text import line_at
from kaizen_schedule_core.source.yaml.parser import parse_yaml
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


class Frontmatter(NamedTuple):
    """The frontmatter as a document, and the text after it, which starts at index `body_start`."""

    document: Document
    body: str
    body_start: int


def parse_frontmatter(text: str, *, file: str, quoted: QuotedKeys | None = None) -> Frontmatter:
    """Read a file that must start with frontmatter; see `document.problems`."""
    opening = _FENCE.match(text)
    closing = _FENCE.search(text, opening.end()) if opening is not None else None
    if closing is None:
        problem = _missing(text, file, opened=opening is not None)
        document = Document(file=file, text=text, value=UNKNOWN, problems=(problem,))
        return Frontmatter(document=document, body=text, body_start=0)
    start = min(closing.end() + 1, len(text))
    document = parse_yaml(text[: closing.start()], file=file, quoted=quoted)
    return Frontmatter(document=document, body=text[start:], body_start=start)


def _missing(text: str, file: str, *, opened: bool) -> Diagnostic:
    if not text.strip():
        return diagnose(reading.EMPTY, "the file is empty", file=file, span=TOP, hint="start with frontmatter")
    message = "the file does not start with frontmatter"
    if opened:
        message = "the frontmatter is not closed"
    return diagnose(
        reading.NO_FRONTMATTER,
        message,
        file=file,
        span=TOP,
        hint="write its keys between two lines ---",
        excerpt=line_at(text, 0),
    )
