"""KZ2xx: shape: keys, types and allowed values."""

from kaizen_schedule_core.codes.code import Code

MISSING_KEY = Code("KZ201", "missing key")
UNKNOWN_KEY = Code("KZ202", "unknown key")
UNKNOWN_CADENCE = Code("KZ203", "unknown cadence")
WRONG_TYPE = Code("KZ204", "wrong type")
VERSION_NOT_TEXT = Code("KZ205", "version without quotes")
NEWER_MANIFEST = Code("KZ206", "newer manifest version")
UNKNOWN_VERSION = Code("KZ207", "unknown version")
BOOLEAN_WORD = Code("KZ208", "not a YAML 1.2 boolean")
NO_AGENTS = Code("KZ209", "no agents")
AGENT_NAME = Code("KZ210", "not an agent's name")
SCHEMA_OUTDATED = Code("KZ211", "schema file out of date", severity="warning")
EMPTY_VALUE = Code("KZ212", "empty value")
UNKNOWN_VALUE = Code("KZ213", "value not allowed")
AGENT_FILE = Code("KZ221", "agent file that names another agent")
MEMORY_SHAPE = Code("KZ231", "memory of another agent")
METRICS_LINE = Code("KZ241", "metrics line that is not a record")
METRICS_TORN = Code("KZ242", "torn last metrics line", severity="warning")
