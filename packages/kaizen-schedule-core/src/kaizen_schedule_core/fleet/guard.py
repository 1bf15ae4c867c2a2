"""The guard against lost repositories: it is an error if fewer than four fifths of the entries remain."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kaizen_schedule_core.codes import roster
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars
from kaizen_schedule_core.errors import Absent, KaizenError, RosterError
from kaizen_schedule_core.files.reading import KIB, read_file
from kaizen_schedule_core.files.writing import write_named_file
from kaizen_schedule_core.fleet.resolution import Outcome, Resolution

OPTED_IN: tuple[Outcome, ...] = ("scheduled", "all-disabled", "filtered")
_STATE_LIMIT = 256 * KIB


class FleetSize(BaseModel):
    """The size of a fleet, as in the state file: the entries of its roster, and the opted-in repositories."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal["1"] = "1"
    entries: int = Field(ge=0)
    opted_in: int = Field(ge=0)


def fleet_size(census: Resolution) -> FleetSize:
    """Return the size of a fleet, from a resolution without filters.

    The sizes of shards must be added up and checked once as a sum (ADR-014).
    """
    counts = census.counts
    return FleetSize(entries=len(census.outcomes), opted_in=sum(map(counts.__getitem__, OPTED_IN)))


def guard_fleet(size: FleetSize, state: str, *, allow_shrink: bool = False) -> None:
    """Compare the size of the fleet with the one that the last successful run wrote to `state`, then write it.

    The first run creates the file. Raises RosterError (KZ405), without changing the file, if fewer than four fifths
    of the entries or of the opted-in repositories remain, unless `allow_shrink`; KaizenError if the file is not a
    fleet state (KZ406) or cannot be read or written (KZ101 to KZ112). Source: contract section 7.
    """
    before = _last_size(state)
    if before is not None and not allow_shrink:
        _require_four_fifths("entries", before.entries, size.entries, state)
        _require_four_fifths("opted-in repositories", before.opted_in, size.opted_in, state)
    write_named_file(state, f"{size.model_dump_json()}\n".encode())


def _require_four_fifths(what: str, before: int, now: int, state: str) -> None:
    if 5 * now < 4 * before:
        message = f"fewer than four fifths of the {what} remain: {now}, down from {before} in the last successful run"
        hint = "check the roster, or pass --allow-shrink to accept the change"
        raise RosterError(diagnose(roster.SHRUNKEN_ROSTER, message, file=state, hint=hint))


def _last_size(state: str) -> FleetSize | None:
    try:
        return FleetSize.model_validate_json(read_file(state, limit=_STATE_LIMIT))
    except Absent:
        return None
    except ValidationError:
        message = f"{escape_control_chars(state)} is not a fleet state file"
        hint = "pass the path of a new file, which will be created"
        raise KaizenError(diagnose(roster.FLEET_STATE, message, file=state, hint=hint)) from None
