"""Tables for terminals with 80 columns."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from kaizen_schedule_core.diagnostics import escape_control_chars

from kaizen_schedule_cli.render.width import TERMINAL, cells

_GAP = 2
_LAST_MIN, _LAST_MAX = 20, 40  # the minimum width of the last column, and its maximum if other columns are wide
_NARROWEST = 8


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return aligned columns; text in the last column that does not fit is wrapped.

    Other cells are never cut, so that they can be copied; after a cell that is too wide, the row continues below.
    """
    grid = [list(map(str.upper, headings)), *(list(map(escape_control_chars, row)) for row in rows)]
    starts = _starts(grid)
    lines: list[str] = []
    for row in grid:
        lines.extend(_lines(row, starts))
    return "\n".join(lines)


def _lines(row: Sequence[str], starts: Sequence[int]) -> Iterator[str]:
    *lead, last = row
    width = max(TERMINAL - starts[-1], _LAST_MIN)
    first, *more = textwrap.wrap(last, width, break_long_words=False, break_on_hyphens=False) or [""]
    line = ""
    for column, cell in zip(starts, [*lead, first], strict=True):
        start = min(column, max(TERMINAL - cells(cell), 0))
        if cells(line) > max(start - _GAP, 0):
            yield line
            line = ""
        if cell:
            line += " " * (start - cells(line)) + cell
    yield line
    for rest in more:
        yield " " * starts[-1] + rest


def _starts(grid: Sequence[Sequence[str]]) -> list[int]:
    *columns, last = zip(*grid, strict=True)
    counts = [Counter(map(cells, column)) for column in columns]
    widths = list(map(max, counts))
    longest_word = max(map(cells, " ".join(last).split()), default=0)
    needed = min(max(map(cells, last)), max(_LAST_MIN, min(longest_word, _LAST_MAX)))
    while sum(widths) + _GAP * len(widths) + needed > TERMINAL:
        wide = [column for column, width in enumerate(widths) if width > max(_NARROWEST, cells(columns[column][0]))]
        if not wide:
            break
        # Narrow the column with the fewest cells of its width, because each of their rows will need a second line.
        widths[min(wide, key=lambda column: (counts[column][widths[column]], -widths[column]))] -= 1
    return [0, *accumulate(width + _GAP for width in widths)]
