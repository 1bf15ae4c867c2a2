"""Discovery of manifests: a file, the manifest of a repository, or all below a directory."""

import os
import re
from dataclasses import dataclass

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, escape_control_chars
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import near_name, os_problem
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.roots import absolute, normal_root

_OWN_FOLDER = os.path.dirname(MANIFEST_PATH)
_YAML = (".yml", ".yaml")
# The pre-commit hook passes the changed files, among them agent files.
_AGENT_FILE = re.compile(
    r"(?:^|(?<=/))(?:agents/agent-[^/]*|\.claude/agents/.*|\.github/agents/[^/]*\.agent|\.opencode/agent/[^/]*)\.md\Z"
)
CREATE_HINT = "create it with: kaizen-agentic schedule init"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestPlace:
    """A manifest to check: its path as typed, and its repository's root, or None for a file outside of one."""

    shown: str
    root: str | None

    @property
    def relative(self) -> str:
        """Return the path below the root."""
        return f"{_OWN_FOLDER}/{os.path.basename(self.shown)}"


def manifest_of(target: str, root: str) -> ManifestPlace:
    """Return the manifest of the repository that a target names."""
    return ManifestPlace(shown=_shown(os.path.join(target, MANIFEST_PATH)), root=root)


def hint_for_absent(shown: str, root: str, relative: str = MANIFEST_PATH) -> str:
    """Return the hint for a missing manifest: a file with a similar name next to it, or `CREATE_HINT`."""
    near = near_name(os.path.join(root, relative), _YAML)
    if near is None:
        return CREATE_HINT
    beside = escape_control_chars(os.path.join(os.path.dirname(shown), near))
    if relative == MANIFEST_PATH:
        return f"rename {beside} to {os.path.basename(relative)}"
    return f"did you mean {beside}?"


def find_manifests(path: str) -> tuple[list[ManifestPlace], list[Diagnostic]]:
    """Return the manifests at a path, sorted by path, and the problems of unreadable subdirectories (KZ101 to KZ106).

    For a directory with .kaizen/schedule.yml, and for an agent file, this is the manifest of the repository. Any other
    directory is searched, without following symlinks or entering .git, for .kaizen/schedule.yml and, directly in it,
    *.yml and *.yaml. Raises KaizenError: KZ101 if nothing is found, KZ103 if the directory cannot be read.
    """
    if not os.path.isdir(path):
        return [_place_of(path)], []
    if _opted_in(path):
        return [manifest_of(path, normal_root(path))], []
    below, closed = _below(path)
    found = sorted([*_directly_in(path), *below], key=lambda place: place.shown)
    if not found and not closed:
        place = escape_control_chars(path)
        message = f"no manifest in {place}: neither {MANIFEST_PATH} below it nor *.yml or *.yaml in it"
        hint = hint_for_absent(_shown(os.path.join(path, MANIFEST_PATH)), path)
        raise Absent(diagnose(reading.ABSENT, message, file=path, hint=hint))
    return found, closed


def _opted_in(folder: str) -> bool:
    """Check whether the manifest's path exists. Raises KaizenError if its directory cannot be read."""
    path = os.path.join(folder, MANIFEST_PATH)
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise os_problem(error, _shown(path)) from None
    return True


def _place_of(path: str) -> ManifestPlace:
    """Return a file with its repository, the directory above .kaizen; for an agent file, its repository's manifest."""
    agent = _AGENT_FILE.search(path)
    if agent:
        target = path[: agent.start()] or "."
        return manifest_of(target, normal_root(target))
    folder = os.path.dirname(absolute(path))
    root = normal_root(os.path.dirname(folder)) if os.path.basename(folder) == _OWN_FOLDER else None
    return ManifestPlace(shown=_shown(path), root=root)


def _directly_in(folder: str) -> list[ManifestPlace]:
    try:
        with os.scandir(folder) as entries:
            return [
                _place_of(entry.path)
                for entry in entries
                if entry.name.endswith(_YAML) and entry.is_file(follow_symlinks=False)
            ]
    except OSError as error:
        raise os_problem(error, folder) from None


def _below(folder: str) -> tuple[list[ManifestPlace], list[Diagnostic]]:
    found: list[ManifestPlace] = []
    closed: list[Diagnostic] = []
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        try:
            with os.scandir(parent) as entries:
                folders = {entry.name: entry.path for entry in entries if entry.is_dir(follow_symlinks=False)}
            if folders.pop(_OWN_FOLDER, None) and _opted_in(parent):
                found.append(manifest_of(parent, normal_root(parent)))
        except OSError as error:
            closed.extend(os_problem(error, _shown(parent)).diagnostics)
            continue
        except KaizenError as error:
            closed.extend(error.diagnostics)
        folders.pop(".git", None)
        waiting += folders.values()
    return found, closed


def _shown(path: str) -> str:
    return path.removeprefix("./")
