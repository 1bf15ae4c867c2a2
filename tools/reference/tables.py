"""Generated tables that hand-written pages include by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from kaizen_activity_defs.model import DEFINITION_LIMIT
from kaizen_schedule_core import RepositoryAgents
from kaizen_schedule_core.clock.cadence import DEFAULT_CRON, dates_text
from kaizen_schedule_core.clock.cron import valid_cron
from kaizen_schedule_core.codes import reading, roster
from kaizen_schedule_core.files.reading import KIB, MIB
from kaizen_schedule_core.fleet.roster import ROSTER_LIMIT
from kaizen_schedule_core.fleet.status import RUN_STATES, UNHEALTHY_STATES
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.manifest.model import ManifestFile
from kaizen_schedule_core.repo.agents import AGENT_LIMIT, load_agent
from kaizen_schedule_core.repo.memory import MEMORY_LIMIT
from kaizen_schedule_core.repo.metrics import METRICS_LINE_LIMIT
from kaizen_schedule_core.source.yaml.events import DEPTH_LIMIT

from reference.markdown import code, listed, prose, table
from reference.outcomes import STATE_MEANINGS, outcomes

SOME_TIME = datetime(2026, 6, 15, tzinfo=UTC)
"""A Monday; everything that depends on the date is generated for this one."""


def manifest_keys() -> str:
    """Return the table of all manifest keys, from the models."""
    schema = ManifestFile.model_json_schema()
    rows = list(_keys(schema, schema["$defs"], ""))
    return table(("Key", "Required", "Type", "Default", "Allowed"), rows)


def _keys(part: dict[str, Any], parts: dict[str, Any], above: str) -> Iterator[tuple[str, str, str, str, str]]:
    for name, value in part["properties"].items():
        required = "yes" if name in part["required"] else "no"
        yield (f"[{code(above + name)}](#{name})", required, _type(value), _default(name, value), _allowed(value))
        for pattern, reference in value.get("patternProperties", {}).items():
            inner = parts[reference["$ref"].rpartition("/")[2]]
            about = f"The name matches {code(pattern.strip('^$'))}. {prose(inner['description'])}"
            least = f"at least {value['minProperties']}"
            yield (code(f"{above}{name}.<name>"), least, "mapping", "", about)
            yield from _keys(inner, parts, f"{above}{name}.<name>.")


def _type(value: dict[str, Any]) -> str:
    kinds = [one.get("type", "any") for one in value.get("anyOf", [value])]
    return " or ".join("mapping" if kind == "object" else kind for kind in kinds if kind != "null")


def _default(name: str, value: dict[str, Any]) -> str:
    if "default" not in value:
        return ""
    if value["default"] is None:
        return f"by cadence: {listed(DEFAULT_CRON.values())}" if name == "cron" else ""
    return code(str(value["default"]).lower() if isinstance(value["default"], bool) else str(value["default"]))


def _allowed(value: dict[str, Any]) -> str:
    words = [f'"{value["const"]}"'] if "const" in value else value.get("enum", ())
    about = prose(value.get("description", ""))
    return f"{listed(words)}. {about}" if words else about


def cadence_defaults() -> str:
    """Return the table of default crons."""
    rows = []
    for word, text in DEFAULT_CRON.items():
        cron = valid_cron(text)
        rows.append((code(word), code(text), f"{dates_text(cron)} at {cron.hours[0]:02}:{cron.minutes[0]:02}"))
    return table(("Cadence", "Default cron", "Fires"), rows)


def packaged_agents() -> str:
    """Return the table of packaged agents."""
    known = RepositoryAgents(None)
    agents = [load_agent(known, name) for name in known.known]
    rows = [(code(agent.name), agent.category, prose(agent.description)) for agent in agents]
    return table(("Agent", "Category", "What it does"), rows)


def limits() -> str:
    """Return the table of input limits."""
    sizes = (
        ("manifest", MANIFEST_LIMIT),
        ("definition", DEFINITION_LIMIT),
        ("agent file", AGENT_LIMIT),
        ("memory", MEMORY_LIMIT),
        ("line of metrics", METRICS_LINE_LIMIT),
        ("roster file", ROSTER_LIMIT),
    )
    rows = [(what, _size(limit), reading.TOO_LARGE.id) for what, limit in sizes]
    rows.append(("response of a State Hub", _size(ROSTER_LIMIT), roster.HUB_INVALID.id))
    rows.append(("YAML nesting", f"{DEPTH_LIMIT} levels", reading.TOO_DEEP.id))
    return table(("Input", "Limit", "Code if exceeded"), rows)


def _size(limit: int) -> str:
    return f"{limit // MIB} MiB" if limit >= MIB else f"{limit // KIB} KiB"


def run_states() -> str:
    """Return the table of the states of `roster status`."""
    rows = [(code(name), STATE_MEANINGS[name], "yes" if name in UNHEALTHY_STATES else "no") for name in RUN_STATES]
    return table(("State", "Meaning", "`--check` exits 3"), rows)


TABLES: dict[str, Callable[[], str]] = {
    re.sub("_", "-", make.__name__): make
    for make in (manifest_keys, cadence_defaults, packaged_agents, limits, outcomes, run_states)
}
"""The tables by region name."""
