"""The JSON output of `schedule prepare`."""

from dataclasses import dataclass
from typing import Literal

from kaizen_schedule_core.bundle.seal import Part
from kaizen_schedule_core.repo.pointers import Pointer


@dataclass(frozen=True, kw_only=True, slots=True)
class PrepareAnswer:
    """An orientation bundle; cadence, cron and zone are None for an agent that the manifest does not declare."""

    version: Literal["1"] = "1"
    repo: str
    root: str
    agent: str
    cadence: str | None
    cron: str | None
    timezone: str | None
    agent_prompt_found: Literal[True] = True
    has_memory: bool
    has_metrics: bool
    pointers: tuple[Pointer, ...]
    session_close: tuple[str, ...]
    prepare_command: str
    digest: str
    parts: tuple[Part, ...]
    markdown: str
