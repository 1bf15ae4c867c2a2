"""The model of a case: the roster, the repositories, the parameters and the expected result."""

import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from glob import glob
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kaizen_schedule_core.clock.times import parse_duration, parse_time
from kaizen_schedule_core.files.reading import MIB, read_file
from kaizen_schedule_core.source.text import decode
from kaizen_schedule_core.source.yaml.parser import parse_yaml

_FOLDER = os.path.join(os.path.dirname(__file__), "cases")


class _Part(BaseModel):
    """The base of all parts of a case: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Symlink(_Part):
    """A symlink instead of a file, with a target relative to its directory."""

    symlink: str


class Repeated(_Part):
    """A repeated text, too long for the data file."""

    repeat: str
    times: int


class InLatin1(_Part):
    """A text in another encoding than UTF-8."""

    latin1: str


class Fifo(_Part):
    """A FIFO instead of a file: a resolver that opens it without a check waits for a writer."""

    fifo: Literal[True]


Content = str | Symlink | Repeated | InLatin1 | Fifo


class ExpectedRun(_Part):
    """An expected run; its root is `folder` in the directory of the case."""

    repo: str
    folder: str
    agent: str
    cadence: str
    cron: str
    timezone: str


class Case(_Part):
    """One test case for a resolver; `str(case)` is the name of its data file.

    `roster` is a list of entries (`{here}` in a path is the directory of the case), the text of a roster file, or
    None for a missing file. `repos` contains the files of each repository by path. Exactly one of `scheduled_runs`
    and `raises` is set.
    """

    name: str
    title: str
    proves: str
    now: Annotated[datetime, BeforeValidator(lambda text: parse_time(text, zone=UTC))]
    host: str
    domain: str | None = None
    cadence: str | None = None
    agent: str | None = None
    window: Annotated[timedelta | None, BeforeValidator(parse_duration)] = None
    roster: list[Any] | str | None
    repos: dict[str, dict[str, Content]] = Field(default_factory=dict)
    scheduled_runs: tuple[ExpectedRun, ...] | None = Field(default=None, strict=False)
    raises: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if (self.scheduled_runs is None) == (self.raises is None):
            raise ValueError("a case must have either scheduled_runs or raises: true")
        return self

    def __str__(self) -> str:
        return self.name

    @property
    def parameters(self) -> dict[str, object]:
        """The optional parameters of the call, without those that are None."""
        return self.model_dump(include={"domain", "cadence", "agent", "window"}, exclude_none=True)


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """Return all cases of the kit, sorted by name."""
    return tuple(map(_read, sorted(glob("*.yml", root_dir=_FOLDER))))


def _read(file: str) -> Case:
    path = os.path.join(_FOLDER, file)
    document = parse_yaml(decode(read_file(path, limit=MIB), file=path), file=path)
    if document.problems:
        raise AssertionError(f"{path} is not a valid case: {document.problems[0].message}")
    return Case.model_validate({"name": file.removesuffix(".yml"), **document.value})
