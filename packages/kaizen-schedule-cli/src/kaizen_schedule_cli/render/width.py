"""The width of a text on a terminal."""

import unicodedata

TERMINAL = 80


def cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if (
        text.isascii()
    ):  # one column each; most cells of a large table are ASCII, and two look-ups per character are slow
        return len(text)
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
