"""The report of `roster smoke`, which `definitions enable` requires (contract section 13)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import SkipJsonSchema


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class StepReport(_Form):
    """One step of a repository's smoke test; a step that was not reached did not pass."""

    step: str
    passed: bool
    detail: str = ""


class RepoReport(_Form):
    """The steps of one repository; none if it was skipped, and then the outcome for which it was."""

    repo: str
    steps: list[StepReport]
    skipped: str | None = None

    @property
    def failed_step(self) -> str | None:
        """The first failed step, or None."""
        return next((step.step for step in self.steps if not step.passed), None)


class DefinitionReport(_Form):
    """Whether a definition, in the version with this digest, created the right tasks."""

    id: str
    digest: str
    passed: bool


class RosterReport(_Form):
    """The roster that was tested, and the number of its entries."""

    source: str
    digest: str
    repos: int


class SmokeReport(_Form):
    """The whole report; `finished_at` is RFC 3339 in UTC."""

    version: Literal["1"] = "1"
    passed: bool
    finished_at: str
    roster: RosterReport | SkipJsonSchema[None] = None  # always written, but not required to enable a definition
    repos: list[RepoReport] = []
    definitions: list[DefinitionReport]
