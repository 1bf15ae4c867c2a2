"""The root of a repository: which folder it is, and which paths can be one."""

import os
import shlex
import unicodedata

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars, quoted
from kaizen_schedule_core.errors import Absent, KaizenError
from kaizen_schedule_core.repo.paths import MANIFEST_PATH

_MARKERS = (".git", MANIFEST_PATH)
# Control characters, surrogates, line and paragraph separators: a terminal or a report could act on them.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def usable_root(path: str) -> bool:
    """Return whether a root can be shown in commands and reports: UTF-8, without control characters."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    if path.isprintable():
        return True
    return not any(char in _DIRECTIONS or unicodedata.category(char) in _UNSAFE_CATEGORIES for char in path)


def absolute(path: str) -> str:
    """Return the absolute path, normalised by text. Raises Absent (KZ101) when the current folder is gone."""
    try:
        return os.path.abspath(path)
    except FileNotFoundError:
        message = "the current folder does not exist any more"
        raise Absent(diagnose(reading.ABSENT, message, file=path, hint="go to a folder that does")) from None


def normal_root(path: str) -> str:
    """Return the absolute path of a root, normalised by text; symlinks are not resolved. Raises KaizenError (KZ108)."""
    root = absolute(path)
    if root.startswith("//"):
        root = root[1:]  # POSIX lets two leading slashes mean something else; no root here does
    if not usable_root(root):
        shown = escape_control_chars(root.encode(errors="surrogateescape").decode(errors="backslashreplace"))
        message = f"the path {shown} holds control characters or is not UTF-8"
        raise KaizenError(diagnose(reading.BAD_ROOT, message, file=shown, hint="rename the folder"))
    return root


def repo_name(root: str) -> str:
    """Return the name of a repository that no roster names: the last component of its root."""
    return os.path.basename(root) or root


def repository_root(target: str) -> str:
    """Return the root that a target names: absolute, normalised by text.

    Raises KaizenError: KZ101, KZ102 or KZ103 if the target is not a folder that can be entered, KZ107 if it is
    below a repository's root (the hint names the root), KZ108 if the path cannot be used.
    """
    root, hint = "", "name a repository's root"
    if target:  # an empty variable in a script must not mean the current folder
        root = normal_root(target)
    if not os.path.lexists(root):
        message = f"the target {quoted(target)} does not exist"
        raise Absent(diagnose(reading.ABSENT, message, file=target, hint=hint))
    if not os.path.isdir(root):
        message = f"the target {quoted(target)} is not a folder"
        raise KaizenError(diagnose(reading.NOT_A_FILE, message, file=target, hint=hint))
    if not os.access(root, os.X_OK):
        message = f"the target {quoted(target)} cannot be entered"
        raise KaizenError(diagnose(reading.NO_PERMISSION, message, file=target))
    above = _root_above(root)
    if above is not None:
        message = f"{quoted(target)} is not the root of its repository"
        hint = f"use --target {shlex.quote(escape_control_chars(above))}"
        raise KaizenError(diagnose(reading.NOT_THE_ROOT, message, file=target, hint=hint))
    return root


def _is_root(folder: str) -> bool:
    return any(os.path.lexists(os.path.join(folder, marker)) for marker in _MARKERS)


def _root_above(folder: str) -> str | None:
    """Return the nearest root above a folder; None if the folder is a root itself or there is none."""
    if _is_root(folder):
        return None
    while (parent := os.path.dirname(folder)) != folder:
        if _is_root(parent):
            return parent
        folder = parent
    return None
