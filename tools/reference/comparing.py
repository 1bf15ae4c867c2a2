"""Differences between the files and what would be generated, as diffs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

_LINES_SHOWN = 60


def differences(root: Path, wanted: Mapping[str, str], stale: Sequence[str]) -> list[str]:
    """Return one text for each file that is missing, differs, or is no longer generated."""
    found = [_difference(root / name, name, text) for name, text in sorted(wanted.items())]
    left = [f"{name}: no longer generated; delete it" for name in stale]
    return [*filter(None, found), *left]


def _difference(path: Path, name: str, text: str) -> str | None:
    if not path.is_file():
        return f"{name}: missing"
    current = path.read_bytes().decode(errors="backslashreplace")
    if current == text:
        return None
    lines = difflib.unified_diff(
        current.splitlines(), text.splitlines(), f"{name} (current)", f"{name} (generated)", n=1, lineterm=""
    )
    shown = list(lines) or [f"{name}: the line endings differ"]
    more = len(shown) - _LINES_SHOWN
    return "\n".join([*shown[:_LINES_SHOWN], *([f"… and {more} more lines"] if more > 0 else [])])
