"""Findings for YAML that is refused (ADR-007).

These are anchors, aliases, tags, keys that are not text, values that must be quoted, and text that libyaml reads
differently from the specification.
"""

import re
from collections.abc import Iterator
from typing import Any

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.source.document import Path
from kaizen_schedule_core.source.yaml.context import Finding
from kaizen_schedule_core.source.yaml.events import extent
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys

COMPLEX_KEY = "a key must be text", "write the key as one word"
_LINE_SEPARATOR = re.compile("[\x85\u2028\u2029]")
_PROPERTY = re.compile(r"[ \t]*([&!](?:<[^>\s]*>|[^\s,\[\]{}]*))")


def found_at(event: Any, message: str, hint: str, code: Code) -> Finding:
    """Return the finding for a whole event."""
    start, end = extent(event)
    return Finding(start, message, hint, max(end - start, 1), code)


def alias(event: Any, path: Path, keys: QuotedKeys | None) -> Finding:
    """Return the finding for an alias, or for a value without quotes that starts with *."""
    if keys and path and path[-1] in keys.keys:
        message = f"{keys.noun} without quotes: YAML reads * as an alias"
        return found_at(event, message, "put it in double quotes", keys.code)
    hint = "write the value out, or quote it if it is text"
    return found_at(event, f"alias *{quoted(event.anchor)[1:-1]}", hint, reading.NOT_PLAIN_YAML)


def properties(text: str, event: Any) -> Iterator[Finding]:
    """Yield the findings for the anchor and the tag of a node."""
    at, seen = event.start_mark.index, ""
    if event.anchor is None and event.tag is None:
        return
    while (match := _PROPERTY.match(text, at)) and match[1][0] not in seen:
        kind, hint = "tag", "remove the tag, or quote the value"
        if match[1][0] == "&":
            kind, hint = "anchor", "remove the anchor"
        message = f"{kind} {quoted(match[1])[1:-1]}"
        yield Finding(match.start(1), message, hint, len(match[1]), reading.NOT_PLAIN_YAML)
        at, seen = match.end(), seen + match[1][0]


def split_value(start: int, end: int, keys: QuotedKeys) -> Finding:
    """Return the finding for a value without quotes in `{...}` that a comma ends."""
    message = f"{keys.noun} without quotes: inside {{...}} a comma ends the value"
    return Finding(start, message, "put the whole expression in double quotes", end - start, keys.code)


def line_separators(text: str) -> Iterator[Finding]:
    """Yield the findings for characters that libyaml reads as line ends, so that a comment could contain keys."""
    for match in _LINE_SEPARATOR.finditer(text):
        message = f"U+{ord(match[0]):04X} is a line end that most editors do not show"
        yield Finding(match.start(), message, "delete it, or use a normal line end")


def comment_without_space(text: str, end: int) -> Iterator[Finding]:
    """Yield the finding for a # directly after a quoted value or a bracket."""
    if text[end : end + 1] == "#":
        yield Finding(end, "missing space before the comment", "add a space before #")


def question_mark_before(text: str, start: int) -> Iterator[Finding]:
    """Yield the finding for a ? directly before a key in brackets; libyaml drops it, but it is part of the key."""
    if text[start - 1 : start] == "?":
        yield Finding(start - 1, "the key starts with ?", "delete the ?, or put the key in quotes")
