"""What a change of a manifest means for its agents (contract section 14)."""

from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.manifest.model import AgentSchedule, Manifest

Change = Literal["added", "removed", "paused", "resumed", "changed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentTiming:
    """The schedule of an agent, with the zone of its manifest."""

    schedule: AgentSchedule
    timezone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentChange:
    """The change of one agent between two manifests, which is None where the agent is not declared."""

    agent: str
    change: Change
    before: AgentTiming | None
    after: AgentTiming | None


def manifest_changes(before: Manifest | None, after: Manifest | None) -> tuple[AgentChange, ...]:
    """Return the agents that differ between two manifests, sorted; a manifest that does not exist is None."""
    old, new = _timings(before), _timings(after)
    changes: list[AgentChange] = []
    for agent in sorted({*old, *new}):
        was, now = old.get(agent), new.get(agent)
        if was != now:
            changes.append(AgentChange(agent=agent, change=_kind(was, now), before=was, after=now))
    return tuple(changes)


def _timings(manifest: Manifest | None) -> dict[str, AgentTiming]:
    if manifest is None:
        return {}
    return {
        name: AgentTiming(schedule=schedule, timezone=manifest.timezone) for name, schedule in manifest.agents.items()
    }


def _kind(before: AgentTiming | None, after: AgentTiming | None) -> Change:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    if before.schedule.enabled == after.schedule.enabled:
        return "changed"
    if after.schedule.enabled:
        return "resumed"
    return "paused"
