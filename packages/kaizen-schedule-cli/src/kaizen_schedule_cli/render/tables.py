"""Tables that a person reads on 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from kaizen_schedule_core import inert

from kaizen_schedule_cli.render.width import TERMINAL, cells

_GAP = "  "
_LEAST_ROOM = 24


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns; what does not fit into a terminal goes on below, in the last column."""
    grid = [[heading.upper() for heading in headings], *([inert(cell) for cell in row] for row in rows)]
    widths = [max(cells(row[column]) for row in grid) for column in range(len(headings))]
    lines = []
    for row in grid:
        lead = "".join(cell + " " * (widths[column] - cells(cell)) + _GAP for column, cell in enumerate(row[:-1]))
        room = max(TERMINAL - cells(lead), _LEAST_ROOM)
        first, *more = textwrap.wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) or [""]
        lines.append((lead + first).rstrip())
        lines.extend(" " * cells(lead) + rest for rest in more)
    return "\n".join(lines)
