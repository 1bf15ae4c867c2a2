"""Agents: packaged with this library, or defined by a file in a repository (ADR-020)."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kaizen_schedule_core.codes import structure, values
from kaizen_schedule_core.diagnostics import (
    TOP,
    Diagnostic,
    Note,
    diagnose,
    did_you_mean,
    has_errors,
    join_words,
    quoted,
)
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import MIB, read_file, read_inside
from kaizen_schedule_core.names import is_agent_name, valid_agent_name
from kaizen_schedule_core.repo.agent_files import AgentFile, FoundFiles, Origin, find_agent_files
from kaizen_schedule_core.repo.paths import AGENTS_FOLDER, agent_path
from kaizen_schedule_core.repo.roots import require_usable
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.models.validation import read_model
from kaizen_schedule_core.source.text import decode

AGENT_LIMIT = 1 * MIB
OVERRIDE_HINT = "the first one is used; rename one of them if this is not intended"
_PACKAGE = os.path.dirname(os.path.dirname(__file__))


class _Frontmatter(BaseModel):
    """The frontmatter of our agent files; other keys are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: str
    description: str
    category: str | None = None
    memory: Literal["enabled", "disabled"] = "enabled"
    tools: Any = None
    model: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Agent:
    """An agent's definition. `path` is relative to the repository, or names the package for a packaged agent.

    `tools` and `model` are what the file requests, as text; whatever starts the session decides. `diagnostics` are
    warnings. The instructions contain no carriage returns.
    """

    name: str
    description: str
    category: str = ""
    keeps_memory: bool = True
    tools: str = ""
    model: str = ""
    origin: Origin
    path: str
    instructions: str
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedAgent:
    """A packaged agent or a file that looks like an agent; `reason` is why it cannot be used, or None."""

    agent: str
    source: Origin
    path: str
    description: str | None
    usable: bool
    reason: str | None


class RepositoryAgents:
    """The agents that a repository can schedule; without a root, only the packaged ones."""

    def __init__(self, root: str | None) -> None:
        """Keep the root; the repository's agents are listed when they are first needed."""
        self.root = root

    @property
    def packaged(self) -> frozenset[str]:
        """The names of the packaged agents."""
        return packaged_agents()

    @cached_property
    def found(self) -> FoundFiles:
        """The repository's files that look like agents."""
        if self.root is None:
            return FoundFiles((), ())
        return find_agent_files(self.root)

    @cached_property
    def definitions(self) -> dict[str, list[AgentFile]]:
        """The files that define each agent; the first one is used."""
        definitions: dict[str, list[AgentFile]] = {}
        packaged = [
            AgentFile(name=name, origin="packaged", path=f"kaizen-schedule-core:{agent_path(name)}")
            for name in self.packaged
        ]
        for file in (*self.found.files, *packaged):
            definitions.setdefault(file.name, []).append(file)
        return definitions

    @cached_property
    def installed(self) -> frozenset[str]:
        """The names of the repository's own agents, whether or not their files are valid."""
        return frozenset(file.name for file in self.found.files if is_agent_name(file.name))

    @cached_property
    def known(self) -> list[str]:
        """The names of all usable agents, sorted without regard to case."""
        rows, _ = list_agents(self)
        return [row.agent for row in rows if row.usable]


@lru_cache(maxsize=1)
def packaged_agents() -> frozenset[str]:
    """Return the names of the agents packaged with kaizen-schedule-core."""
    files = os.listdir(os.path.join(_PACKAGE, AGENTS_FOLDER))
    return frozenset(file.removeprefix("agent-").removesuffix(".md") for file in files if file.endswith(".md"))


def is_known(agents: RepositoryAgents, name: str) -> bool:
    """Check whether an agent is packaged or has a file. Raises KaizenError if it could be in an unreadable folder."""
    if name in agents.packaged or name in agents.installed:
        return True
    for _, error in agents.found.errors:
        raise error
    return False


def require_known(agents: RepositoryAgents, name: str) -> None:
    """Raise KaizenError if the agent is unknown (KZ320), or if it could be in a folder that cannot be read."""
    if is_known(agents, name):
        return
    problem = diagnose(
        values.UNKNOWN_AGENT,
        f"unknown agent {quoted(name)}",
        file=agents.root or _PACKAGE,
        hint=did_you_mean(name, agents.known) or "list the agents with: kaizen-agentic schedule agents",
        notes=[Note(message=f"known: {', '.join(agents.known)}")],
    )
    raise KaizenError(problem)


def load_agent(agents: RepositoryAgents, name: str) -> Agent:
    """Read an agent's definition, from the first of the files that define it.

    Raises KaizenError: KZ320 for an unknown name, KZ101 to KZ121 and KZ2xx for an invalid file.
    """
    require_known(agents, name)
    unlisted = _unlisted(agents)
    agent = _load(agents, agents.definitions[name][0])
    return replace(agent, diagnostics=(*unlisted, *agent.diagnostics))


def _unlisted(agents: RepositoryAgents) -> list[Diagnostic]:
    """Return a warning for each folder of another tool that could not be listed.

    Raises KaizenError for our folder, because a file in it could override any other.
    """
    warnings = []
    for origin, error in agents.found.errors:
        if origin == "repository":
            raise error
        warnings.append(replace(error.diagnostics[0], severity="warning"))
    return warnings


