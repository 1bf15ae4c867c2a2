"""KZ3xx: meaning: time zones, cron expressions and agents."""

from __future__ import annotations

from kaizen_schedule_core.codes.code import Code

UNKNOWN_ZONE = Code("KZ301", "unknown time zone")
CRON_FIELDS = Code("KZ302", "cron does not have five fields")
CRON_NICKNAME = Code("KZ303", "cron nickname")
CRON_EXTENSION = Code("KZ304", "cron extension")
CRON_ZONE = Code("KZ305", "time zone inside a cron")
CRON_RANGE = Code("KZ306", "cron value out of range")
CRON_REVERSED = Code("KZ307", "reversed cron range")
CRON_STEP = Code("KZ308", "cron step that cannot be")
CRON_NEVER = Code("KZ309", "cron that never fires")
CRON_NOT_ASCII = Code("KZ310", "cron with characters that are not ASCII")
CRON_BOTH_DAYS = Code("KZ311", "day of month and day of week both restricted")
CRON_TOKEN = Code("KZ312", "not a cron value")
CRON_ONE_TO_SEVEN = Code("KZ313", "weekday range 1-7", severity="warning")
CRON_UNEVEN = Code("KZ314", "step that does not divide its range", severity="info")
CLOCK_CHANGE = Code("KZ315", "fire in an hour that a clock change touches", severity="warning")
CADENCE_CONTRADICTED = Code("KZ316", "cadence and cron contradict", severity="warning")
CRON_MANY = Code("KZ317", "cron that fires many times on its days", severity="info")
UNKNOWN_AGENT = Code("KZ320", "unknown agent")
SHADOWED_AGENT = Code("KZ321", "repository agent takes a packaged agent's name", severity="warning")
UNDECLARED_AGENT = Code("KZ322", "agent not scheduled here")
DISABLED_AGENT = Code("KZ323", "agent paused here")
BUDGET = Code("KZ324", "bundle larger than the budget")
NO_MEMORY_KEPT = Code("KZ325", "agent that keeps no memory")
EXISTS = Code("KZ326", "already there")
NOT_PUBLISHED = Code("KZ331", "event that could not be published", unavailable=True)
