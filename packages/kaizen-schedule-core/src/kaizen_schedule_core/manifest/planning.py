"""The agents and crons of a new manifest, by the options of `schedule init` (contract section 2).

Staggered minutes are computed once and written as explicit crons.
"""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, starmap
from typing import Literal

from kaizen_schedule_core.clock.cadence import DEFAULT_TIMEZONE, Cadence
from kaizen_schedule_core.diagnostics import escape_control_chars
from kaizen_schedule_core.manifest.scaffold import EXAMPLE, PlannedAgent, manifest_text

BootstrapCadence = Literal["hourly", "daily", "weekly"]

_MINUTE = timedelta(minutes=1)
_HOUR = 60  # minutes
_FIRST_HOUR, _HOURS = 9, 9  # weekly agents start an hour apart, from 09:00 to 17:00
_LAST_HOUR = 21  # clocks change at night
_ABOUT_WIDTH = 100
_DATES: dict[Cadence, tuple[str, str]] = {
    "daily": ("* * *", "every day"),
    "weekly": ("* * 1", "Mondays"),
    "monthly": ("1 * *", "the 1st of each month"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stagger:
    """Start each agent within `window` after its hour, at a minute derived from the slug `repo` and its name."""

    repo: str
    window: timedelta = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Engagement:
    """A project phase in which agents run more often; a comment of the manifest contains the slug."""

    slug: str
    cadence: BootstrapCadence


@dataclass(frozen=True, kw_only=True, slots=True)
class _Start:
    """The start time of an agent on the dates of its cadence; without an hour, every hour."""

    cadence: Cadence
    hour: int | None
    minute: int = 0

    def moved(self, minutes: int) -> _Start:
        """Return the start moved by some minutes."""
        if self.hour is None:
            return replace(self, minute=minutes)
        return replace(self, hour=self.hour + minutes // _HOUR, minute=minutes % _HOUR)

    def placed(self, agent: PlannedAgent, seed: str) -> PlannedAgent:
        """Return the agent with this start as an explicit cron."""
        dates, words = _DATES[self.cadence]
        if self.hour is None:
            cron, when = f"{self.minute} * * * *", f"every hour at minute {self.minute}"
        else:
            cron, when = f"{self.minute} {self.hour} {dates}", f"{words} at {self.hour:02}:{self.minute:02}"
        return replace(agent, cadence=self.cadence, cron=cron, when=when + seed)


def plan_manifest(
    agents: Mapping[str, str] | None = None,
    *,
    timezone: str = DEFAULT_TIMEZONE,
    stagger: Stagger | None = None,
    engagement: Engagement | None = None,
) -> str:
    """Return the manifest that `schedule init` writes; without arguments, the contract's example.

    `agents` maps the names of known agents, in their order, to their descriptions; all of them are enabled. During an
    `engagement`, the enabled agents run at its cadence. The zone and the slugs must be valid. Raises ValueError with
    a hint if the window does not fit into a day or an hour.
    """
    chosen = EXAMPLE if agents is None else tuple(starmap(_weekly, agents.items()))
    if agents is None and stagger is None and engagement is None:
        return manifest_text(chosen, timezone=timezone)
    starts = _starts(chosen, engagement)
    remarks: list[str] = []
    seed = ""
    if engagement is not None:
        remarks += [
            "",
            f"Engagement {engagement.slug}, bootstrap cadence: {engagement.cadence}.",
            "After the first weeks, change the cadence and cron so that the agents run less often.",
        ]
        if engagement.cadence == "hourly":
            remarks.append("For hourly runs, the cadence is daily and the cron fires every hour.")
    if stagger is not None:
        starts = _staggered(starts, stagger)
        remarks += ["", "The minutes were derived from the slug next to each cron. You can change them."]
        seed = f", staggered by {stagger.repo}"
    placed = [starts[agent.name].placed(agent, seed) for agent in chosen]
    return manifest_text(placed, timezone=timezone, remarks=remarks)


def _weekly(name: str, about: str) -> PlannedAgent:
    """Return an enabled agent: as in the example, or else weekly."""
    cadences = {agent.name: agent.cadence for agent in EXAMPLE}
    line = escape_control_chars(textwrap.shorten(about, _ABOUT_WIDTH, placeholder=" …"))
    return PlannedAgent(name=name, cadence=cadences.get(name, "weekly"), about=line)


def _starts(agents: tuple[PlannedAgent, ...], engagement: Engagement | None) -> dict[str, _Start]:
    """Return the starts: weekly agents an hour apart, all others at nine; in an engagement, at its cadence."""
    starts = {}
    turns = count()
    for agent in agents:
        start = _Start(cadence=agent.cadence, hour=_FIRST_HOUR)
        if agent.cadence == "weekly":
            start = replace(start, hour=_FIRST_HOUR + next(turns) % _HOURS)
        if engagement is not None and agent.enabled:
            if engagement.cadence == "hourly":
                start = _Start(cadence="daily", hour=None)
            else:
                start = replace(start, cadence=engagement.cadence)
        starts[agent.name] = start
    return starts


def _staggered(starts: Mapping[str, _Start], stagger: Stagger) -> dict[str, _Start]:
    """Move each start, in the order of names, by its derived minutes, or to the next time that no other agent has."""
    window = stagger.window // _MINUTE
    longest = min(map(_longest_window, starts.values()))
    if not 1 <= window <= longest:
        reason = f"agents must start before {_LAST_HOUR}:00"
        if any(start.hour is None for start in starts.values()):
            reason = "an hourly agent can only start within one hour"
        raise ValueError(f"write 1m to {longest}m: {reason}")
    moved: dict[str, _Start] = {}
    taken = set()
    for name, start in sorted(starts.items()):
        seeded = seeded_minutes(stagger.repo, name, window)
        for minutes in [*range(seeded, window), *range(seeded), seeded]:  # the first one again if all are taken
            moved[name] = start.moved(minutes)
            if (moved[name].hour, moved[name].minute) not in taken:
                break
        taken.add((moved[name].hour, moved[name].minute))
    return moved


def seeded_minutes(repo: str, agent: str, window: int) -> int:
    """Return a number of minutes from 0 to window - 1 that only depends on the slug and the agent."""
    digest = hashlib.sha256(f"{repo}/{agent}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % window


def _longest_window(start: _Start) -> int:
    if start.hour is None:
        return _HOUR
    return (_LAST_HOUR - start.hour) * _HOUR
