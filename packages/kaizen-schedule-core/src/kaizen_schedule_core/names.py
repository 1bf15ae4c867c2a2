"""Identifiers: repository slugs, agent names and slot ids (contract section 1)."""

import re
import unicodedata
from datetime import UTC, datetime

SLUG_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
"""The pattern of slugs, which identify repositories in a roster and definitions in a catalog."""
AGENT_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

_SLUG = re.compile(SLUG_PATTERN[:-1] + r"\Z")
_AGENT = re.compile(AGENT_PATTERN[:-1] + r"\Z")


def is_slug(text: str) -> bool:
    """Check whether the text is a valid repository slug."""
    return _SLUG.match(text) is not None


def is_agent_name(text: str) -> bool:
    """Check whether the text is a valid agent name, safe in paths and in shell commands."""
    return _AGENT.match(text) is not None


def valid_agent_name(text: str) -> str:
    """Return a valid agent name that is similar to the text."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub("[^A-Za-z0-9._-]+", "-", ascii_only)[:64].strip("-._") or "agent"


def slot_id(repo: str, agent: str, fire: datetime | None) -> str:
    """Return the id of an expected run, `<slug>/<agent>/<YYYYMMDDTHHMMZ>`, with `-` for an unknown time."""
    time = f"{fire.astimezone(UTC):%Y%m%dT%H%MZ}" if fire else "-"
    return f"{repo}/{agent}/{time}"
