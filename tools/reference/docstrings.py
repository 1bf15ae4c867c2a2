"""Docstrings as Markdown: prose as it stands, Google sections as lists."""

from __future__ import annotations

import textwrap
from typing import Any

import griffe

from reference.markdown import code, fence, markup

_TITLES = {"parameters": "Arguments", "other parameters": "Arguments", "raises": "Raises", "returns": "Returns"}


def docstring(documented: griffe.Object | griffe.Alias) -> str:
    """What an object says about itself."""
    if documented.docstring is None:
        return ""
    sections = griffe.parse_google(documented.docstring, warnings=False)
    return "\n\n".join(_section(section) for section in sections)


def _section(section: Any) -> str:
    if isinstance(section, griffe.DocstringSectionText):
        return "\n\n".join(map(_paragraph, section.value.split("\n\n")))
    if isinstance(section, griffe.DocstringSectionAdmonition):
        return f"**{section.title}** {markup(section.value.contents)}"
    rows = [f"- {_named(item)}: {markup(item.description)}" for item in section.value]
    return "\n".join([f"**{_TITLES.get(section.kind.value, section.kind.value.capitalize())}**", "", *rows])


def _paragraph(text: str) -> str:
    if text.startswith("    "):
        return fence(textwrap.dedent(text), "python")
    return markup(text)


def _named(item: Any) -> str:
    return code(str(getattr(item, "name", "") or item.annotation))
