"""What a repository offers to read: where it is and what it calls itself, never its content."""

import os
import re
from dataclasses import dataclass, replace

from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import locate_inside, read_prefix
from kaizen_schedule_core.source.fences import mark_code

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
_HEADING = re.compile(r"#{1,6}[ \t]+(.*)")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*")
_FOLDER_HEADING = "README.md"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pointer:
    """A document of the repository: the name it goes by, its path below the root, its first heading if it has one."""

    name: str
    path: str
    heading: str | None


def find_pointers(root: str) -> tuple[list[Pointer], list[Diagnostic]]:
    """The documents that are there, in a fixed order; one that cannot be read is left out, with a warning."""
    found: list[Pointer] = []
    problems: list[Diagnostic] = []
    for name, path in DOCUMENTS:
        try:
            if path.endswith("/"):
                present, heading = _folder(root, path)
            else:
                present, heading = True, _heading(root, path)
        except Absent:
            continue
        except KaizenError as error:
            problems += [replace(problem, severity="warning") for problem in error.diagnostics]
            continue
        if present:
            found.append(Pointer(name=name, path=path, heading=heading))
    return found, problems


def _folder(root: str, path: str) -> tuple[bool, str | None]:
    """Whether a folder is there, and the heading of its README."""
    if not os.path.isdir(locate_inside(root, path)):
        return False, None
    try:
        return True, _heading(root, path + _FOLDER_HEADING)
    except Absent:
        return True, None


def _heading(root: str, path: str) -> str | None:
    """The first heading within the first 64 KiB, outside frontmatter and code."""
    text = read_prefix(root, path, length=_HEADING_WITHIN).decode("utf-8-sig", errors="replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() == "---" and "---" in (line.rstrip() for line in lines[1:]):
        lines = lines[[line.rstrip() for line in lines].index("---", 1) + 1 :]
    above = ""
    for line, is_code in mark_code(lines):
        if is_code:
            above = ""
            continue
        match = _HEADING.fullmatch(line)
        if match:
            return _without_closing(match[1].strip()) or None
        if above and _UNDERLINE.fullmatch(line):
            return above
        above = line.strip()
    return None


def _without_closing(title: str) -> str:
    bare = title.rstrip("#")
    return bare.rstrip() if bare.endswith((" ", "\t")) or not bare else title
