"""What a bundle is made of, each piece sealed: where it came from, how far to trust it, and its sha256."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Trust = Literal["instructions", "project-data"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One piece of content, as the seal describes it.

    `bytes` and `sha256` are those of the text as it stands in the bundle; `tokens` is bytes // 4; `redacted` counts
    replaced credentials, `cut` the entries that the budget took away.
    """

    id: str
    path: str
    trust: Trust
    bytes: int
    sha256: str
    tokens: int
    redacted: int
    cut: int


def seal(*, id: str, path: str, trust: Trust, text: str, redacted: int = 0, cut: int = 0) -> Part:  # noqa: A002 - the contract's word
    """Describe a piece of content by its text as it stands in the bundle."""
    data = text.encode()
    return Part(
        id=id,
        path=path,
        trust=trust,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        tokens=len(data) // 4,
        redacted=redacted,
        cut=cut,
    )


def digest(parts: Iterable[Part]) -> str:
    """The sha256 over one line for each part: `<id> <trust> <path> <sha256>` and a line feed (ADR-009)."""
    lines = (f"{part.id} {part.trust} {part.path} {part.sha256}\n" for part in parts)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
