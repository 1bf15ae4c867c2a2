"""The guard against a vanishing fleet: a roster that lost a fifth is a failure until it is said to be meant."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kaizen_schedule_core.codes import roster
from kaizen_schedule_core.diagnostics import diagnose, inert
from kaizen_schedule_core.errors import Absent, KaizenError, RosterError
from kaizen_schedule_core.files.reading import KIB, read_file
from kaizen_schedule_core.files.writing import write_file
from kaizen_schedule_core.fleet.resolution import Outcome, Resolution

OPTED_IN: tuple[Outcome, ...] = ("scheduled", "all-disabled", "filtered")
_STATE_LIMIT = 256 * KIB
_KEPT_OF_FIVE = 4


class _State(BaseModel):
    """What is remembered of the last good run."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: str = Field(default="1", pattern="^1$")
    entries: int = Field(ge=0)
    opted_in: int = Field(ge=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetSize:
    """How large a fleet is: the entries of its roster, and the repositories that have opted in."""

    entries: int
    opted_in: int


def fleet_size(census: Resolution) -> FleetSize:
    """The size of a fleet, from a resolution that no filter has narrowed."""
    counts = census.counts
    return FleetSize(entries=len(census.outcomes), opted_in=sum(counts[name] for name in OPTED_IN))


def guard_fleet(size: FleetSize, state: str, *, allow_shrink: bool = False) -> None:
    """Compare with the last good run that the file `state` remembers, then remember this one.

    The first run finds no file and makes it. Raises RosterError (KZ405), and leaves the file as it is, when fewer
    than four fifths of the entries or of the opted-in repositories are left, unless `allow_shrink`; KaizenError for
    a file that is no state (KZ406) or cannot be read or written (KZ101 to KZ112). Source: contract section 7.
    """
    before = _remembered(state)
    if before is not None and not allow_shrink:
        for what, was, now in (
            ("entries", before.entries, size.entries),
            ("opted-in repositories", before.opted_in, size.opted_in),
        ):
            if 5 * now < _KEPT_OF_FIVE * was:
                message = f"the fleet has shrunk from {was} to {now} {what} since the last good run"
                hint = "look at the roster; if it is meant, say so once with --allow-shrink"
                raise RosterError(diagnose(roster.SHRUNKEN_ROSTER, message, file=state, hint=hint))
    text = json.dumps({"version": "1", "entries": size.entries, "opted_in": size.opted_in}) + "\n"
    write_file(state, text.encode())


def _remembered(state: str) -> _State | None:
    if not os.path.lexists(state):
        return None
    try:
        return _State.model_validate_json(read_file(state, limit=_STATE_LIMIT))
    except Absent:
        return None
    except ValidationError:
        message = f"{inert(state)} is no state that an earlier run wrote"
        hint = "name a file that does not exist yet, and it will be made"
        raise KaizenError(diagnose(roster.FLEET_STATE, message, file=state, hint=hint)) from None
