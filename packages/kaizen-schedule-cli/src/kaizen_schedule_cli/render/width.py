"""The width of text in a terminal."""

import unicodedata

TERMINAL = 80


def cells(text: str) -> int:
    """Return the number of terminal columns of a text."""
    if text.isascii():  # one column each; a fast path, because most cells are ASCII
        return len(text)
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
