"""The type of a diagnostic code."""

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal


@dataclass(frozen=True, slots=True)
class Code:
    """A stable identifier for one kind of problem.

    `unavailable` marks problems with something missing, unreadable or unreachable (exit 4); others exit with 1.
    """

    id: str
    title: str
    severity: Literal["error", "warning", "info"] = "error"
    unavailable: bool = False

    @property
    def explanation(self) -> str:
        """Return what the code means and why it matters."""
        return _explanations()[self.id]["explanation"]

    @property
    def wrong(self) -> str:
        """Return a minimal example of the problem."""
        return _explanations()[self.id]["wrong"]

    @property
    def right(self) -> str:
        """Return the same example without the problem."""
        return _explanations()[self.id]["right"]


@lru_cache(maxsize=1)
def _explanations() -> dict[str, dict[str, str]]:
    import tomllib

    with open(os.path.join(os.path.dirname(__file__), "explanations.toml"), "rb") as file:
        return tomllib.load(file)
