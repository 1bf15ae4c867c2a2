"""Which folder is a repository's root."""

from __future__ import annotations

import os
import shlex

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import diagnose, inert, quoted
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.handoff import normal_root

_MARKS = (".git", os.path.join(".kaizen", "schedule.yml"))


def repository_root(target: str) -> str:
    """The root that a target names: absolute, normalised by text.

    Raises KaizenError: KZ101, KZ102 or KZ103 if the target is no folder that can be entered, KZ107 if it lies
    below a repository's root (the message names the root), KZ108 if the path cannot be used.
    """
    root = normal_root(target) if target else ""  # an empty variable in a script must not mean this folder
    if not os.path.isdir(root):
        code, what = (
            (reading.NOT_A_FILE, "is not a folder") if os.path.lexists(root) else (reading.ABSENT, "does not exist")
        )
        raise KaizenError(
            diagnose(code, f"the target {quoted(target)} {what}", file=target, hint="name a repository's root")
        )
    if not os.access(root, os.X_OK):
        raise KaizenError(
            diagnose(reading.NO_PERMISSION, f"the target {quoted(target)} cannot be entered", file=target)
        )
    above = None if _is_root(root) else _root_above(root)
    if above is not None:
        raise KaizenError(
            diagnose(
                reading.NOT_THE_ROOT,
                f"{quoted(target)} is not the root of its repository",
                file=target,
                hint=f"use --target {shlex.quote(inert(above))}",
            )
        )
    return root


def _is_root(folder: str) -> bool:
    return any(os.path.lexists(os.path.join(folder, mark)) for mark in _MARKS)


def _root_above(folder: str) -> str | None:
    while (parent := os.path.dirname(folder)) != folder:
        if _is_root(parent):
            return parent
        folder = parent
    return None
