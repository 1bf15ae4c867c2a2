"""Marked regions of hand-written pages, which the generator fills.

A page marks a region with two lines; the generator replaces everything between them:

    <!-- generated: manifest-keys -->
    <!-- end -->
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from reference.shapes import SHAPES
from reference.stale import is_generated
from reference.tables import TABLES

_OPENING = re.compile(r"^<!-- generated: *([^ ]*) *-->$")
_CLOSING = "<!-- end -->"
_FENCE = re.compile(r"^ *(`{3,}|~{3,})")
_PAGES = ("*.md", "packages/*/README.md")
_REGIONS: dict[str, Callable[[], str]] = {**TABLES, **SHAPES}


class UnknownRegion(Exception):
    """A region with an unknown name, or without an end."""


def filled_pages(root: Path) -> dict[str, str]:
    """Return each hand-written page that has regions, with its text after filling. Raises UnknownRegion."""
    found = [path for pattern in _PAGES for path in root.glob(pattern)]
    found += [Path(folder, name) for folder, _, names in os.walk(root / "docs") for name in names]
    pages: dict[str, str] = {}
    for path in sorted(path for path in found if path.suffix == ".md" and not is_generated(path)):
        text = path.read_bytes().decode()
        if any(map(_OPENING.match, text.split("\n"))):
            name = path.relative_to(root).as_posix()
            pages[name] = filled(text, name)
    return pages


def filled(text: str, page: str, tables: Mapping[str, Callable[[], str]] = _REGIONS) -> str:
    """Return a page's text with its regions filled. Raises UnknownRegion, which names the page and the line."""
    lines: list[str] = []
    region: str | None = None
    fenced: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if region is not None:
            if line == _CLOSING:
                lines += ["", tables[region](), "", line]
                region = None
            elif _OPENING.match(line):
                break
            continue
        lines.append(line)
        if mark := _FENCE.match(line):
            fenced = mark[1] if fenced is None else None if mark[1].startswith(fenced) else fenced
        if fenced is None and (opening := _OPENING.match(line)):
            region = opening[1]
            if region not in tables:
                raise UnknownRegion(f"{page}:{number}: unknown region {region!r}; known: {', '.join(sorted(tables))}")
    if region is not None:
        raise UnknownRegion(f"{page}: no line {_CLOSING} after the region {region!r}")
    return "\n".join(lines)
