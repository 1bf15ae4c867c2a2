"""Lines that slipped out of the mapping they belong to: one mistake, told once, where it was made."""

from __future__ import annotations

from collections.abc import Iterator

from kaizen_schedule_core.codes import shape
from kaizen_schedule_core.diagnostics import Diagnostic, quoted
from kaizen_schedule_core.manifest.model import AgentSchedule, Manifest
from kaizen_schedule_core.source.document import Document

_AGENT_KEYS = frozenset(AgentSchedule.model_fields)
_TOP_KEYS = frozenset(Manifest.model_fields)


def slipped_lines(document: Document) -> Iterator[Diagnostic]:
    """An agent at the margin below an empty `agents:`, or an agent's keys beside an agent that has none."""
    value = document.value
    if not isinstance(value, dict):
        return
    agents = value.get("agents", value)
    if agents is None:
        lost = [key for key, inner in value.items() if key not in _TOP_KEYS and isinstance(inner, dict)]
        if lost:
            message = f"{quoted(lost[0])} stands beside agents: instead of below it"
            hint = "indent it, and the lines below it"
            yield document.diagnose(shape.UNKNOWN_KEY, message, (lost[0],), key=True, hint=hint)
    elif isinstance(agents, dict) and agents is not value:
        yield from _beside_its_agent(document, agents)


def _beside_its_agent(document: Document, agents: dict[str, object]) -> Iterator[Diagnostic]:
    empty = None
    for name, inner in agents.items():
        if inner is None and name not in _AGENT_KEYS:
            empty = name
        elif empty is not None and name in _AGENT_KEYS and not isinstance(inner, dict):
            message = f"{quoted(name)} stands beside agent {quoted(empty)} instead of below it"
            hint = "indent it, and its neighbours, further than the agent's name"
            yield document.diagnose(shape.UNKNOWN_KEY, message, ("agents", name), key=True, hint=hint)
            return
