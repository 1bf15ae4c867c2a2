"""Files that say they are generated, and are not any more."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path

from reference.markdown import MARK

_HEAD = 400


def stale_files(root: Path, wanted: Container[str]) -> list[str]:
    """What lies under docs/, carries the mark, and is not among what is wanted."""
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
    """Whether a file says so of itself."""
    with path.open("rb") as stream:
        return MARK.encode() in stream.read(_HEAD)
