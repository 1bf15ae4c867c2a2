"""The files in a repository that define agents: ours, and those of other tools (ADR-020)."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.files.reading import locate_inside, os_problem
from kaizen_schedule_core.repo.paths import AGENTS_FOLDER

Origin = Literal["repository", "claude", "copilot", "opencode", "packaged"]


class _Place(NamedTuple):
    """A folder with agents, the form of their file names, and whether the folders below it are read."""

    origin: Origin
    folder: str
    file: re.Pattern[str]
    nested: bool = False


_MARKDOWN = re.compile(r"(.*)\.md", re.DOTALL)
_PLACES = (
    _Place("repository", AGENTS_FOLDER, re.compile(r"agent-(.*)\.md", re.DOTALL)),
    _Place("claude", ".claude/agents", _MARKDOWN, nested=True),
    _Place("copilot", ".github/agents", re.compile(r"(.*?)(?:\.agent)?\.md", re.DOTALL)),
    _Place("opencode", ".opencode/agent", _MARKDOWN),
    _Place("opencode", ".opencode/agents", _MARKDOWN),
)
AGENT_FOLDERS = tuple(place.folder for place in _PLACES)
"""The folders of a repository in which agents are found, in order of priority."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentFile:
    """A file that defines an agent. `name` is part of the file's name, and can be invalid; `path` is relative."""

    name: str
    origin: Origin
    path: str


class FoundFiles(NamedTuple):
    """The files in order of priority, and the errors of folders that could not be listed, by origin."""

    files: tuple[AgentFile, ...]
    errors: tuple[tuple[Origin, KaizenError], ...]


def find_agent_files(root: str) -> FoundFiles:
    """Return all files of a repository that look like an agent; nothing outside the root is listed."""
    files: list[AgentFile] = []
    errors: list[tuple[Origin, KaizenError]] = []
    for place in _PLACES:
        try:
            files.extend(_files_in(root, place))
        except KaizenError as error:
            errors.append((place.origin, error))
    return FoundFiles(tuple(files), tuple(errors))


def _files_in(root: str, place: _Place) -> Iterator[AgentFile]:
    top = locate_inside(root, place.folder)

    def fail(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            raise os_problem(error, error.filename)

    for folder, folders, names in os.walk(top, onerror=fail):
        below = place.folder + folder[len(top) :]
        for name in sorted([*names, *folders]):  # a folder with the name of an agent file is an unusable agent
            match = place.file.fullmatch(name)
            if match:
                yield AgentFile(name=match[1], origin=place.origin, path=f"{below}/{name}")
        folders.sort()
        if not place.nested:
            folders.clear()
