"""The lines of the drill's table: expected and actual results."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass

REPORT_VERSION = "1"
_WIDTHS = (25, 22, 21, 6)  # 80 columns, with two spaces between them


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table. It passed if the two texts are equal."""

    scenario: str
    name: str
    expected: str
    happened: str

    @property
    def passed(self) -> bool:
        """Return whether the result is as expected."""
        return self.expected == self.happened


class Lines:
    """The lines of one scenario. Each is recorded once; a line that is not reached has failed."""

    def __init__(self, scenario: str, names: Iterable[str]) -> None:
        """Start with the names of all expected lines."""
        self._scenario = scenario
        self._recorded: dict[str, Line | None] = dict.fromkeys(names)

    def record(self, name: str, expected: str, happened: str) -> None:
        """Record the result of a line."""
        if self._recorded[name] is not None:
            raise AssertionError(f"{name} was recorded twice")
        self._recorded[name] = Line(scenario=self._scenario, name=name, expected=expected, happened=happened)

    def end(self, problem: str) -> list[Line]:
        """Return all lines in order; the first one that was not reached gets the problem as its result."""
        found: list[Line] = []
        for name, line in self._recorded.items():
            found.append(line or Line(scenario=self._scenario, name=name, expected="to be reached", happened=problem))
            problem = problem if line else "not reached"
        return found


def differing(expected: Iterable[object], found: Iterable[object], what: str) -> str:
    """Return `the same 3 tasks`, or how many are missing and how many are unexpected."""
    wanted, got = list(expected), list(found)
    if wanted == got:
        return f"the same {len(wanted):,} {what}"
    first, second = Counter(map(repr, wanted)), Counter(map(repr, got))
    missing, extra = (first - second).total(), (second - first).total()
    return f"{len(got):,} {what}: {missing:,} missing, {extra:,} unexpected, of {len(wanted):,}"


def table(lines: Iterable[Line]) -> str:
    """Return the table, 80 columns wide; long cells are wrapped."""
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
    """Return the table as JSON."""
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
