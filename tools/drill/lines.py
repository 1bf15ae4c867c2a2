"""The lines of the drill's table: what was expected, what happened."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

REPORT_VERSION = "1"
_WIDTHS = (25, 22, 21, 6)  # with two blanks between, 80 columns


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line. It passed if what happened is, to the letter, what was expected."""

    scenario: str
    name: str
    expected: str
    happened: str

    @property
    def passed(self) -> bool:
        """Whether it is as it should be."""
        return self.expected == self.happened


class Lines:
    """The lines of one scenario: each of them is told once, and one that is not reached has failed."""

    def __init__(self, scenario: str, names: Iterable[str]) -> None:
        """Begin with the names of all lines that are to come."""
        self._scenario = scenario
        self._told: dict[str, Line | None] = dict.fromkeys(names)

    def tell(self, name: str, expected: str, happened: str) -> None:
        """Say what became of a line."""
        if self._told[name] is not None:
            raise AssertionError(f"{name} is told twice")
        self._told[name] = Line(scenario=self._scenario, name=name, expected=expected, happened=happened)

    def end(self, problem: str) -> list[Line]:
        """All lines in their order; the first that was not reached failed by the problem, and so those after it."""
        found: list[Line] = []
        for name, line in self._told.items():
            found.append(line or Line(scenario=self._scenario, name=name, expected="to be reached", happened=problem))
            problem = problem if line else "not reached"
        return found


def differing(expected: Iterable[object], found: Iterable[object], what: str) -> str:
    """`the same 3 tasks`, or how many are missing and how many too many."""
    wanted, got = list(expected), list(found)
    if wanted == got:
        return f"the same {len(wanted):,} {what}"
    first, second = Counter(map(repr, wanted)), Counter(map(repr, got))
    missing, more = (first - second).total(), (second - first).total()
    return f"{len(got):,} {what}: {missing:,} missing, {more:,} too many, of {len(wanted):,}"


def table(lines: Iterable[Line]) -> str:
    """The table, 80 columns wide; a cell goes on below itself."""
    rows = [("line", "expected", "happened", "")]
    rows += [(line.name, line.expected, line.happened, "ok" if line.passed else "FAILED") for line in lines]
    return "\n".join(_row(row) for row in rows)


def _row(cells: tuple[str, ...]) -> str:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, _WIDTHS, strict=True)]
    height = max(map(len, wrapped))
    padded = [column + [""] * (height - len(column)) for column in wrapped]
    rows = zip(*padded, strict=True)
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS, strict=True)).rstrip() for row in rows
    )


def report(lines: Iterable[Line], seconds: float) -> str:
    """The table for programs."""
    found = list(lines)
    return (
        json.dumps(
            {
                "version": REPORT_VERSION,
                "passed": all(line.passed for line in found),
                "seconds": round(seconds, 1),
                "lines": [{**asdict(line), "passed": line.passed} for line in found],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )
