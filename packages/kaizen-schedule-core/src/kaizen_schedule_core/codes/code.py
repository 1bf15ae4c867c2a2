"""What a code is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A stable name for one kind of problem.

    `wrong` and `right` are the smallest texts that show it and its mend. `unavailable` tells the problems where
    something could not be had (exit 4) from those where the input is at fault (exit 1).
    """

    id: str
    title: str
    explanation: str
    wrong: str
    right: str
    severity: Literal["error", "warning", "info"] = "error"
    unavailable: bool = False
