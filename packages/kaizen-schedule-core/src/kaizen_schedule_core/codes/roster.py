"""KZ4xx: rosters, State Hub and fleet state."""

from kaizen_schedule_core.codes.code import Code

EMPTY_ROSTER = Code("KZ401", "empty roster", unavailable=True)
HUB_UNREACHABLE = Code("KZ402", "State Hub unreachable", unavailable=True)
HUB_UNEXPECTED = Code("KZ403", "unexpected response from State Hub", unavailable=True)
HUB_INVALID = Code("KZ404", "invalid roster response from State Hub", unavailable=True)
SHRUNKEN_ROSTER = Code("KZ405", "fleet smaller than before", unavailable=True)
FLEET_STATE = Code("KZ406", "not a fleet state file")
