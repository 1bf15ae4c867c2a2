"""Diagnostics: what is wrong, where, and what to write instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kaizen_schedule_core.codes import Code

Severity = Literal["error", "warning", "info"]

_QUOTE_LIMIT = 60
_SEVERITY_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A range of a text. Lines and columns start at 1, columns count code points, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


TOP = Span(line=1, column=1, end_line=1, end_column=1)
"""The start of a file."""


@dataclass(frozen=True, slots=True)
class Note:
    """More information on a diagnostic, with its own position, or with all three position fields None."""

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnostic:
    """One problem: its code, its position, what is wrong (`message`) and what to write instead (`hint`).

    Problems in user files are values, so that all of them can be collected, sorted and shown together (ADR-006).
    `file` is the path as typed. The four position fields are None if the file could not be read. `excerpt` is the
    source line, so that renderers need not read the file again; it is not part of the JSON form.
    """

    code: str
    severity: Severity
    message: str
    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    hint: str | None = None
    notes: tuple[Note, ...] = ()
    excerpt: str | None = field(default=None, repr=False, compare=False)


def diagnose(
    code: Code,
    message: str,
    *,
    file: str,
    span: Span | None = None,
    hint: str | None = None,
    notes: Iterable[Note] = (),
    severity: Severity | None = None,
    excerpt: str | None = None,
) -> Diagnostic:
    """Return a diagnostic with its texts escaped; without a span, all four position fields are None."""
    found = Diagnostic(
        code=code.id,
        severity=severity or code.severity,
        message=escape_control_chars(message),
        file=file,
        hint=hint and escape_control_chars(hint),
        notes=tuple(notes),
        excerpt=excerpt,
    )
    if span is None:
        return found
    return replace(found, line=span.line, column=span.column, end_line=span.end_line, end_column=span.end_column)


def tidy(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by file and position, with at most one error per position: others become notes of the first."""
    kept: list[Diagnostic] = []
    taken: dict[tuple[str, int, int], int] = {}
    for diagnostic in diagnostics:
        if diagnostic.severity == "error" and diagnostic.line is not None:
            place = (diagnostic.file, diagnostic.line, diagnostic.column or 0)
            if place in taken:
                first = kept[taken[place]]
                kept[taken[place]] = replace(first, notes=(*first.notes, _as_note(diagnostic)))
                continue
            taken[place] = len(kept)
        kept.append(diagnostic)
    return tuple(sorted(kept, key=_order))


def _as_note(diagnostic: Diagnostic) -> Note:
    message = f"also {diagnostic.code}: {diagnostic.message}"
    if diagnostic.hint:
        message += f" ({diagnostic.hint})"
    return Note(message)


def _order(found: Diagnostic) -> tuple[str, int, int, int, str]:
    return found.file, found.line or 0, found.column or 0, _SEVERITY_ORDER[found.severity], found.code


def count(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """Return the number of diagnostics of each severity, zeros included."""
    found = Counter(map(attrgetter("severity"), diagnostics))
    return {"error": found["error"], "warning": found["warning"], "info": found["info"]}


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Check whether any diagnostic is an error."""
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def escape_control_chars(text: str) -> str:
    """Return the text with unprintable characters, such as terminal escapes, written as escape sequences."""
    return text if text.isprintable() else "".join(map(_escape_unprintable, text))


def _escape_unprintable(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def quoted(value: object) -> str:
    """Return a user's value for a message: escaped, in double quotes, cut after 60 characters."""
    text = str(value)
    if len(text) > _QUOTE_LIMIT:
        text = text[: _QUOTE_LIMIT - 1] + "…"
    return f'"{escape_control_chars(text)}"'


def suggest(word: str, candidates: Iterable[str] | Mapping[str, object], *, cutoff: float = 0.7) -> str | None:
    """Return the most similar candidate, or None if none has a similarity of at least `cutoff` (0 to 1)."""
    if len(word) > _QUOTE_LIMIT:
        return None
    wanted = word.casefold()
    folded = {name.casefold(): name for name in candidates}
    if wanted in folded:
        return folded[wanted]
    possible = [name for name in folded if _can_be_similar(wanted, name, cutoff)]
    if not possible:
        return None
    import difflib

    for near in difflib.get_close_matches(wanted, possible, n=1, cutoff=cutoff):
        return folded[near]
    return None


def _can_be_similar(word: str, name: str, cutoff: float) -> bool:
    """Check whether enough characters are in both texts: much faster than difflib for many unknown words."""
    common = sum(map(name.count, set(word)))
    return 2 * min(common, len(word)) >= cutoff * (len(word) + len(name))


def join_words(words: Sequence[str], conjunction: str) -> str:
    """Return the words as an English list: `a, b and c`."""
    *first, last = words
    return last if not first else f"{', '.join(first)} {conjunction} {last}"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: `1 error`, `2 errors`, `3 repositories`."""
    if count == 1:
        return f"{count} {noun}"
    if noun.endswith("y"):
        return f"{count} {noun[:-1]}ies"
    return f"{count} {noun}s"


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """Return the hint `did you mean …?`, or None if no candidate is similar."""
    name = suggest(word, candidates)
    return f"did you mean {quoted(name)}?" if name is not None else None
