"""Which part of a roster a worker resolves, where several share the work (ADR-014)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from kaizen_schedule_core.fleet.roster import RosterEntry


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
