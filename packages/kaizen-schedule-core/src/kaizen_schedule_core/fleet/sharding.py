"""Which part of a roster a worker resolves, where several share the work (ADR-014)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from kaizen_schedule_core.fleet.roster import RosterEntry

_SHARD = re.compile("([0-9]{1,9})/([0-9]{1,9})")


def parse_shard(text: str) -> tuple[int, int]:
    """Return the shard `(index, count)`, the index from 0, of a text that counts from 1: "2/8" is (1, 8).

    Raises ValueError with what to write.
    """
    match = _SHARD.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError("write a shard as 2/8: the second of eight")
    return int(match[1]) - 1, int(match[2])


def in_shard(shard: tuple[int, int] | None) -> Callable[[RosterEntry], bool]:
    """Whether an entry belongs to the part `(index, count)`; every entry does where there are no parts.

    The part is the sha256 of the entry's name modulo the count: of the slug, so that all twins of a slug stay together
    and are still seen to be twins, and of `#<position>` where there is no usable slug. It depends on nothing else, so
    that n parts are exactly the whole. Raises ValueError for a shard that is none.
    """
    if shard is None:
        return lambda _: True
    if not _is_shard(shard):
        raise ValueError(f"shard must be (index, count) with 0 <= index < count, such as (0, 4), not {shard!r}")
    index, count = shard
    return lambda entry: int(hashlib.sha256(entry.repo.encode()).hexdigest(), 16) % count == index


def _is_shard(shard: object) -> bool:
    if not isinstance(shard, tuple) or [type(part) for part in shard] != [int, int]:
        return False
    index, count = shard
    return bool(0 <= index < count)
