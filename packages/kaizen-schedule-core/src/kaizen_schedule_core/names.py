"""Names that others join by: slugs, agent names and slot ids (contract section 1)."""

import re
from datetime import UTC, datetime

SLUG_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
"""The form of a slug: the id of a repository in the roster, or of a definition in a catalog."""
AGENT_PATTERN = r"^[A-Za-z][A-Za-z0-9-]{0,63}$"

_SLUG = re.compile(SLUG_PATTERN[:-1] + r"\Z")
_AGENT = re.compile(AGENT_PATTERN[:-1] + r"\Z")


def is_slug(text: str) -> bool:
    """Return whether the text can be a repository's slug."""
    return _SLUG.match(text) is not None


def is_agent_name(text: str) -> bool:
    """Return whether the text can be an agent's name: one that is safe in a path and in a shell."""
    return _AGENT.match(text) is not None


def slot_id(repo: str, agent: str, fire: datetime | None) -> str:
    """Return the name of one expected run, `<slug>/<agent>/<YYYYMMDDTHHMMZ>`; `-` for an unknown time."""
    time = f"{fire.astimezone(UTC):%Y%m%dT%H%MZ}" if fire else "-"
    return f"{repo}/{agent}/{time}"
