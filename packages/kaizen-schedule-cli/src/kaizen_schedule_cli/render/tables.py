"""Tables for terminals with 80 columns."""

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
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
    grid, sizes = _measured([list(map(str.upper, headings)), *rows])
    starts = _starts(grid, sizes)
    return "\n".join(_text(row, widths, starts) for row, widths in zip(grid, sizes, strict=True))


def row_writer(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Callable[[Sequence[str]], str]:
    """Return a function that returns one row of a table that is wide enough for the given rows."""
    starts = _starts(*_measured([list(map(str.upper, headings)), *rows]))

    def text(row: Sequence[str]) -> str:
        [shown], [widths] = _measured([row])
        return _text(shown, widths, starts)

    return text


def _measured(rows: Iterable[Sequence[str]]) -> tuple[list[list[str]], list[list[int]]]:
    """Return the rows without control characters, and the widths of their cells."""
    grid = [list(map(escape_control_chars, row)) for row in rows]
    return grid, [list(map(cells, row)) for row in grid]


def _text(row: Sequence[str], widths: Sequence[int], starts: Sequence[int]) -> str:
    line = _one_line(row, widths, starts)
    if line is not None:
        return line
    return "\n".join(_lines(row, starts))


def _one_line(row: Sequence[str], widths: Sequence[int], starts: Sequence[int]) -> str | None:
    """Return a row in which every cell fits into its column, as most do; None for other rows."""
    if starts[-1] + widths[-1] > TERMINAL:
        return None
    line = ""
    end = 0
    for start, cell, width in zip(starts, row, widths, strict=True):
        if end > max(start - _GAP, 0):
            return None
        if cell:
            line += " " * (start - end) + cell
            end = start + width
    return line


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


def _starts(grid: Sequence[Sequence[str]], sizes: Sequence[Sequence[int]]) -> list[int]:
    *columns, last = zip(*sizes, strict=True)
    counts = list(map(Counter, columns))
    widths = list(map(max, counts))
    words = set(" ".join({row[-1] for row in grid}).split())
    longest_word = max(map(cells, words), default=0)
    needed = min(max(last), max(_LAST_MIN, min(longest_word, _LAST_MAX)))
    while sum(widths) + _GAP * len(widths) + needed > TERMINAL:
        wide = [column for column, width in enumerate(widths) if width > max(_NARROWEST, columns[column][0])]
        if not wide:
            break
        # Narrow the column with the fewest cells of its width, because each of their rows will need a second line.
        widths[min(wide, key=lambda column: (counts[column][widths[column]], -widths[column]))] -= 1
    return [0, *accumulate(width + _GAP for width in widths)]
