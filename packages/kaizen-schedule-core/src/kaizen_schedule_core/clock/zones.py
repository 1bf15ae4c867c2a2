"""Time zones: which names are valid, where their rules are read from, and which version they have."""

import os
import re
import zoneinfo
from datetime import tzinfo
from functools import lru_cache

import tzdata  # type: ignore[import-untyped]

from kaizen_schedule_core.diagnostics import quoted, suggest

_REFUSED = frozenset({"Factory", "localtime", "posixrules"})
_NEAR = 0.8
_OFFSETS = "Etc/GMT"  # never guessed: Etc/GMT+1 is an hour behind UTC, and GMT+1 to most people an hour ahead
_OFFSET = re.compile("[+-][0-9]")
_SHORTEST_GUESS = 6
_REFUSED_FOLDERS = ("posix/", "right/")


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Return the valid names: those that the tzdata package lists, without those that are not places."""
    with open(os.path.join(tzdata.__path__[0], "zones"), encoding="ascii") as listing:
        names = listing.read().split()
    return frozenset(name for name in names if name not in _REFUSED and not name.startswith(_REFUSED_FOLDERS))


@lru_cache(maxsize=1024)
def load_zone(name: str) -> tzinfo:
    """Return the rules of a valid zone, in zoneinfo's own order: the system's database, else the tzdata package.

    Raises zoneinfo.ZoneInfoNotFoundError for a name that is not in `known_zones`.
    """
    if name not in known_zones():
        raise zoneinfo.ZoneInfoNotFoundError(name)
    return zoneinfo.ZoneInfo(name)


def suggest_zone(name: str) -> str | None:
    """Return the zone a person most likely meant: a near name, or the zone of a city named alone."""
    zones = sorted(zone for zone in known_zones() if not zone.startswith(_OFFSETS))
    near = suggest(name, zones, cutoff=_NEAR)
    if near and (near.casefold() == name.casefold() or len(name) >= _SHORTEST_GUESS):
        return near  # between CEST and EST lie seven hours: a short name is not guessed
    cities = {zone.rpartition("/")[2]: zone for zone in reversed(zones) if "/" in zone}
    city = suggest(name.replace(" ", "_"), cities, cutoff=_NEAR)
    return cities.get(city or "")


def zone_hint(name: str) -> str:
    """Return what to write instead of an unknown zone."""
    zone, comment, _ = name.partition("#")
    near = suggest_zone(zone.strip() if comment else name)
    if near and comment:
        return f"write {near}, and a space before #: else the comment belongs to the value"
    if near:
        return f"did you mean {quoted(near)}?"
    if _OFFSET.search(name):
        return "write the zone of a city, such as Europe/Berlin: an offset knows no clock changes"
    return "write an IANA name such as Europe/Berlin or UTC"


@lru_cache(maxsize=1)
def tzdata_version() -> str:
    """Return the version of the time zone database that is read, or `unknown`."""
    for folder in zoneinfo.TZPATH:
        if os.path.isfile(os.path.join(folder, "UTC")):
            return _version_in(folder)
    return str(tzdata.IANA_VERSION)


def _version_in(folder: str) -> str:
    for name in ("+VERSION", "tzdata.zi"):
        try:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                words = file.readline().split()
        except (OSError, UnicodeDecodeError):
            continue
        if words:
            return words[-1]
    return "unknown"
