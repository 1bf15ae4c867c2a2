"""The root of a repository: validation, normalization and detection."""

import os
import shlex
import unicodedata

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.files.reading import KIB, read_file
from kaizen_schedule_core.repo.paths import MANIFEST_PATH

_GIT_FILE = "gitdir: "
_GIT_FILE_LIMIT = 16 * KIB
_MARKERS = (".git", MANIFEST_PATH)
# Control characters, surrogates, line and paragraph separators, which can change terminals and reports.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def usable_root(path: str) -> bool:
    """Check whether a path can be used in commands and reports: valid UTF-8 without control characters."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    if path.isprintable():
        return True
    return not any(char in _DIRECTIONS or unicodedata.category(char) in _UNSAFE_CATEGORIES for char in path)


def absolute(path: str) -> str:
    """Return the normalized absolute path. Raises Absent if the current directory does not exist (KZ101)."""
    try:
        return os.path.abspath(path)
    except FileNotFoundError:
        message = "the current directory no longer exists"
        raise Absent(diagnose(reading.ABSENT, message, file=path, hint="change to an existing directory")) from None


def normal_root(path: str) -> str:
    """Return the normalized absolute path of a root, without resolving symlinks. Raises KaizenError (KZ108)."""
    root = absolute(path)
    if root.startswith("//"):
        root = root[1:]  # in POSIX, two leading slashes can have a special meaning, which roots do not use
    require_usable(root)
    return root


def require_usable(path: str) -> None:
    """Raise KaizenError (KZ108) if a path cannot be used in commands and reports."""
    if usable_root(path):
        return
    shown = escape_control_chars(path.encode(errors="surrogateescape").decode(errors="backslashreplace"))
    message = f"the path {shown} contains control characters or is not UTF-8"
    raise KaizenError(diagnose(reading.BAD_ROOT, message, file=shown, hint="rename the directory"))


def repo_name(root: str) -> str:
    """Return the name of a repository without a roster: the last component of its root.

    In a linked git worktree it is that of the main repository's root, if it can be found (ADR-026).
    """
    return _main_name(root) or os.path.basename(root) or root


def _main_name(root: str) -> str | None:
    """Return the name of the main repository of a linked git worktree; submodules have no file commondir."""
    git_file = _read_line(os.path.join(root, ".git"))
    if git_file is None or not git_file.startswith(_GIT_FILE):
        return None
    git_dir = os.path.join(root, git_file.removeprefix(_GIT_FILE))
    common_dir = _read_line(os.path.join(git_dir, "commondir"))
    if common_dir is None:
        return None
    common = os.path.realpath(os.path.join(git_dir, common_dir))
    if not os.path.isdir(common) or not usable_root(common):
        return None
    name = os.path.basename(common)
    if name.startswith("."):  # .git, or another name of a bare repository, such as .bare
        return os.path.basename(os.path.dirname(common))
    return name.removesuffix(".git")


def _read_line(path: str) -> str | None:
    """Return the only line of a file that git writes, or None."""
    try:
        text = os.fsdecode(read_file(path, limit=_GIT_FILE_LIMIT, shown=path)).rstrip("\r\n")
    except KaizenError:
        return None
    return text if text and usable_root(text) else None


def repository_root(target: str) -> str:
    """Return the normalized absolute root of a target.

    Raises KaizenError: KZ101, KZ102 or KZ103 if the target is not an accessible directory, KZ107 if it is below a
    repository's root (the hint contains the root), KZ108 if the path cannot be used.
    """
    root, hint = "", "pass the root of a repository"
    if target:  # an empty variable in a script must not mean the current directory
        root = normal_root(target)
    if not os.path.lexists(root):
        message = f"the target {quoted(target)} does not exist"
        raise Absent(diagnose(reading.ABSENT, message, file=target, hint=hint))
    if not os.path.isdir(root):
        message = f"the target {quoted(target)} is not a directory"
        raise KaizenError(diagnose(reading.NOT_A_FILE, message, file=target, hint=hint))
    if not os.access(root, os.X_OK):
        message = f"the target {quoted(target)} cannot be accessed"
        raise KaizenError(diagnose(reading.NO_PERMISSION, message, file=target))
    if _is_bare(root):
        message = f"{quoted(target)} is a bare Git repository, which has no files"
        hint = "run the command in a clone of it"
        raise KaizenError(diagnose(reading.NOT_THE_ROOT, message, file=target, hint=hint))
    above = _root_above(root)
    if above is not None:
        message = f"{quoted(target)} is not the root of its repository"
        hint = f"use --target {shlex.quote(escape_control_chars(above))}"
        raise KaizenError(diagnose(reading.NOT_THE_ROOT, message, file=target, hint=hint))
    return root


def _is_bare(folder: str) -> bool:
    """Check whether a directory is a bare Git repository, or the .git directory of another one."""
    parts = ("HEAD", "objects", "refs")
    return not _is_root(folder) and all(os.path.lexists(os.path.join(folder, part)) for part in parts)


def git_root(path: str) -> str | None:
    """Return the root of the Git working tree that contains a path, or None."""
    folder = absolute(path)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _is_root(folder: str) -> bool:
    return any(os.path.lexists(os.path.join(folder, marker)) for marker in _MARKERS)


def _root_above(folder: str) -> str | None:
    """Return the nearest root above a directory, or None if there is none or the directory is a root itself."""
    if _is_root(folder):
        return None
    while (parent := os.path.dirname(folder)) != folder:
        if _is_root(parent):
            return parent
        folder = parent
    return None
