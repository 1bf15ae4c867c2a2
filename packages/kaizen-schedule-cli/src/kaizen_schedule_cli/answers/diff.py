"""The JSON output of `schedule diff`."""

from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.manifest.differences import Change


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """The schedule of an agent in one version of the manifest."""

    cadence: str
    cron: str
    timezone: str
    enabled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffedAgent:
    """The change of one agent; a version that does not declare it is None.

    `next_before` and `next_after` are the next fires in UTC, None for an agent that does not fire.
    """

    agent: str
    change: Change
    before: Timing | None
    after: Timing | None
    next_before: str | None
    next_after: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredAgent(DiffedAgent):
    """The change of one agent with a catalog: the enabled definitions that selected it before, and do not now."""

    no_longer_fired_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffAnswer:
    """The agents whose schedule differs from that of a Git revision."""

    version: Literal["1"] = "1"
    base: str
    changes: tuple[DiffedAgent, ...]
