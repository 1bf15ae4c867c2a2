"""What a manifest says, as values (ADR-005). The JSON Schema is made from these models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from kaizen_schedule_core.clock.cadence import DEFAULT_CRON, DEFAULT_TIMEZONE, Cadence
from kaizen_schedule_core.names import AGENT_PATTERN

AgentName = Annotated[str, StringConstraints(pattern=AGENT_PATTERN)]


class AgentSchedule(BaseModel):
    """When one agent runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    cadence: Cadence = Field(description="How often the agent runs; daily is every day of the week.")
    cron: str | SkipJsonSchema[None] = Field(
        default=None,
        description="Five fields of the portable cron dialect; by default Mondays, the 1st, or every day at 09:00.",
    )
    enabled: bool = Field(default=True, description="false declares the agent and pauses it.")

    @property
    def effective_cron(self) -> str:
        """The cron that holds: the manifest's own, else the cadence's."""
        return DEFAULT_CRON[self.cadence] if self.cron is None else self.cron


class Manifest(BaseModel):
    """A valid manifest: version 1, one zone, at least one agent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal["1"] = Field(description='The version of the format, in quotes: "1".')
    timezone: str = Field(default=DEFAULT_TIMEZONE, description="The IANA name of the zone in which crons are read.")
    agents: dict[AgentName, AgentSchedule] = Field(min_length=1, description="The scheduled agents by name.")
