"""The strings that others run or join by: commands, slugs and roots (contract of the hand-off, ADR-005)."""

from __future__ import annotations

import os
import re
import shlex
import unicodedata
from datetime import UTC, datetime

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import diagnose, inert
from kaizen_schedule_core.errors import KaizenError

SLUG_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
"""What a slug looks like: the id of a repository in the roster, or of a definition in a catalog."""
AGENT_PATTERN = r"^[A-Za-z][A-Za-z0-9-]{0,63}$"

_ACTING = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, surrogates, line and paragraph separators
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SLUG = re.compile(SLUG_PATTERN[:-1] + r"\Z")
_AGENT = re.compile(AGENT_PATTERN[:-1] + r"\Z")


def is_slug(text: str) -> bool:
    """Whether the text can be a repository's slug."""
    return _SLUG.match(text) is not None


def is_agent_name(text: str) -> bool:
    """Whether the text can be an agent's name; what can is safe in a path and in a shell."""
    return _AGENT.match(text) is not None


def usable_root(path: str) -> bool:
    """Whether a root can stand in commands and reports: UTF-8, and nothing a terminal could act on."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return path.isprintable() or not any(char in _DIRECTIONS or unicodedata.category(char) in _ACTING for char in path)


def absolute(path: str) -> str:
    """The absolute path, normalised by text. Raises KaizenError (KZ101) when the current folder is gone."""
    try:
        return os.path.abspath(path)
    except FileNotFoundError:
        message = "the current folder does not exist any more"
        raise KaizenError(diagnose(reading.ABSENT, message, file=path, hint="go to a folder that does")) from None


def normal_root(path: str) -> str:
    """The absolute path of a root, normalised by text; symlinks are not resolved. Raises KaizenError (KZ108)."""
    root = absolute(path)
    if root.startswith("//"):
        root = root[1:]  # POSIX lets two leading slashes mean something else; no root here does
    if not usable_root(root):
        shown = inert(root.encode(errors="surrogateescape").decode(errors="backslashreplace"))
        raise KaizenError(
            diagnose(
                reading.BAD_ROOT,
                f"the path {shown} holds control characters or is not UTF-8",
                file=shown,
                hint="rename the folder",
            )
        )
    return root


def repo_name(root: str) -> str:
    """What a repository is called where no roster names it: the last component of its root."""
    return os.path.basename(root) or root


def prepare_command(agent: str, root: str) -> str:
    """The command that makes the orientation bundle; it runs as it stands in a POSIX shell."""
    return f"kaizen-agentic schedule prepare {agent} --target {shlex.quote(root)}"


def session_close(agent: str, root: str) -> tuple[str, str]:
    """The two commands that end a session: one records the run, one leaves a line in memory."""
    target = shlex.quote(root)
    return (
        f"kaizen-agentic metrics record {agent} --success --target {target}",
        f"kaizen-agentic memory note {agent} --text 'one line on what changed' --target {target}",
    )


def slot_id(repo: str, agent: str, fire: datetime | None) -> str:
    """The name of one expected run, `<slug>/<agent>/<YYYYMMDDTHHMMZ>`; `-` for a time that is not known."""
    time = f"{fire.astimezone(UTC):%Y%m%dT%H%MZ}" if fire else "-"
    return f"{repo}/{agent}/{time}"
