"""KZ2xx: structure: keys, types and allowed values."""

from kaizen_schedule_core.codes.code import Code

MISSING_KEY = Code("KZ201", "missing key")
UNKNOWN_KEY = Code("KZ202", "unknown key")
UNKNOWN_CADENCE = Code("KZ203", "unknown cadence")
WRONG_TYPE = Code("KZ204", "wrong type")
VERSION_NOT_TEXT = Code("KZ205", "version without quotes")
NEWER_MANIFEST = Code("KZ206", "newer manifest version")
UNKNOWN_VERSION = Code("KZ207", "unknown version")
BOOLEAN_WORD = Code("KZ208", "invalid boolean")
NO_AGENTS = Code("KZ209", "no agents")
AGENT_NAME = Code("KZ210", "invalid agent name")
SCHEMA_OUTDATED = Code("KZ211", "schema file out of date", severity="warning")
EMPTY_VALUE = Code("KZ212", "empty value")
UNKNOWN_VALUE = Code("KZ213", "value not allowed")
AGENT_FILE = Code("KZ221", "agent file with another agent's name")
AGENT_EMPTY = Code("KZ222", "agent file without instructions")
MEMORY_SHAPE = Code("KZ231", "memory of another agent")
MEMORY_CONFLICT = Code("KZ232", "merge conflict in a memory")
METRICS_LINE = Code("KZ241", "invalid metrics line", severity="warning")
METRICS_TORN = Code("KZ242", "incomplete last metrics line", severity="warning")
