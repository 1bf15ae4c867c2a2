"""What an ActivityDefinition says, as values (ACT-ADR-002, ADR-005)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from kaizen_schedule_core import Document
from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Trigger(_Strict):
    """When the definition fires: a cron of the portable dialect in an IANA zone, and what becomes of missed fires."""

    type: Literal["cron"]
    cron_expression: str
    timezone: str
    misfire_policy: Literal["skip", "catchup_latest", "catchup_all"]


class ContextSource(_Strict):
    """What is looked up before the rules run, and the path it is bound to."""

    type: str
    query: str
    params: dict[str, Any] = {}
    bind_to: str
    required: bool = True


class Header(_Strict):
    """The frontmatter of a definition; its id is a part of the keys of its tasks."""

    id: Slug
    name: str
    type: Literal["activity-definition"]
    version: str
    enabled: bool
    owner: str
    governance: str
    status: str
    trigger: Trigger
    context_sources: list[ContextSource]


class Action(_Strict):
    """The task that a rule asks for; `task_template` is its title, `due_in_days` counts from the fire."""

    task_template: str
    target_repo: str
    priority: str
    labels: list[str]
    due_in_days: int
    description: str


class Rule(_Strict):
    """For each item of a list in the context, bound to a path of its own: when the condition holds, the action."""

    id: str
    for_each: str
    bind_to: str
    condition: str
    action: Action


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """A definition as it stands in a file: header, rules, and the whole text for a person to read.

    `document` knows where everything of the header stands.

    `digest` is the sha256 of the file's bytes with the value of `enabled` read as `false`: switching on is no edit.
    """

    file: str
    header: Header
    rules: tuple[Rule, ...]
    text: str
    digest: str
    document: Document = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """The definition's id."""
        return self.header.id

    @property
    def honours_manifests(self) -> bool:
        """Whether it fires when the manifests do, by a window, and not by its own cron."""
        return any("window" in source.params for source in self.header.context_sources)
