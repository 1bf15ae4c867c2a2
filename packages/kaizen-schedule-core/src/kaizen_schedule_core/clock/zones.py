"""Time zones: the valid names, their rules, and the version of the database."""

import os
import re
import zoneinfo
from datetime import tzinfo
from functools import lru_cache

import tzdata  # type: ignore[import-untyped]

from kaizen_schedule_core.diagnostics import quoted, suggest

_REFUSED = frozenset({"Factory", "localtime", "posixrules"})
_NEAR = 0.8
_OFFSETS = "Etc/GMT"  # never suggested: Etc/GMT+1 is UTC-1, which surprises most people
_OFFSET = re.compile("[+-][0-9]")
_SHORTEST_GUESS = 6
_REFUSED_FOLDERS = ("posix/", "right/")


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Return the valid names: those of the tzdata package, without those that are not places."""
    with open(os.path.join(tzdata.__path__[0], "zones"), encoding="ascii") as listing:
        names = listing.read().split()
    return frozenset(name for name in names if name not in _REFUSED and not name.startswith(_REFUSED_FOLDERS))


@lru_cache(maxsize=1024)
def load_zone(name: str) -> tzinfo:
    """Return the rules of a valid zone, from the system's database, or else from the tzdata package.

    Raises zoneinfo.ZoneInfoNotFoundError for a name that is not in `known_zones`.
    """
    if name not in known_zones():
        raise zoneinfo.ZoneInfoNotFoundError(name)
    return zoneinfo.ZoneInfo(name)


def suggest_zone(name: str) -> str | None:
    """Return the most similar zone name, or the zone of a city given without its region, or None."""
    zones = sorted(zone for zone in known_zones() if not zone.startswith(_OFFSETS))
    near = suggest(name, zones, cutoff=_NEAR)
    if near and (near.casefold() == name.casefold() or len(name) >= _SHORTEST_GUESS):
        return near  # CEST and EST differ by seven hours: short names are not suggested
    cities = {zone.rpartition("/")[2]: zone for zone in reversed(zones) if "/" in zone}
    city = suggest(name.replace(" ", "_"), cities, cutoff=_NEAR)
    return cities.get(city or "")


def zone_hint(name: str) -> str:
    """Return the hint for an unknown zone."""
    zone, comment, _ = name.partition("#")
    near = suggest_zone(zone.strip() if comment else name)
    if near and comment:
        return f"write {near} and add a space before #, which otherwise is part of the value"
    if near:
        return f"did you mean {quoted(near)}?"
    if _OFFSET.search(name):
        return "write a zone such as Europe/Berlin: a fixed offset does not follow daylight-saving time"
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
