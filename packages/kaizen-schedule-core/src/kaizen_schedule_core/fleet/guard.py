"""The guard against a vanishing fleet: a roster that lost more than a fifth is a failure until it is confirmed."""

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kaizen_schedule_core.codes import roster
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars
from kaizen_schedule_core.errors import Absent, KaizenError, RosterError
from kaizen_schedule_core.files.reading import KIB, read_file
from kaizen_schedule_core.files.writing import write_file
from kaizen_schedule_core.fleet.resolution import Outcome, Resolution

OPTED_IN: tuple[Outcome, ...] = ("scheduled", "all-disabled", "filtered")
_STATE_LIMIT = 256 * KIB


class FleetSize(BaseModel):
    """How large a fleet is: the entries of its roster, and the repositories that have opted in. The state file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal["1"] = "1"
    entries: int = Field(ge=0)
    opted_in: int = Field(ge=0)


def fleet_size(census: Resolution) -> FleetSize:
    """Return the size of a fleet, from a resolution that no filter has narrowed.

    That of a shard alone says nothing: the sizes of all shards are added up, and the sum is guarded once (ADR-014).
    """
    counts = census.counts
    return FleetSize(entries=len(census.outcomes), opted_in=sum(counts[name] for name in OPTED_IN))


def guard_fleet(size: FleetSize, state: str, *, allow_shrink: bool = False) -> None:
    """Compare the size of the whole fleet with that of the last good run in the file `state`, then remember it.

    The first run finds no file and writes it. Raises RosterError (KZ405), and leaves the file as it is, if fewer
    than four fifths of the entries or of the opted-in repositories are left, unless `allow_shrink`; KaizenError if
    the file is not a state (KZ406) or cannot be read or written (KZ101 to KZ112). Source: contract section 7.
    """
    before = _last_size(state)
    if before is not None and not allow_shrink:
        _require_four_fifths("entries", before.entries, size.entries, state)
        _require_four_fifths("opted-in repositories", before.opted_in, size.opted_in, state)
    write_file(state, (json.dumps(size.model_dump()) + "\n").encode())


def _require_four_fifths(what: str, before: int, now: int, state: str) -> None:
    if 5 * now < 4 * before:
        message = f"the fleet has shrunk from {before} to {now} {what} since the last good run"
        hint = "look at the roster; if it is meant, say so once with --allow-shrink"
        raise RosterError(diagnose(roster.SHRUNKEN_ROSTER, message, file=state, hint=hint))


def _last_size(state: str) -> FleetSize | None:
    try:
        return FleetSize.model_validate_json(read_file(state, limit=_STATE_LIMIT))
    except Absent:
        return None
    except ValidationError:
        message = f"{escape_control_chars(state)} is no state that an earlier run wrote"
        hint = "name a file that does not exist yet, and it will be made"
        raise KaizenError(diagnose(roster.FLEET_STATE, message, file=state, hint=hint)) from None
