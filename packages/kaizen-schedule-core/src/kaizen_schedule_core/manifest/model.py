"""The manifest: the model of the file, and the parsed values that the library uses (ADR-005)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from kaizen_schedule_core.clock.cadence import DEFAULT_TIMEZONE, Cadence
from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.names import AGENT_PATTERN

AgentName = Annotated[str, StringConstraints(pattern=AGENT_PATTERN)]


class AgentEntry(BaseModel):
    """The schedule of one agent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    cadence: Cadence = Field(description="How often the agent runs; daily is every day of the week.")
    cron: str | SkipJsonSchema[None] = Field(
        default=None,
        description="Five fields of the portable cron dialect; by default Mondays, the 1st, or every day at 09:00.",
    )
    enabled: bool = Field(default=True, description="false declares the agent and pauses it.")


class ManifestFile(BaseModel):
    """A valid manifest: version 1, one zone, at least one agent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal["1"] = Field(description='The version of the format, in quotes: "1".')
    timezone: str = Field(default=DEFAULT_TIMEZONE, description="The IANA name of the zone in which crons are read.")
    agents: dict[AgentName, AgentEntry] = Field(min_length=1, description="The scheduled agents by name.")


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentSchedule:
    """The schedule of one agent; `cron` is the default of the cadence if the manifest contains none."""

    cadence: Cadence
    cron: Cron
    enabled: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The values of a valid manifest: one zone, and the scheduled agents by name in file order."""

    timezone: str
    zone: tzinfo
    agents: Mapping[str, AgentSchedule]


def manifest_of(file: ManifestFile, zone: tzinfo, crons: Mapping[str, Cron]) -> Manifest:
    """Return the values of a valid manifest; `crons` are those of its agents."""
    agents = {}
    for name, entry in file.agents.items():
        agents[name] = AgentSchedule(cadence=entry.cadence, cron=crons[name], enabled=entry.enabled)
    return Manifest(timezone=file.timezone, zone=zone, agents=agents)
