"""Frontmatter of other tools, which is read line by line where it is not strict YAML (ADR-020)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import TOP, Diagnostic, diagnose
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.source.frontmatter import PROSE_KEYS, block_hint, parse_frontmatter
from kaizen_schedule_core.source.text import line_at
from kaizen_schedule_core.source.yaml.parser import parse_yaml
from kaizen_schedule_core.source.yaml.quoting import yaml_string

# Descriptions often contain a dialogue: lines such as "Context: …" and "user: …" are not keys.
_KEY = re.compile(r"^(?!(?:user|assistant)\b)([a-z_][A-Za-z0-9_.-]*)[ \t]*:(?=[ \t]|$)", re.MULTILINE)
_BLOCK = re.compile(r"([|>])[0-9+-]{0,2}")
_MOST_KEYS = 100
_LONGEST_LINE = 400


class LooseFrontmatter(NamedTuple):
    """The values of the top-level keys, the text after the frontmatter, and a warning for each invalid key."""

    values: dict[str, Any]
    body: str
    warnings: tuple[Diagnostic, ...] = ()


def read_loosely(text: str, *, file: str) -> LooseFrontmatter:
    """Read frontmatter that another tool accepts. Raises KaizenError (KZ114, KZ121) if there is none.

    Lines must end with line feeds.
    """
    parsed = parse_frontmatter(text, file=file)
    document = parsed.document
    if not document.problems and isinstance(document.value, dict):
        return LooseFrontmatter(document.value, parsed.body)
    if not parsed.body_start:
        raise KaizenError(document.problems)
    if any(problem.code == reading.EMPTY.id for problem in document.problems):
        return LooseFrontmatter({}, parsed.body)
    head = text[: parsed.body_start].rstrip().removesuffix("---")
    values: dict[str, Any] = {}
    warnings: list[Diagnostic] = []
    for start, end, key in islice(_entries(head), _MOST_KEYS):
        value, problem = _read_entry(head[start:end], key, file=file)
        values.setdefault(key, value)
        if problem is not None:
            above = head.count("\n", 0, start)
            line, end_line = above + (problem.line or 1), above + (problem.end_line or 1)
            warnings.append(replace(problem, line=line, end_line=end_line))
    if not values:
        message, hint = "the frontmatter contains no keys", "write keys such as description: between the two lines ---"
        raise KaizenError(
            diagnose(reading.NO_FRONTMATTER, message, file=file, span=TOP, hint=hint, excerpt=line_at(text, 0))
        )
    if not warnings:
        warnings = [_as_warning(problem, "the frontmatter was") for problem in document.problems]
    return LooseFrontmatter(values, parsed.body, tuple(warnings))


def _entries(head: str) -> Iterator[tuple[int, int, str]]:
    """Yield the start, the end and the key of each top-level key."""
    keys = list(islice(_KEY.finditer(head), _MOST_KEYS + 1))
    ends = [*(match.start() for match in keys[1:]), len(head)]
    for match, end in zip(keys, ends, strict=False):
        yield match.start(), end, match[1]


def _read_entry(entry: str, key: str, *, file: str) -> tuple[Any, Diagnostic | None]:
    """Return the value of one key, and a warning if it had to be read as text."""
    document = parse_yaml(entry, file=file)
    if not document.problems and isinstance(document.value, dict):
        return document.value.get(key), None
    value = _as_text(entry.partition(":")[2])
    warning = _as_warning(document.problems[0], "the key was")
    line = f"{key}: {yaml_string(value)}"
    if key in PROSE_KEYS and ("\n" in entry.strip() or len(line) > _LONGEST_LINE):
        return value, replace(warning, hint=block_hint(key))
    if "\n" in entry.strip():
        return value, warning
    return value, replace(warning, hint=f"write {line}")


def _as_warning(problem: Diagnostic, what: str) -> Diagnostic:
    message = f"{problem.message}: not strict YAML, so {what} read line by line"
    return replace(problem, severity="warning", message=message)


def _as_text(value: str) -> str:
    """Return a value without its quotes, dashes or block marker, on one line unless it is a literal block."""
    first, *rest = (line.strip() for line in value.rstrip().split("\n"))
    block = _BLOCK.fullmatch(first)
    if block:
        return ("\n" if block[1] == "|" else " ").join(rest)
    if not first and all(line.startswith("- ") for line in rest):
        return ", ".join(line.removeprefix("- ") for line in rest)
    text = " ".join(filter(None, [first, *rest]))
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text
