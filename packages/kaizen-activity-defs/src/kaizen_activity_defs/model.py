"""What an ActivityDefinition says, as values (ACT-ADR-002, ADR-005)."""

from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import Annotated, Any, Literal

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.times import parse_duration
from kaizen_schedule_core.files.reading import KIB
from kaizen_schedule_core.names import SLUG_PATTERN
from kaizen_schedule_core.source.document import Document
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kaizen_activity_defs.conditions import Condition

DEFINITION_LIMIT = 256 * KIB
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Trigger(_Strict):
    """When the definition fires: a cron of the portable dialect in an IANA zone, and what becomes of missed fires."""

    type: Literal["cron"] = Field(description="The only kind of trigger there is here.")
    cron_expression: str = Field(description="Five fields of the portable cron dialect, as in a manifest.")
    timezone: str = Field(description="The IANA name of the zone in which the cron is read.")
    misfire_policy: Literal["skip", "catchup_latest", "catchup_all"] = Field(
        description="What becomes of fires that were missed: none, the last one, or every one is caught up with."
    )


class ContextSource(_Strict):
    """What is looked up before the rules run, and the path it is bound to."""

    type: str = Field(description="The kind of look-up; a site may call it otherwise.")
    query: str = Field(description="What is asked: the resolver's name.")
    params: dict[str, Any] = Field(default={}, description="What it is asked with: domain, cadence, agent or window.")
    bind_to: str = Field(description="The path under which the rules find the answer.")
    required: bool = Field(default=True, description="true: when the look-up fails, the activity fails and says so.")

    @property
    def window(self) -> timedelta | None:
        """Return the parameter `window`, None without one. Raises ValueError for an unchecked one that is invalid."""
        return None if "window" not in self.params else parse_duration(self.params["window"])


class Header(_Strict):
    """The frontmatter of a definition; its id is a part of the keys of its tasks."""

    id: Slug = Field(description="The name by which commands, the index and tasks know it; unique in a catalog.")
    name: str = Field(description="What people call it.")
    type: Literal["activity-definition"] = Field(description="What kind of file this is.")
    version: str = Field(description="The version of the definition's form, in quotes.")
    enabled: bool = Field(description="Whether it fires. Drafts say false; `definitions enable` switches one on.")
    owner: str = Field(description="Who writes the draft.")
    governance: str = Field(description="Who decides whether it runs.")
    status: str = Field(description="How far the decision has come.")
    trigger: Trigger
    context_sources: list[ContextSource]


class Action(_Strict):
    """The task that a rule asks for; `task_template` is its title, `due_in_days` counts from the fire."""

    task_template: str = Field(description="The task's title; a placeholder {context.x} names a scalar.")
    target_repo: str = Field(description="The repository that the task is for; a path alone keeps its value.")
    priority: str = Field(description="How urgent the task is.")
    labels: list[str] = Field(description="The task's labels; placeholders are filled.")
    due_in_days: int = Field(description="Days from the fire to the task's due date.")
    description: str = Field(description="The task's text; it carries the command that prepares the session.")


class Rule(_Strict):
    """For each item of a list in the context, bound to a path of its own: when the condition holds, the action."""

    id: str = Field(description="The rule's name, unique in the file.")
    for_each: str = Field(description="The list to go through: a path that a context source binds.")
    bind_to: str = Field(description="The path under which the condition and the action find one item.")
    condition: str = Field(description="A boolean expression over paths; it is never executed as code.")
    action: Action


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedRule:
    """A rule that can be followed, with its condition parsed."""

    id: str
    for_each: str
    bind_to: str
    condition: Condition
    action: Action


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A valid definition: its header, cron, zone and rules as checked values, and the whole text for a person to read.

    `document` has the positions of the header. `digest` is the sha256 of the file's bytes with the value of `enabled`
    read as `false`: enabling is not an edit.
    """

    file: str
    header: Header
    cron: Cron
    zone: tzinfo
    rules: tuple[CheckedRule, ...]
    text: str
    digest: str
    document: Document = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """Return the definition's id."""
        return self.header.id

    @property
    def follows_manifest_crons(self) -> bool:
        """Return whether it fires when the manifests do, by a window, and not by its own cron."""
        return any(source.window is not None for source in self.header.context_sources)
