"""How what stands differs from what is generated, as a person reads it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

_LINES_SHOWN = 60


def differences(root: Path, wanted: Mapping[str, str], stale: Sequence[str]) -> list[str]:
    """One text for every file that is missing, differs, or is no longer generated."""
    found = [_difference(root / name, name, text) for name, text in sorted(wanted.items())]
    left = [f"{name}: no longer generated, and still there" for name in stale]
    return [*filter(None, found), *left]


def _difference(path: Path, name: str, text: str) -> str | None:
    if not path.is_file():
        return f"{name}: not there"
    stands = path.read_bytes().decode(errors="backslashreplace")
    if stands == text:
        return None
    lines = difflib.unified_diff(
        stands.splitlines(), text.splitlines(), f"{name} (as it stands)", f"{name} (as generated)", n=1, lineterm=""
    )
    shown = list(lines) or [f"{name}: the line ends differ"]
    more = len(shown) - _LINES_SHOWN
    return "\n".join([*shown[:_LINES_SHOWN], *([f"… and {more} more lines"] if more > 0 else [])])
