"""Fires as a table that a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from kaizen_schedule_core.clock.fires import FIRING_DIALECT
from kaizen_schedule_core.clock.preview import PreviewedFire
from kaizen_schedule_core.clock.zones import tzdata_version

from kaizen_schedule_cli.render.tables import table

_NOTES = {
    "gap": "gap: clocks went forward; a fire before this one was swallowed, or this one moved",
    "fold": "fold: clocks go back, an hour comes twice, and this is what the engine makes of it",
}


def next_text(rows: Sequence[tuple[PreviewedFire, str]], zone: str) -> str:
    """Each fire in local time with its offset and in UTC, what the notes mean, and which clock says so."""
    cells = [
        (
            name,
            f"{fire.at:%a %Y-%m-%d %H:%M} {_offset(fire)}",
            f"{fire.at.astimezone(UTC):%Y-%m-%d %H:%M}Z",
            fire.note or "",
        )
        for fire, name in rows
    ]
    notes = [_NOTES[note] for note in sorted({fire.note for fire, _ in rows if fire.note})]
    clock = f"clock: {FIRING_DIALECT} in {zone}, tz database {tzdata_version()}"
    return "\n".join([table(("agent", "local time", "utc", "note"), cells), "", *notes, clock])


def _offset(fire: PreviewedFire) -> str:
    return fire.at.isoformat()[19:]
