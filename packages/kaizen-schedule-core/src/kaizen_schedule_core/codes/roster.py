"""KZ4xx: rosters and what is made from them."""

from kaizen_schedule_core.codes.code import Code

EMPTY_ROSTER = Code("KZ401", "empty roster", unavailable=True)
HUB_UNREACHABLE = Code("KZ402", "State Hub cannot be reached", unavailable=True)
HUB_UNEXPECTED = Code("KZ403", "State Hub refuses", unavailable=True)
HUB_INVALID = Code("KZ404", "answer of State Hub that is no roster", unavailable=True)
SHRUNKEN_ROSTER = Code("KZ405", "the fleet has shrunk", unavailable=True)
FLEET_STATE = Code("KZ406", "state file that is none")
