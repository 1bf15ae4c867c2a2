"""How much room a text takes on a terminal."""

from __future__ import annotations

import unicodedata

TERMINAL = 80


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
