"""Hints for paths and host names of a roster that are not found."""

import os
import re
from functools import lru_cache

from kaizen_schedule_core.diagnostics import quoted, suggest

_DRIVE = re.compile(r"([A-Za-z]):(?:[\\/]+(.*)|$)")
_UNEXPANDED = re.compile(r"(?:^|(?<=/))~[^/\\]*|\$(?:\{[^}/]*\}?|\([^)/]*\)?|\w*)|%\w+%")
_HOSTS = 5  # names in one sentence


def path_hint(path: str) -> str | None:
    """Return what is not expanded in a path, or how to write a Windows path, or None."""
    drive = _DRIVE.match(path)
    if drive is not None:
        below = (drive[2] or "").replace("\\", "/")
        return f"Windows paths are not converted: in WSL, write {quoted(f'/mnt/{drive[1].lower()}/{below}')}"
    unexpanded = _UNEXPANDED.search(path)
    if unexpanded is not None:
        return f"{quoted(unexpanded[0])} is not expanded: write the absolute path"
    if "\\" in path:
        return "backslashes are not converted: separate directories with /"
    return None


def missing_part(path: str) -> str:
    """Return the components of an absolute path from the first one that does not exist."""
    found = path
    while not os.path.lexists(found):
        found = os.path.dirname(found)
    return path[len(found) :].lstrip("/")


@lru_cache(maxsize=1024)  # many entries of a fleet have the same hosts
def missing_host(host: str, known: tuple[str, ...]) -> str:
    """Return why an entry has no path for a host, with the hosts that it has paths for."""
    text = f"no host_paths entry for {quoted(host)} and no local_path"
    if not known:
        return text
    near = _near_host(host, known)
    hint = f" (did you mean {quoted(near)}?)" if near is not None else ""
    listed = ", ".join(map(quoted, known[:_HOSTS]))
    if len(known) > _HOSTS:
        listed += f" and {len(known) - _HOSTS} more"
    return f"{text}{hint}; the entry has: {listed}"


def _near_host(host: str, known: tuple[str, ...]) -> str | None:
    """Return the most similar host, or one with the same or a similar name before the first dot."""
    labels = {name.partition(".")[0]: name for name in known}
    label = suggest(host.partition(".")[0], labels)
    return suggest(host, known) or (None if label is None else labels[label])
