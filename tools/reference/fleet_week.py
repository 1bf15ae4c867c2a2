"""A fleet's week as a calendar: days as columns, the hours that are used as rows, a block for each expected run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path

from reference.markdown import MARK
from reference.running import answer, pilot_fleet
from reference.svg import BOLD, element, number, rule, text

_MONDAY = date(2026, 6, 15)
_DAYS = 7
_SINCE, _UNTIL = "2026-06-14T23:59:59+02:00", "2026-06-21T23:59:59+02:00"

_WIDTH, _GUTTER, _HEAD, _LEGEND = 740, 47, 58, 46
_COLUMN = (_WIDTH - _GUTTER) / _DAYS
_SVG = {
    "xmlns": "http://www.w3.org/2000/svg",
    "role": "img",
    "aria_labelledby": "title desc",
    "font_family": "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif",
}
_BLOCK, _GAP, _ROUND = 70, 5, 7
_LINE = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    """The colours of a picture; `agents` gives each agent in turn the fill, the edge and the ink of its blocks."""

    ink: str
    quiet: str
    rule: str
    shade: str
    agents: tuple[tuple[str, str, str], ...]


LIGHT = Theme(
    ink="#1f2933",
    quiet="#5b6770",
    rule="#d3dadf",
    shade="#f3f6f7",
    agents=(
        ("#d6efec", "#00695c", "#00423a"),
        ("#fde6cf", "#a04900", "#6b3300"),
        ("#e3e1f8", "#5548b0", "#2d2473"),
        ("#fadbe5", "#b3285f", "#6b0f36"),
    ),
)
DARK = Theme(
    ink="#e6eaed",
    quiet="#a7b1b9",
    rule="#424b57",
    shade="#262c36",
    agents=(
        ("#0f4a44", "#6fd0c5", "#d5f5f1"),
        ("#5a3a14", "#ffb066", "#ffe9d1"),
        ("#3a3568", "#a59bf0", "#e9e6ff"),
        ("#5c2340", "#f089b1", "#ffe0ec"),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One expected run, at its time on the wall."""

    repo: str
    agent: str
    at: datetime


def expected_week(root: Path) -> list[Run]:
    """What `roster expect` says of the pilot fleet in the week of the picture."""
    words = ["roster", "expect", "--roster", "pilot-roster/roster.yml", "--since", _SINCE, "--until", _UNTIL]
    with pilot_fleet(root) as folder:
        slots = json.loads(answer([*words, "--format", "json"], folder))["slots"]
    return [Run(repo=one["repo"], agent=one["agent"], at=datetime.fromisoformat(one["at"])) for one in slots]


def fleet_week(runs: Sequence[Run], theme: Theme) -> str:
    """The picture as SVG, with a title and a description for those who do not see it."""
    agents = sorted({run.agent for run in runs})
    hours = sorted({run.at.hour for run in runs})
    tallest = {hour: max(len(_cell(runs, day, hour)) for day in range(_DAYS)) for hour in hours}
    tops: dict[int, float] = {}
    bottom = float(_HEAD)
    for hour in hours:
        tops[hour] = bottom
        bottom += tallest[hour] * (_BLOCK + _GAP) + _GAP
    shapes = [
        *_grid(tops, bottom, theme),
        *(
            _block(run, day, tops[hour] + _GAP + place * (_BLOCK + _GAP), theme.agents[agents.index(run.agent)])
            for hour in hours
            for day in range(_DAYS)
            for place, run in enumerate(_cell(runs, day, hour))
        ),
        *_legend(agents, bottom, theme),
    ]
    inner = [
        f"<!-- {MARK} -->",
        element("title", f"A fleet week: {len(runs)} expected runs from Monday {_MONDAY} on", id="title"),
        element("desc", escape(_described(runs)), id="desc"),
        *shapes,
    ]
    return (
        element("svg", "\n".join(["", *inner, ""]), viewBox=f"0 0 {_WIDTH} {number(bottom + _LEGEND)}", **_SVG) + "\n"
    )


def _cell(runs: Sequence[Run], day: int, hour: int) -> list[Run]:
    found = [run for run in runs if run.at.date() == _MONDAY + timedelta(days=day) and run.at.hour == hour]
    return sorted(found, key=lambda run: (run.at, run.repo))


def _grid(tops: dict[int, float], bottom: float, theme: Theme) -> Iterator[str]:
    for day in range(_DAYS):
        left = _GUTTER + day * _COLUMN
        if day % 2 == 0:
            yield element("rect", x=left, y=0, width=_COLUMN, height=bottom, fill=theme.shade)
        when = _MONDAY + timedelta(days=day)
        yield text(left + _COLUMN / 2, 25, f"{when:%a}", theme.ink, 18, weight=BOLD, anchor="middle")
        yield text(left + _COLUMN / 2, 45, f"{when.day} {when:%b}", theme.quiet, 15, anchor="middle")
    for hour, top in tops.items():
        yield rule(top, _WIDTH, theme.rule)
        yield text(_GUTTER - 7, top + 24, f"{hour:02}h", theme.ink, 16, weight=BOLD, anchor="end")
    yield rule(bottom, _WIDTH, theme.rule)


def _block(run: Run, day: int, top: float, colours: tuple[str, str, str]) -> str:
    fill, edge, ink = colours
    left = _GUTTER + day * _COLUMN + _GAP / 2
    wide = _COLUMN - _GAP
    name = [
        text(left + 10, top + 20 + _LINE * n, part, ink, 14.5, weight=BOLD) for n, part in enumerate(_two(run.repo), 1)
    ]
    body = [
        element("title", escape(_sentence(run))),
        element("rect", x=left, y=top, width=wide, height=_BLOCK, rx=_ROUND, fill=fill),
        element("rect", x=left + 1, y=top + 6, width=4, height=_BLOCK - 12, rx=2, fill=edge),
        text(left + 10, top + 19, f"{run.at:%H:%M}", ink, 15),
        text(left + wide - 8, top + 19, _letter(run.agent), edge, 15, weight=BOLD, anchor="end"),
        *name,
    ]
    return element("g", "".join(body))


def _letter(agent: str) -> str:
    """What tells an agent's blocks where colours do not."""
    return agent[0].upper()


def _two(name: str) -> list[str]:
    """A name on two lines at most, parted where it has a hyphen."""
    first, hyphen, second = name.partition("-")
    return [first + hyphen, second] if second else [name]


def _legend(agents: Sequence[str], bottom: float, theme: Theme) -> Iterator[str]:
    left = float(_GUTTER)
    for agent, (fill, edge, _) in zip(agents, theme.agents, strict=False):
        yield element("rect", x=left, y=bottom + 13, width=26, height=24, rx=5, fill=fill)
        yield text(left + 13, bottom + 31, _letter(agent), edge, 16, weight=BOLD, anchor="middle")
        yield text(left + 34, bottom + 31, agent, theme.ink, 16)
        left += 34 + 9 * len(agent) + 26
    yield text(_WIDTH - 4, bottom + 31, "local time, Europe/Berlin", theme.quiet, 15, anchor="end")


def _described(runs: Sequence[Run]) -> str:
    return "A calendar with a column for each day and a row for each hour that is used. " + " ".join(
        map(_sentence, runs)
    )


def _sentence(run: Run) -> str:
    return f"{run.at:%A %H:%M}: {run.agent} in {run.repo}."
