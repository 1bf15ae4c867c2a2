"""KZ2xx: shape: keys, types and allowed values."""

from __future__ import annotations

from kaizen_schedule_core.codes.code import Code

MISSING_KEY = Code(
    id="KZ201",
    title="missing key",
    explanation="A required key is not there.",
    wrong='version: "1"',
    right='version: "1"\nagents:\n  coach:\n    cadence: weekly',
)
UNKNOWN_KEY = Code(
    id="KZ202",
    title="unknown key",
    explanation="No such key exists here; a misspelled key would otherwise be ignored without a word. Keys that "
    "start with x- are left to others.",
    wrong="coach:\n  cadense: weekly",
    right="coach:\n  cadence: weekly",
)
UNKNOWN_CADENCE = Code(
    id="KZ203",
    title="unknown cadence",
    explanation="A cadence is daily, weekly or monthly; daily is every day of the week. There is no hourly "
    "cadence: use daily with an hourly cron.",
    wrong="cadence: weekley",
    right="cadence: weekly",
)
WRONG_TYPE = Code(
    id="KZ204",
    title="wrong type",
    explanation="The value is of another kind than the key takes.",
    wrong="agents: [coach]",
    right="agents:\n  coach:\n    cadence: weekly",
)
VERSION_NOT_TEXT = Code(
    id="KZ205",
    title="version without quotes",
    explanation="The version is text, so that 1.10 never becomes 1.1.",
    wrong="version: 1",
    right='version: "1"',
)
NEWER_MANIFEST = Code(
    id="KZ206",
    title="newer manifest version",
    explanation="The file is written for a newer version of this tool. The file may be right; the tool is behind.",
    wrong='version: "2"    # read by a tool that knows version 1',
    right="pip install --upgrade kaizen-schedule-cli",
)
UNKNOWN_VERSION = Code(
    id="KZ207",
    title="unknown version",
    explanation='The only version there is so far is "1".',
    wrong='version: "latest"',
    right='version: "1"',
)
BOOLEAN_WORD = Code(
    id="KZ208",
    title="not a YAML 1.2 boolean",
    explanation="Only true and false are booleans; yes, no, on and off are read as booleans by some tools and as "
    "text by others.",
    wrong="enabled: yes",
    right="enabled: true",
)
NO_AGENTS = Code(
    id="KZ209",
    title="no agents",
    explanation="A manifest schedules at least one agent; to pause one, declare it with enabled: false.",
    wrong="agents: {}",
    right="agents:\n  coach:\n    cadence: weekly\n    enabled: false",
)
AGENT_NAME = Code(
    id="KZ210",
    title="not an agent's name",
    explanation="A name starts with a letter and holds up to 64 letters, digits and hyphens.",
    wrong="agents:\n  my coach:\n    cadence: weekly",
    right="agents:\n  my-coach:\n    cadence: weekly",
)
SCHEMA_OUTDATED = Code(
    id="KZ211",
    title="schema file out of date",
    explanation="The schema beside the manifest, which editors read, is not the one of this version.",
    wrong="an edited or older .kaizen/schedule.schema.json",
    right="kaizen-agentic schedule schema > .kaizen/schedule.schema.json",
    severity="warning",
)
EMPTY_VALUE = Code(
    id="KZ212",
    title="empty value",
    explanation="The key stands there without a value.",
    wrong="timezone:",
    right="timezone: Europe/Berlin",
)
UNKNOWN_VALUE = Code(
    id="KZ213",
    title="value not allowed",
    explanation="The key takes one of a few words.",
    wrong="memory: maybe",
    right="memory: enabled",
)
AGENT_FILE = Code(
    id="KZ221",
    title="agent file that names another agent",
    explanation="agents/agent-<name>.md must say the same name in its frontmatter, or two agents share one name.",
    wrong="agents/agent-coach.md with name: trainer",
    right="agents/agent-coach.md with name: coach",
)
MEMORY_SHAPE = Code(
    id="KZ231",
    title="memory of another agent",
    explanation="The memory in an agent's folder must say the same name in its frontmatter (ADR-002).",
    wrong=".kaizen/agents/coach/memory.md with agent: optimization",
    right=".kaizen/agents/coach/memory.md with agent: coach",
)
METRICS_LINE = Code(
    id="KZ241",
    title="metrics line that is not a record",
    explanation="Every line of executions.jsonl is one JSON object with timestamp, agent and success (ADR-004). "
    "A summary over part of the file would look healthy, so reading stops (ADR-011).",
    wrong='{"agent": "coach"}',
    right='{"timestamp": "2026-06-17T09:00:12Z", "agent": "coach", "success": true}',
)
METRICS_TORN = Code(
    id="KZ242",
    title="torn last metrics line",
    explanation="The last line has no line end and is no whole record: the trace of a writer that was killed. Its "
    "command never succeeded, so it does not count; the next record moves it to torn.jsonl.",
    wrong='{"timestamp": "2026-06-17T09:',
    right="kaizen-agentic metrics record coach --success",
    severity="warning",
)
