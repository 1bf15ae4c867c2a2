"""The JSON output of `schedule list` and `next`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedAgent:
    """An agent of a manifest; `next` is a time in UTC, None for a paused agent."""

    agent: str
    cadence: str
    cron: str
    timezone: str
    enabled: bool
    next: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListAnswer:
    """The agents of a manifest."""

    version: Literal["1"] = "1"
    repo: str
    timezone: str
    agents: tuple[ListedAgent, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fire:
    """One fire of an agent; `at` has the offset of the manifest's zone."""

    agent: str
    at: str
    utc: str
    note: Literal["gap", "fold"] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NextAnswer:
    """The next fires, sorted by `utc`, then agent."""

    version: Literal["1"] = "1"
    dialect: str
    tzdata: str
    fires: tuple[Fire, ...]
