"""Tables that a person reads on 80 columns."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from kaizen_schedule_core.diagnostics import inert

from kaizen_schedule_cli.render.width import TERMINAL, cells

_GAP = 2
_LEAST_ROOM, _MOST_ROOM = 20, 40  # what the last column is left where others are wide
_NARROWEST = 8


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns; what does not fit into a terminal goes on below, in the last column.

    A cell that is too wide for its column is kept whole, to be copied, and its row goes on below it.
    """
    grid = [[heading.upper() for heading in headings], *([inert(cell) for cell in row] for row in rows)]
    starts = _starts(grid)
    room = max(TERMINAL - starts[-1], _LEAST_ROOM)
    lines: list[str] = []
    for row in grid:
        *lead, last = row
        first, *more = textwrap.wrap(last, room, break_long_words=False, break_on_hyphens=False) or [""]
        line = ""
        for column, cell in zip(starts, [*lead, first], strict=True):
            start = min(column, max(TERMINAL - cells(cell), 0))
            if cells(line) > max(start - _GAP, 0):
                lines.append(line)
                line = ""
            if cell:
                line += " " * (start - cells(line)) + cell
        lines.append(line)
        lines.extend(" " * starts[-1] + rest for rest in more)
    return "\n".join(lines)


def _starts(grid: Sequence[Sequence[str]]) -> list[int]:
    """Where each column starts: as wide as its cells, or narrowed where fewest of them mind until the last has room."""
    *columns, last = zip(*grid, strict=True)
    counted = [Counter(map(cells, column)) for column in columns]
    widths = [max(widths) for widths in counted]
    longest_word = max(cells(word) for cell in last for word in cell.split() or [""])
    room = min(max(map(cells, last)), max(_LEAST_ROOM, min(longest_word, _MOST_ROOM)))
    while sum(widths) + _GAP * len(widths) + room > TERMINAL:
        wide = [column for column, width in enumerate(widths) if width > max(_NARROWEST, cells(columns[column][0]))]
        if not wide:
            break
        widths[min(wide, key=lambda column: (counted[column][widths[column]], -widths[column]))] -= 1
    return [0, *accumulate(width + _GAP for width in widths)]
