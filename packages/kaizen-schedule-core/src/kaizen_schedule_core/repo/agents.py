"""Agents: packaged with this library, or installed in a repository as agents/agent-<name>.md."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kaizen_schedule_core.codes import structure, values
from kaizen_schedule_core.diagnostics import Diagnostic, Note, diagnose, did_you_mean, has_errors, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import MIB, locate_inside, os_problem, read_file, read_inside
from kaizen_schedule_core.names import is_agent_name
from kaizen_schedule_core.repo.paths import AGENTS_FOLDER, agent_path
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode

Origin = Literal["packaged", "repository"]

AGENT_LIMIT = 1 * MIB
_FILE = re.compile(r"agent-(.*)\.md")
_PACKAGE = os.path.dirname(os.path.dirname(__file__))


class _Frontmatter(BaseModel):
    """The frontmatter of an agent file; other keys are ignored."""

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
    """The names of the agents that a repository can schedule; without a root, only the packaged ones."""

    def __init__(self, root: str | None) -> None:
        """Keep the root; the repository's agents are listed when they are first needed."""
        self.root = root

    @property
    def packaged(self) -> frozenset[str]:
        """The names of the packaged agents."""
        return packaged_agents()

    @cached_property
    def installed(self) -> frozenset[str]:
        """The names of the repository's own agents. Raises KaizenError (KZ103, KZ104) if they cannot be listed."""
        if self.root is None:
            return frozenset()
        return _names_in(locate_inside(self.root, AGENTS_FOLDER))

    @property
    def known(self) -> list[str]:
        """All names, sorted without regard to case."""
        return sorted(self.packaged | self.installed, key=str.casefold)


@lru_cache(maxsize=1)
def packaged_agents() -> frozenset[str]:
    """Return the names of the agents packaged with kaizen-schedule-core."""
    return _names_in(os.path.join(_PACKAGE, AGENTS_FOLDER))


def _names_in(folder: str) -> frozenset[str]:
    try:
        entries = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError as error:
        raise os_problem(error, folder) from None
    files = filter(None, map(_FILE.fullmatch, entries))
    return frozenset(file[1] for file in files if is_agent_name(file[1]))


def load_agent(agents: RepositoryAgents, name: str) -> Agent:
    """Read an agent's definition; the repository's own file has priority over the packaged one.

    Raises KaizenError: KZ320 for an unknown name, KZ101 to KZ121 and KZ2xx for an invalid file.
    """
    require_known(agents, name)
    origin: Origin
    path = agent_path(name)
    if agents.root is not None and name in agents.installed:
        origin, shown = "repository", os.path.join(agents.root, path)
        data = read_inside(agents.root, path, limit=AGENT_LIMIT)
    else:
        origin, shown = "packaged", os.path.join(_PACKAGE, path)
        data = read_file(shown, limit=AGENT_LIMIT)
        path = f"kaizen-schedule-core:{path}"
    parsed = parse_frontmatter(decode(data, file=shown, prose=True), file=shown)
    model, found = read_model(parsed.document, _Frontmatter, allow_null=True)
    if model is not None and model.name != name:
        message = f"the file of agent {quoted(name)} has the name {quoted(model.name)}"
        found.append(parsed.document.diagnose(structure.AGENT_FILE, message, ("name",), hint=f"write name: {name}"))
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
    """Return the problems in the repository's own agent files among the names."""
    found: list[Diagnostic] = []
    for name in names:
        if name in agents.installed:
            try:
                load_agent(agents, name)
            except KaizenError as error:
                found.extend(error.diagnostics)
    return found


def require_known(agents: RepositoryAgents, name: str) -> None:
    """Raise KaizenError if the agent is unknown (KZ320)."""
    if name in agents.packaged or name in agents.installed:
        return
    path = agent_path(name)
    hint = did_you_mean(name, agents.known)
    if hint is None and is_agent_name(name):
        hint = f"install it as {path}"
    problem = diagnose(
        values.UNKNOWN_AGENT,
        f"unknown agent {quoted(name)}",
        file=os.path.join(agents.root or "", path),
        hint=hint or "list the agents with: kaizen-agentic schedule agents",
        notes=[Note(message=f"known: {', '.join(agents.known)}")],
    )
    raise KaizenError(problem)
