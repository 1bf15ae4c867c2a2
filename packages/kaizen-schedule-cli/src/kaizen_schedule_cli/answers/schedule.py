"""The JSON output of `schedule list`, `agents` and `next`."""

from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.repo.agents import ListedAgent as KnownAgent


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
class AgentsAnswer:
    """The packaged agents, and the files of a repository that look like an agent."""

    version: Literal["1"] = "1"
    agents: tuple[KnownAgent, ...]


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
