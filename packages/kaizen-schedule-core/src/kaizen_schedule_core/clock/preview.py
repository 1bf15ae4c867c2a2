"""The preview of a cron's fires, with those that a clock change affects."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from typing import Literal

from kaizen_schedule_core.clock.change_effects import Fires, changes, effect_of
from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.fires import fires

_NEAR = 2 * 24 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewedFire:
    """One fire in local time with its offset.

    `note` is `fold` for a fire in an hour that occurs twice, or that such an hour adds; `gap` for the first fire after
    one that a gap skipped or moved; None for the others.
    """

    at: datetime
    note: Literal["gap", "fold"] | None


def preview(
    cron: Cron,
    zone: tzinfo,
    after: datetime,
    *,
    until: datetime | None = None,
    count: int | None = None,
    fires_of: Fires = fires,
) -> list[PreviewedFire]:
    """Return at most `count` fires in (after, until], by default those of a Temporal Schedule (ADR-008)."""
    found = [int(fire.timestamp()) for fire in islice(fires_of(cron, zone, after, until), count)]
    if not found:
        return []
    notes: dict[int, Literal["gap", "fold"]] = {}
    start = int(after.timestamp())
    for change in changes(zone, start - _NEAR, found[-1] + _NEAR):
        effect = effect_of(cron, zone, change, fires_of)
        if effect is None:
            continue
        marked = effect.fires
        if change.at > start and (effect.wanted or effect.lost) and (change.kind == "gap" or not marked):
            following = bisect_left(found, change.at)
            marked += tuple(found[following : following + 1])
        notes.update(dict.fromkeys(marked, change.kind))
    return [PreviewedFire(at=datetime.fromtimestamp(fire, zone), note=notes.get(fire)) for fire in found]
