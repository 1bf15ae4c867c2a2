"""KZ5xx: ActivityDefinitions."""

from kaizen_schedule_core.codes.code import Code

UNKNOWN_DEFINITION = Code("KZ501", "unknown definition")
DEFINITION_SHAPE = Code("KZ502", "invalid definition structure")
CONDITION = Code("KZ503", "invalid condition")
PLACEHOLDER = Code("KZ504", "invalid placeholder")
EMPTY_CATALOG = Code("KZ505", "no definitions in catalog")
UNBOUND = Code("KZ506", "unbound name in a rule")
NO_AGENT_FILTER = Code("KZ507", "rule without agent filter")
REPEATED_ID = Code("KZ508", "duplicate definition id")
SAME_TASKS = Code("KZ509", "definitions with overlapping runs")
TICK_BESIDE_WEEKLY = Code("KZ510", "tick and weekly definitions both enabled")
SYNC_CONFLICT = Code("KZ511", "conflicting definition changes")
ENABLING = Code("KZ512", "definition cannot be enabled")
SMOKE_REPORT = Code("KZ513", "not a smoke report")
WINDOW = Code("KZ514", "window does not match the fire interval", severity="warning")
