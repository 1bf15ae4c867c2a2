"""Removal of terminal escapes, control characters and values that look like credentials (ADR-027)."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

_ESCAPES = (  # compiled at first use, because most texts have none
    r"\x1b\][^\x07\x1b\x9c]{0,4096}(?:\x07|\x1b\\|\x9c)?"  # OSC: titles and links
    r"|(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}[@-~]?"  # CSI: colours and cursor
    r"|\x1b[PX^_][^\x1b]{0,4096}(?:\x1b\\)?"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]{0,16}[0-~]?"
)
# Control characters, and characters that are not shown: line separators, joiners, directions, fillers, variation
# selectors and tags (Default_Ignorable_Code_Point of Unicode 16).
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)


def clean(text: str) -> str:
    """Return the text with line feeds as line ends, and without characters that are not shown.

    These are terminal escapes, control characters, and those that only affect the characters around them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text or "\x9b" in text:
        text = re.sub(_ESCAPES, "", text)
    return _DROPPED.sub("", text)


class Found(NamedTuple):
    """A secret in a text: from `start` to `end`."""

    start: int
    end: int
    kind: str


def redact(text: str) -> tuple[str, int]:
    """Replace values that look like credentials by `[redacted:KIND]`; return the text and their number."""
    found = _merged([*_private_keys(text), *_shaped(text), *_in_contexts(text)])
    pieces = []
    done = 0
    for secret in found:
        pieces += [text[done : secret.start], f"[redacted:{secret.kind}]"]
        done = secret.end
    return "".join(pieces) + text[done:], len(found)


def _merged(found: list[Found]) -> list[Found]:
    """Return the secrets in order; of those that overlap, the first in the list gives the kind."""
    merged: list[tuple[int, Found]] = []
    for rank, secret in sorted(enumerate(found), key=lambda item: (item[1].start, item[0])):
        if not merged or secret.start >= merged[-1][1].end:
            merged.append((rank, secret))
            continue
        before_rank, before = merged[-1]
        kind = before.kind
        if rank < before_rank:
            kind = secret.kind
        end = max(before.end, secret.end)
        merged[-1] = (min(rank, before_rank), Found(before.start, end, kind))
    return [secret for _, secret in merged]


_BEGIN = "PRIVATE KEY"
_KEY_BLOCK = (
    r"-{4,5} ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}"
    # Key text or a header must follow; a text can also mention the first line.
    r"(?=(?:[\s>#*|\"'+,]|\\[nr]){0,40}(?:[A-Za-z0-9+/=]{16}|[A-Z][A-Za-z-]{2,20}: ))"
    r"[\s\S]*?(?:-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}|(?=-{4,5} ?BEGIN )|\Z)"
)
_PUTTY_KEY = r"Private-Lines: [0-9]+\s+(?P<secret>(?:[>#\s]{0,8}[A-Za-z0-9+/=]{4,}\s)+)"
_ENCODED_KEY = r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{64,}={0,2}"


def _private_keys(text: str) -> Iterator[Found]:
    if _BEGIN in text:
        for match in _compiled(_KEY_BLOCK).finditer(text):
            yield Found(match.start(), match.end(), "private-key")
    if "Private-Lines: " in text:
        for match in _compiled(_PUTTY_KEY).finditer(text):
            yield Found(match.start("secret"), match.end("secret") - 1, "private-key")
    if "LS0tLS1CRUdJTi" in text:
        from base64 import b64decode

        for match in _compiled(_ENCODED_KEY).finditer(text):
            if b"PRIVATE" in b64decode(match[0][:64]):
                yield Found(match.start(), match.end(), "private-key")


@cache
def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_LONG = re.compile(r"[^\s\"'`<>]{16,}")
_LARGE = 200_000  # characters, from which it is faster to collect all pairs of characters first
_BEHIND = 80  # characters before a prefix that can belong to a secret


def _shaped(text: str) -> Iterator[Found]:
    """Yield the secrets that have the shape of a known kind. Prefixes are only searched for in long words."""
    words = "\n".join(_LONG.findall(text))
    if not words:
        return
    from kaizen_schedule_core.bundle.secret_shapes import FREE_SHAPES, NOT_BEFORE, SHAPES

    pairs: set[tuple[str, str]] = set()
    if len(words) > _LARGE:
        pairs = set(pairwise(words))
    for kind, prefixes, after, _, behind in SHAPES:
        for prefix in prefixes.split():
            if (not pairs or (prefix[0], prefix[1]) in pairs) and prefix in words:
                for start, end in _occurrences(text, prefix, after, behind, NOT_BEFORE.get(behind)):
                    yield Found(start, end, kind)
    for kind, mark, pattern, _ in FREE_SHAPES:
        if mark in words:
            for match in _compiled(pattern).finditer(text):
                yield Found(match.start(), match.end(), kind)


def _occurrences(
    text: str, prefix: str, after: str, behind: str, not_before: frozenset[str] | None
) -> Iterator[tuple[int, int]]:
    """Yield the secrets with a prefix. The text before it is short; that after it can be long, and is read last."""
    following, preceding = _compiled(after), _compiled(behind)
    has_secret = "secret" in following.groupindex
    at = text.find(prefix)
    while at >= 0:
        start, end = at, at + len(prefix)
        if not_before is not None:
            possible = at == 0 or text[at - 1] not in not_before
        else:
            before = preceding.match(text[max(0, at - _BEHIND) : at][::-1])
            possible = before is not None
            start -= before.end() if before is not None else 0
        match = following.match(text, end) if possible else None
        if match is not None:
            end = match.end()
            if has_secret:
                start, end = match.span("secret")
            yield start, end
        at = text.find(prefix, end)


def _in_contexts(text: str) -> Iterator[Found]:
    """Yield the secrets that are recognized by the text around them."""
    from kaizen_schedule_core.bundle.secret_contexts import find_in_contexts
    from kaizen_schedule_core.bundle.secret_names import find_named

    for start, end, kind in (*find_in_contexts(text), *find_named(text)):
        if not text.startswith("[redacted:", start):
            yield Found(start, end, kind)
