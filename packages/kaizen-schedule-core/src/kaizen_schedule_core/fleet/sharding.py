"""Shards of a roster, for several workers (ADR-014)."""

import hashlib
import re
from collections.abc import Callable

_SHARD = re.compile("([0-9]{1,9})/([0-9]{1,9})")


def parse_shard(text: str) -> tuple[int, int]:
    """Return the shard `(index, count)` of a text such as "2/8", whose index starts at 1: (1, 8).

    Raises ValueError with a hint.
    """
    match = _SHARD.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError("write a shard as 2/8: the second of eight")
    return int(match[1]) - 1, int(match[2])


def in_shard(shard: tuple[int, int] | None) -> Callable[[str], bool]:
    """Check whether an entry is in the shard `(index, count)`; without a shard, every entry is.

    It is if the sha256 of its slug, or of `#<position>` without a valid slug, modulo the count is the index. So each
    entry is in exactly one of n shards. Raises ValueError for an invalid shard.
    """
    if shard is None:
        return lambda _: True
    if not _is_shard(shard):
        raise ValueError(f"shard must be (index, count) with 0 <= index < count, such as (0, 4), not {shard!r}")
    index, count = shard
    return lambda name: int(hashlib.sha256(name.encode()).hexdigest(), 16) % count == index


def _is_shard(shard: object) -> bool:
    # Not isinstance, because True is an int.
    return isinstance(shard, tuple) and list(map(type, shard)) == [int, int] and shard[0] in range(shard[1])
