"""The few shapes that a picture is drawn with."""

from __future__ import annotations

from html import escape

PLAIN, BOLD = 400, 600


def element(name: str, content: str | None = None, **attributes: object) -> str:
    """An element; underscores in the names of attributes are hyphens, and None leaves one out."""
    given = {key.replace("_", "-"): _value(value) for key, value in attributes.items() if value is not None}
    words = "".join(f' {key}="{escape(value)}"' for key, value in given.items())
    return f"<{name}{words}/>" if content is None else f"<{name}{words}>{content}</{name}>"


def text(
    x: float, y: float, words: str, fill: str, size: float, *, weight: int = PLAIN, anchor: str | None = None
) -> str:
    """Words from a point on, or around it."""
    heavy = None if weight == PLAIN else weight
    return element("text", escape(words), x=x, y=y, font_size=size, font_weight=heavy, text_anchor=anchor, fill=fill)


def rule(y: float, width: float, colour: str) -> str:
    """A line from side to side."""
    return element("path", d=f"M0 {number(y)}H{number(width)}", stroke=colour)


def number(value: float) -> str:
    """A length with one decimal at most, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)
