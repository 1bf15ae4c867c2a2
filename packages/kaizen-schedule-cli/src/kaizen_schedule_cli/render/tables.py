"""Tables that a person reads on 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from kaizen_schedule_core import inert

_GAP = "  "
_LEAST_ROOM = 24


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, width: int = 80) -> str:
    """Aligned columns; what does not fit into `width` columns of a terminal goes on below, in the last column."""
    cells = [[heading.upper() for heading in headings], *([inert(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    lines = []
    for row in cells:
        lead = "".join(cell.ljust(widths[column]) + _GAP for column, cell in enumerate(row[:-1]))
        room = max(width - len(lead), _LEAST_ROOM)
        first, *more = textwrap.wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) or [""]
        lines.append((lead + first).rstrip())
        lines.extend(" " * len(lead) + rest for rest in more)
    return "\n".join(lines)
