"""The filter because of which a definition created no task in a smoke test."""

from collections.abc import Iterable
from dataclasses import dataclass

from kaizen_schedule_core.diagnostics import join_words, quoted

from kaizen_activity_defs.catalog import selected_domains
from kaizen_activity_defs.model import Definition
from kaizen_activity_defs.overlaps import named_agents, selects_agent

_SET_DOMAIN = "pass the domain of the roster: kaizen-agentic definitions sync CATALOG --domain NAME"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmatched:
    """The filter that matches nothing, in words, and what to do."""

    reason: str
    fix: str


def unmatched_filter(
    definition: Definition, agents: Iterable[str], domains: Iterable[str | None] | None = None
) -> Unmatched:
    """Return the filter of a definition that matches no run of a fleet.

    `agents` are the enabled agents of the fleet, `domains` those of its repositories, or None if they are unknown.
    """
    wanted, enabled = selected_domains(definition), sorted(set(agents))
    domain = f"domain {_either(wanted)}" if wanted else ""
    if domains is not None and wanted and set(wanted).isdisjoint(domains):
        return Unmatched(reason=f"no repository has the {domain}", fix=_SET_DOMAIN)
    agent = _agents(definition)
    if enabled and not any(selects_agent(definition, name) for name in enabled):
        reason = f"no tested repository schedules {agent}; scheduled: {', '.join(enabled)}"
        return Unmatched(reason=reason, fix=f"schedule {agent} in a repository")
    cadences = {source.params["cadence"] for source in definition.header.context_sources if "cadence" in source.params}
    place = f" with the {domain}" if wanted else ""
    when = f" with the cadence {_either(map(str, cadences))}" if cadences else ""
    fix = f"{_SET_DOMAIN}, or " if wanted else ""
    return Unmatched(
        reason=f"no tested repository{place} schedules {agent}{when}", fix=f"{fix}schedule {agent} in a repository"
    )


def _agents(definition: Definition) -> str:
    names = named_agents(definition)
    return f"agent {_either(names)}" if names else "an agent that it selects"


def _either(values: Iterable[str]) -> str:
    return join_words(list(map(quoted, sorted(values))), "or")
