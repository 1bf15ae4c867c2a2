"""The paths of files in a repository, relative to its root."""

MANIFEST_PATH = ".kaizen/schedule.yml"
SCHEMA_PATH = ".kaizen/schedule.schema.json"
AGENTS_FOLDER = "agents"


def agent_path(agent: str) -> str:
    """Return the path of an agent's definition."""
    return f"{AGENTS_FOLDER}/agent-{agent}.md"


def memory_path(agent: str) -> str:
    """Return the path of an agent's memory."""
    return f".kaizen/agents/{agent}/memory.md"


def metrics_path(agent: str) -> str:
    """Return the path of the records of an agent's runs."""
    return f".kaizen/metrics/{agent}/executions.jsonl"
