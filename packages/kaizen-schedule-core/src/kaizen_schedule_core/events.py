"""The event `kaizen.schedule.prepared`: its model, schema and id (contract section 8). The CLI sends it."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic_core import to_json

from kaizen_schedule_core.bundle.prepare import Bundle
from kaizen_schedule_core.clock.cadence import Cadence
from kaizen_schedule_core.clock.times import utc_text

PREPARED_SUBJECT = "kaizen.schedule.prepared"
_ID_LENGTH = 32

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
EventId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
UtcTime = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PreparedBundle(_Strict):
    """The bundle in the event, without its text. `bytes` is the size of the Markdown."""

    format: Literal["markdown"] = "markdown"
    agent_prompt_found: bool
    has_memory: bool
    has_metrics: bool
    pointers: list[str]
    bytes: int
    digest: Sha256


class PreparedEvent(_Strict):
    """The event that a bundle was prepared.

    `id` is the same for the same bundle in the same slot, so that consumers can detect duplicates.
    `cadence` is None for an agent that the manifest does not declare.
    """

    event: Literal["kaizen.schedule.prepared"] = "kaizen.schedule.prepared"
    version: Literal["1"] = "1"
    id: EventId
    occurred_at: UtcTime
    repo: str
    root: str
    agent: str
    cadence: Cadence | None
    prepare_command: str
    bundle: PreparedBundle
    session_close: list[str]

    def as_line(self) -> str:
        """Return the event as one line of JSON, without a line feed."""
        return self.model_dump_json()


def prepared_event(bundle: Bundle, occurred_at: datetime, *, scheduled: bool = True) -> PreparedEvent:
    """Return the event of a bundle. `occurred_at` must have an offset; ValueError is raised otherwise.

    The slot is the agent's last manifest fire at or before that time, or `-` if the run is not `scheduled`.
    """
    if occurred_at.tzinfo is None:
        raise ValueError("occurred_at must have an offset")
    slot = "-"
    if scheduled:
        slot = bundle.slot(occurred_at) or slot
    return PreparedEvent(
        id=event_id(bundle.repo, bundle.agent, slot, bundle.digest),
        occurred_at=utc_text(occurred_at),
        repo=bundle.repo,
        root=bundle.root,
        agent=bundle.agent,
        cadence=bundle.cadence,
        prepare_command=bundle.prepare_command,
        bundle=PreparedBundle(
            agent_prompt_found=True,
            has_memory=bundle.has_memory,
            has_metrics=bundle.has_metrics,
            pointers=[pointer.name for pointer in bundle.pointers],
            bytes=len(bundle.markdown.encode()),
            digest=bundle.digest,
        ),
        session_close=list(bundle.session_close),
    )


def event_id(repo: str, agent: str, slot: str, digest: str) -> str:
    """Return the first 32 hex digits of the sha256 of the four texts in UTF-8, joined by line feeds."""
    return hashlib.sha256(f"{repo}\n{agent}\n{slot}\n{digest}".encode()).hexdigest()[:_ID_LENGTH]


def prepared_schema() -> str:
    """Return the JSON Schema of the event (draft 2020-12) as text."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **PreparedEvent.model_json_schema()}
    return to_json(schema, indent=2).decode() + "\n"
