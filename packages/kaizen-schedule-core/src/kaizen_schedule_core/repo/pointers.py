"""The documents of a repository that a bundle lists: their paths and first headings, without their content."""

import os
from dataclasses import dataclass, replace

from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import locate_inside, read_prefix
from kaizen_schedule_core.source.frontmatter import body_start
from kaizen_schedule_core.source.markdown import first_heading

DOCUMENTS = (
    ("scope", "SCOPE.md"),
    ("intent", "INTENT.md"),
    ("agents", "AGENTS.md"),
    ("claude", "CLAUDE.md"),
    ("readme", "README.md"),
    ("workplans", "workplans/"),
    ("todo", "TODO.md"),
    ("changelog", "CHANGELOG.md"),
)
_HEADING_WITHIN = 64 * 1024
_FOLDER_HEADING = "README.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pointer:
    """A document of the repository: its id, its path relative to the root, and its first heading or None."""

    name: str
    path: str
    heading: str | None


def find_pointers(root: str) -> tuple[list[Pointer], list[Diagnostic]]:
    """Return the existing documents, in a fixed order, and a warning for each that cannot be read."""
    found: list[Pointer] = []
    problems: list[Diagnostic] = []
    for name, path in DOCUMENTS:
        try:
            if not path.endswith("/"):
                heading = _heading(root, path)
            elif os.path.isdir(locate_inside(root, path)):
                heading = _folder_heading(root, path)
            else:
                continue
        except Absent:
            continue
        except KaizenError as error:
            problems += [replace(problem, severity="warning") for problem in error.diagnostics]
            continue
        found.append(Pointer(name=name, path=path, heading=heading))
    return found, problems


def _folder_heading(root: str, path: str) -> str | None:
    try:
        return _heading(root, path + _FOLDER_HEADING)
    except Absent:
        return None


def _heading(root: str, path: str) -> str | None:
    """Return the first heading within the first 64 KiB, outside frontmatter and code."""
    text = read_prefix(root, path, length=_HEADING_WITHIN).decode("utf-8-sig", errors="replace")
    return first_heading(text[body_start(text) :])
