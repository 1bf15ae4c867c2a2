"""KZ5xx: ActivityDefinitions."""

from kaizen_schedule_core.codes.code import Code

UNKNOWN_DEFINITION = Code("KZ501", "unknown definition")
DEFINITION_SHAPE = Code("KZ502", "definition of the wrong shape")
CONDITION = Code("KZ503", "condition that cannot be evaluated")
PLACEHOLDER = Code("KZ504", "placeholder that cannot be filled")
EMPTY_CATALOG = Code("KZ505", "catalog without definitions")
UNBOUND = Code("KZ506", "list or item that nothing binds")
NO_AGENT_FILTER = Code("KZ507", "rule without an agent filter")
REPEATED_ID = Code("KZ508", "definition id given twice")
SAME_TASKS = Code("KZ509", "two definitions for the same runs")
TICK_BESIDE_WEEKLY = Code("KZ510", "the tick beside a weekly definition")
SYNC_CONFLICT = Code("KZ511", "definition changed here and shipped anew")
ENABLING = Code("KZ512", "definition that may not be enabled")
SMOKE_REPORT = Code("KZ513", "file that is no smoke report")
WINDOW = Code("KZ514", "window that is not the time between two fires", severity="warning")
