"""The agents there are: packaged with this library, or installed in a repository as agents/agent-<name>.md."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kaizen_schedule_core.codes import meaning, shape
from kaizen_schedule_core.diagnostics import Diagnostic, Note, diagnose, did_you_mean, has_errors, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import MIB, locate_inside, os_problem, read_file, read_inside
from kaizen_schedule_core.names import is_agent_name
from kaizen_schedule_core.repo.paths import AGENTS_FOLDER
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode

Origin = Literal["packaged", "repository"]

AGENT_LIMIT = 1 * MIB
_PREFIX, _SUFFIX = "agent-", ".md"
_PACKAGED_FOLDER = os.path.join(os.path.dirname(os.path.dirname(__file__)), AGENTS_FOLDER)


class _Frontmatter(BaseModel):
    """What every agent file says of itself; further keys belong to other tools."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: str
    description: str
    category: str
    memory: Literal["enabled", "disabled"] = "enabled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """An agent's definition. `path` is relative to the repository, or names the package for a packaged agent."""

    name: str
    description: str
    category: str
    keeps_memory: bool
    origin: Origin
    path: str
    instructions: str


class RepositoryAgents:
    """The names of the agents that a repository can schedule; without a root, the packaged ones alone."""

    def __init__(self, root: str | None) -> None:
        """Look into the repository only when its own agents are asked for."""
        self.root = root

    @property
    def packaged(self) -> frozenset[str]:
        """The names of the packaged agents."""
        return packaged_agents()

    @cached_property
    def installed(self) -> frozenset[str]:
        """The names of the repository's own agents. Raises KaizenError (KZ103, KZ104) if it cannot be looked into."""
        if self.root is None:
            return frozenset()
        return _names_in(locate_inside(self.root, AGENTS_FOLDER))

    @property
    def known(self) -> list[str]:
        """All names, sorted without regard to case."""
        return sorted(self.packaged | self.installed, key=str.casefold)


@lru_cache(maxsize=1)
def packaged_agents() -> frozenset[str]:
    """The names of the agents packaged with kaizen-schedule-core."""
    return _names_in(_PACKAGED_FOLDER)


def _names_in(folder: str) -> frozenset[str]:
    try:
        entries = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        raise os_problem(error, folder) from None
    names = [entry.removeprefix(_PREFIX).removesuffix(_SUFFIX) for entry in entries]
    return frozenset(name for name in names if is_agent_name(name) and f"{_PREFIX}{name}{_SUFFIX}" in entries)


def load_agent(agents: RepositoryAgents, name: str) -> Agent:
    """Read an agent's definition; the repository's own file wins over the packaged one.

    Raises KaizenError: KZ320 for an unknown name, KZ101 to KZ121, KZ2xx for what is wrong with the file.
    """
    require_known(agents, name)
    relative = f"{AGENTS_FOLDER}/{_PREFIX}{name}{_SUFFIX}"
    origin: Origin
    if agents.root is not None and name in agents.installed:
        origin, path, shown = "repository", relative, os.path.join(agents.root, relative)
        data = read_inside(agents.root, relative, limit=AGENT_LIMIT)
    else:
        origin, path = "packaged", f"kaizen-schedule-core:{relative}"
        shown = os.path.join(_PACKAGED_FOLDER, f"{_PREFIX}{name}{_SUFFIX}")
        data = read_file(shown, limit=AGENT_LIMIT)
    parsed = parse_frontmatter(decode(data, file=shown, prose=True), file=shown)
    model, found = read_model(parsed.document, _Frontmatter, allow_null=True)
    if model is not None and model.name != name:
        message = f"the file of agent {quoted(name)} says it is {quoted(model.name)}"
        found.append(parsed.document.diagnose(shape.AGENT_FILE, message, ("name",), hint=f"write name: {name}"))
    if model is None or has_errors(found):
        raise KaizenError(found)
    return Agent(
        name=name,
        description=model.description,
        category=model.category,
        keeps_memory=model.memory == "enabled",
        origin=origin,
        path=path,
        instructions=parsed.body,
    )


def unusable_agents(agents: RepositoryAgents, names: Iterable[str]) -> list[Diagnostic]:
    """What is wrong with the files of the repository's own agents among the names: else only a session would tell."""
    found: list[Diagnostic] = []
    for name in names:
        if name in agents.installed:
            try:
                load_agent(agents, name)
            except KaizenError as error:
                found.extend(error.diagnostics)
    return found


def require_known(agents: RepositoryAgents, name: str) -> None:
    """Raise KaizenError (KZ320) unless the name is that of a known agent."""
    if name in agents.packaged or name in agents.installed:
        return
    raise KaizenError(_unknown(agents, name))


def _unknown(agents: RepositoryAgents, name: str) -> Diagnostic:
    file = os.path.join(agents.root or "", AGENTS_FOLDER, f"{_PREFIX}{name}{_SUFFIX}")
    install = "see: schedule agents"
    if is_agent_name(name):
        install = f"install it as {AGENTS_FOLDER}/{_PREFIX}{name}{_SUFFIX}"
    return diagnose(
        meaning.UNKNOWN_AGENT,
        f"unknown agent {quoted(name)}",
        file=file,
        hint=did_you_mean(name, agents.known) or install,
        notes=[Note(message=f"known: {', '.join(agents.known)}")],
    )