def _load(agents: RepositoryAgents, file: AgentFile) -> Agent:
    if file.origin == "packaged":
        shown = os.path.join(_PACKAGE, agent_path(file.name))
        data = read_file(shown, limit=AGENT_LIMIT)
    else:
        require_usable(file.path)
        shown = shown_path(agents, file)
        data = read_inside(agents.root or "", file.path, limit=AGENT_LIMIT)
    text = decode(data, file=shown, prose=True).replace("\r\n", "\n").replace("\r", "\n")
    if file.origin in {"repository", "packaged"}:
        agent = _our_agent(file, text, shown)
    else:
        agent = _other_agent(file, text, shown)
    if not agent.instructions.strip():
        message = f"the file of agent {quoted(file.name)} has no text after the frontmatter"
        hint = "write the instructions for the agent below the second ---"
        raise KaizenError(diagnose(structure.AGENT_EMPTY, message, file=shown, span=TOP, hint=hint))
    return agent


def _our_agent(file: AgentFile, text: str, shown: str) -> Agent:
    parsed = parse_frontmatter(text, file=shown)
    model, found = read_model(parsed.document, _Frontmatter, allow_null=True)
    if model is not None and model.name != file.name:
        message = f"the file of agent {quoted(file.name)} has the name {quoted(model.name)}"
        hint = f"write name: {file.name}"
        found.append(parsed.document.diagnose(structure.AGENT_FILE, message, ("name",), hint=hint))
    if model is None or has_errors(found):
        raise KaizenError(found)
    return Agent(
        name=file.name,
        description=model.description,
        category=model.category or "",
        keeps_memory=model.memory == "enabled",
        tools=_as_text(model.tools),
        model=_as_text(model.model),
        origin=file.origin,
        path=file.path,
        instructions=parsed.body,
    )


def _other_agent(file: AgentFile, text: str, shown: str) -> Agent:
    """Return the agent of a file of another tool, to which all keys except four are left."""
    from kaizen_schedule_core.source.loose_frontmatter import read_loosely

    read = read_loosely(text, file=shown)
    first_line = read.body.strip().partition("\n")[0].strip("# ")
    return Agent(
        name=file.name,
        description=_as_text(read.values.get("description")) or first_line,
        tools=_as_text(read.values.get("tools")),
        model=_as_text(read.values.get("model")),
        origin=file.origin,
        path=file.path,
        instructions=read.body,
        diagnostics=read.warnings,
    )


def _as_text(value: Any) -> str:
    """Return a value of a frontmatter on one line; null and values that could not be read are empty."""
    if isinstance(value, dict):
        value = [f"{key}: {_as_text(inner)}" for key, inner in value.items()]
    if isinstance(value, list):
        return ", ".join(map(_as_text, value))
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value).split())


def shown_path(agents: RepositoryAgents, file: AgentFile) -> str:
    """Return the path of an agent's file for diagnostics."""
    return os.path.join(agents.root or "", file.path)


def override_message(agents: RepositoryAgents, name: str) -> str | None:
    """Return which of several files defines an agent, or None if there is only one."""
    files = agents.definitions.get(name, [])
    if len(files) <= 1:
        return None
    used, *others = (file.path if file.origin != "packaged" else f"the packaged agent {quoted(name)}" for file in files)
    return f"{used} overrides {join_words(others, 'and')}"


def duplicate_warning(agents: RepositoryAgents, name: str) -> tuple[Diagnostic, ...]:
    """Return the warning for an agent with several files in the repository, at the one that is used (KZ321)."""
    message = override_message(agents, name)
    files = [file for file in agents.definitions.get(name, ()) if file.origin != "packaged"]
    if message is None or len(files) == 1:
        return ()
    file = shown_path(agents, files[0])
    return (diagnose(values.SHADOWED_AGENT, message, file=file, span=TOP, hint=OVERRIDE_HINT),)


def agent_problems(agents: RepositoryAgents, names: Iterable[str]) -> list[Diagnostic]:
    """Return the problems in the repository's own agent files among the names."""
    found: list[Diagnostic] = []
    for name in names:
        if name in agents.installed:
            try:
                found.extend(load_agent(agents, name).diagnostics)
            except KaizenError as error:
                found.extend(error.diagnostics)
    return found


def list_agents(agents: RepositoryAgents) -> tuple[list[ListedAgent], list[Diagnostic]]:
    """Return everything that looks like an agent, sorted by name, then by priority, and the warnings.

    Raises KaizenError if the folder agents/ cannot be listed.
    """
    rows: list[ListedAgent] = []
    warnings = _unlisted(agents)
    for name in sorted(agents.definitions, key=lambda name: (name.casefold(), name)):
        used, *others = agents.definitions[name]
        reason = _invalid_name(used)
        if reason is None:
            warnings += duplicate_warning(agents, name)
            row = _listed(agents, used, warnings)
        else:
            row = _row(used, reason)
        rows.append(row)
        rows += (_row(file, f"{used.path} has the same name and is used instead") for file in others)
    return rows, warnings


def _invalid_name(file: AgentFile) -> str | None:
    if is_agent_name(file.name):
        return None
    start = len(os.path.dirname(file.path)) + 1
    if file.origin == "repository":
        start += len("agent-")
    renamed = file.path[:start] + valid_agent_name(file.name) + file.path[start + len(file.name) :]
    allowed = "a letter or digit, then at most 63 letters, digits, dots, hyphens and underscores"
    return f"{quoted(file.name)} is not an agent name ({allowed}): rename the file to {renamed}"


def _listed(agents: RepositoryAgents, file: AgentFile, warnings: list[Diagnostic]) -> ListedAgent:
    """Return the row of a file with a valid name; the warnings on it are added to `warnings`."""
    try:
        agent = _load(agents, file)
    except KaizenError as error:
        problem = error.diagnostics[0]
        return _row(file, ": ".join(filter(None, [problem.message, problem.hint])))
    warnings += agent.diagnostics
    return replace(_row(file, None), description=agent.description)


def _row(file: AgentFile, reason: str | None) -> ListedAgent:
    usable = reason is None
    return ListedAgent(
        agent=file.name, source=file.origin, path=file.path, description=None, usable=usable, reason=reason
    )
