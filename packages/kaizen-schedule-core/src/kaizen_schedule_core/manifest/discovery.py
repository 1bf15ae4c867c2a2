"""Which manifests a path means: a file, the one of a repository, or all below a folder."""

import os
from dataclasses import dataclass

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose, inert
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import os_problem
from kaizen_schedule_core.repo.paths import MANIFEST_PATH
from kaizen_schedule_core.repo.roots import absolute, normal_root

_OWN_FOLDER = os.path.dirname(MANIFEST_PATH)
_YAML = (".yml", ".yaml")


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestPlace:
    """A manifest to check: its path as typed, and its repository's root, None for a file that lies in none."""

    shown: str
    root: str | None

    @property
    def relative(self) -> str:
        """The path below the root."""
        return f"{_OWN_FOLDER}/{os.path.basename(self.shown)}"


def manifest_of(target: str, root: str) -> ManifestPlace:
    """The manifest of the repository that a target names."""
    return ManifestPlace(shown=_shown(os.path.join(target, MANIFEST_PATH)), root=root)


def find_manifests(path: str) -> tuple[list[ManifestPlace], list[Diagnostic]]:
    """The manifests a path means, sorted by path, and what could not be looked into (KZ101 to KZ106).

    A folder that holds .kaizen/schedule.yml means that file. Any other folder is searched, without following
    symlinks or entering .git, for .kaizen/schedule.yml and, directly in it, *.yml and *.yaml. A subfolder that
    cannot be looked into hides nothing beside it. Raises KaizenError: KZ101 when nothing is found, KZ103 where the
    folder itself is closed.
    """
    if not os.path.isdir(path):
        return [_place_of(path)], []
    if _opted_in(path):
        return [manifest_of(path, normal_root(path))], []
    below, closed = _below(path)
    found = sorted([*_directly_in(path), *below], key=lambda place: place.shown)
    if not found and not closed:
        message = f"no manifest in {inert(path)}: neither {MANIFEST_PATH} below it nor *.yml or *.yaml in it"
        hint = "opt a repository in: kaizen-agentic schedule init"
        raise Absent(diagnose(reading.ABSENT, message, file=path, hint=hint))
    return found, closed


def _opted_in(folder: str) -> bool:
    """Whether a manifest, or anything in its place, is there. Raises KaizenError where that cannot be seen."""
    path = os.path.join(folder, MANIFEST_PATH)
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise os_problem(error, _shown(path)) from None
    return True


def _place_of(path: str) -> ManifestPlace:
    """A file, and its repository: the folder above its .kaizen."""
    folder = os.path.dirname(absolute(path))
    if os.path.basename(folder) != _OWN_FOLDER:
        return ManifestPlace(shown=_shown(path), root=None)
    return ManifestPlace(shown=_shown(path), root=normal_root(os.path.dirname(folder)))


def _directly_in(folder: str) -> list[ManifestPlace]:
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_YAML) and entry.is_file(follow_symlinks=False):
                    found.append(_place_of(os.path.join(folder, entry.name)))
    except OSError as error:
        raise os_problem(error, folder) from None
    return found


def _below(folder: str) -> tuple[list[ManifestPlace], list[Diagnostic]]:
    found: list[ManifestPlace] = []
    closed: list[Diagnostic] = []
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        try:
            with os.scandir(parent) as entries:
                folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
            if _OWN_FOLDER in folders and _opted_in(parent):
                found.append(manifest_of(parent, normal_root(parent)))
        except OSError as error:
            closed.extend(os_problem(error, _shown(parent)).diagnostics)
            continue
        except KaizenError as error:
            closed.extend(error.diagnostics)
        waiting += [os.path.join(parent, name) for name in folders if name not in {".git", _OWN_FOLDER}]
    return found, closed


def _shown(path: str) -> str:
    return path.removeprefix("./")
