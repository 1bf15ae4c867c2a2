"""The model of an ActivityDefinition (ACT-ADR-002, ADR-005)."""

from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from functools import cached_property
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
    """The trigger: a portable cron in an IANA zone, and the policy for missed fires."""

    type: Literal["cron"] = Field(description="The kind of trigger; only cron is supported.")
    cron_expression: str = Field(description="A cron of the portable dialect, as in a manifest.")
    timezone: str = Field(description="The time zone of the cron (an IANA name).")
    misfire_policy: Literal["skip", "catchup_latest", "catchup_all"] = Field(
        description="The policy for missed fires: run none, the last one, or all of them."
    )


class ContextSource(_Strict):
    """A query whose result is bound to a path before the rules run."""

    type: str = Field(description="The type of the source; each site can set it with `definitions sync --source-type`.")
    query: str = Field(description="The query: the name of the resolver.")
    params: dict[str, Any] = Field(
        default={}, description="The parameters of the query: domain, cadence, agent or window."
    )
    bind_to: str = Field(description="The path of the result for the rules.")
    required: bool = Field(default=True, description="If true, the activity fails if the query fails.")

    @cached_property
    def window(self) -> timedelta | None:
        """Return the parameter `window`, or None. Raises ValueError if it is invalid."""
        return None if "window" not in self.params else parse_duration(self.params["window"])


class Header(_Strict):
    """The frontmatter of a definition; the keys of its tasks contain its id."""

    id: Slug = Field(description="The id in commands, the index and tasks; unique in a catalog.")
    name: str = Field(description="The display name.")
    type: Literal["activity-definition"] = Field(description="The type of the file.")
    version: str = Field(description="The version of the format, in quotes.")
    enabled: bool = Field(description="Whether the definition fires; false in drafts, changed by `definitions enable`.")
    owner: str = Field(description="The author of the draft.")
    governance: str = Field(description="The owner of the decision to enable it.")
    status: str = Field(description="The status of the decision.")
    trigger: Trigger
    context_sources: list[ContextSource]


class Action(_Strict):
    """The task that a rule creates; `task_template` is its title, `due_in_days` counts from the fire."""

    task_template: str = Field(description="The title of the task, with placeholders such as {context.run.repo}.")
    target_repo: str = Field(description="The repository of the task; a value that is only a path keeps its type.")
    priority: str = Field(description="The priority of the task.")
    labels: list[str] = Field(description="The labels of the task, with placeholders.")
    due_in_days: int = Field(description="Days from the fire to the task's due date.")
    description: str = Field(description="The text of the task, with the command that prepares the session.")


class Rule(_Strict):
    """A rule: it binds each item of a list to a path, and creates the action's task if the condition is true."""

    id: str = Field(description="The rule's name, unique in the file.")
    for_each: str = Field(description="The path of the list, to which a context source binds its result.")
    bind_to: str = Field(description="The path of the current item for the condition and the action.")
    condition: str = Field(description="A boolean expression over paths; it is never executed as code.")
    action: Action


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedRule:
    """A valid rule with its parsed condition."""

    id: str
    for_each: str
    bind_to: str
    condition: Condition
    action: Action


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A valid definition: its parsed header, cron, zone and rules, and its text.

    `document` has the positions of the header. `digest` is the sha256 of the file with `enabled: false`, so that
    enabling is not an edit.
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
        """The definition's id."""
        return self.header.id

    @property
    def follows_manifest_crons(self) -> bool:
        """Whether it follows the crons of the manifests, by a window."""
        return any(source.window is not None for source in self.header.context_sources)
