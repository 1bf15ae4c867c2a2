"""Generated files that the generator no longer writes."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path

from reference.markdown import MARK

_HEAD = 400


def stale_files(root: Path, wanted: Container[str]) -> list[str]:
    """Return the marked files below docs/ that are not in `wanted`."""
    found = []
    for folder, folders, names in os.walk(root / "docs"):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if relative not in wanted and is_generated(path):
                found.append(relative)
    return found


def is_generated(path: Path) -> bool:
    """Return whether a file begins with the mark of generated files."""
    with path.open("rb") as stream:
        return MARK.encode() in stream.read(_HEAD)
