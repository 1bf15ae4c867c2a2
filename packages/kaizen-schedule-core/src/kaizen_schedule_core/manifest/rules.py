"""The rules for values of a manifest. Each rule checks raw values, so that one mistake does not hide another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from kaizen_schedule_core.clock.cadence import CADENCES, DEFAULT_CRON, DEFAULT_TIMEZONE
from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.times import time_in
from kaizen_schedule_core.clock.zones import known_zones, load_zone, zone_hint
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import Diagnostic, Note, did_you_mean, quoted
from kaizen_schedule_core.names import is_agent_name
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.source.document import Document, Path

Rule = Callable[[Document, "CheckContext"], Iterator[Diagnostic]]
AgentCron = tuple[Path, dict[str, Any], Cron | CronProblem]  # the path, the agent's raw entry, and the parsed cron


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckContext:
    """The known agents, and the time at which a manifest is checked.

    A date means midnight in the manifest's zone; without `now`, nothing is reported about the future.
    """

    agents: RepositoryAgents
    now: datetime | date | None = None


def known_zone(document: Document, _: CheckContext) -> Iterator[Diagnostic]:
    """Check that `timezone` is a name in the IANA database (KZ301)."""
    name = document.value.get("timezone")
    if isinstance(name, str) and name not in known_zones():
        message = f"unknown time zone {quoted(name)}"
        yield document.diagnose(values.UNKNOWN_ZONE, message, ("timezone",), hint=zone_hint(name))


def portable_cron(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Check that every `cron` is a portable cron with a date that exists."""
    for path, entry, cron in agent_crons(document, context.now):
        if isinstance(cron, CronProblem):
            hint = cron.hint
            if "\n" in entry["cron"].strip(" "):
                hint = "write it on one line, in double quotes"
            found = document.diagnose(cron.code, cron.message, path, hint=hint, notes=map(Note, cron.notes))
            yield document.narrow(found, path, cron.span)


def known_agent(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Check that every agent is packaged or installed (KZ320); without a repository, this is a warning."""
    for name in agent_entries(document):
        if name in context.agents.packaged or not is_agent_name(name) or name in context.agents.installed:
            continue
        known = sorted(context.agents.packaged | context.agents.installed, key=str.casefold)
        yield document.diagnose(
            values.UNKNOWN_AGENT,
            f"unknown agent {quoted(name)}",
            ("agents", name),
            key=True,
            hint=did_you_mean(name.removeprefix("agent-"), known) or f"install it as agents/agent-{name}.md",
            notes=[Note(f"known: {', '.join(known)}")],
            severity="warning" if context.agents.root is None else "error",
        )


RULES: tuple[Rule, ...] = (known_zone, portable_cron, known_agent)


def zone_of(document: Document) -> tzinfo | None:
    """Return the zone of a manifest, or None if it is invalid."""
    name = document.value.get("timezone", DEFAULT_TIMEZONE)
    if isinstance(name, str) and name in known_zones():
        return load_zone(name)
    return None


def agent_entries(document: Document) -> dict[str, Any]:
    """Return the raw entries of the agents by name."""
    agents = document.value.get("agents")
    if isinstance(agents, dict):
        return agents
    return {}


def agent_crons(document: Document, now: datetime | date | None = None) -> Iterator[AgentCron]:
    """Yield the cron of each agent that has a cron or a valid cadence."""
    for name, entry in agent_entries(document).items():
        if not isinstance(entry, dict):
            continue
        key, text = "cron", entry.get("cron")
        if "cron" not in entry and entry.get("cadence") in CADENCES:
            key, text = "cadence", DEFAULT_CRON[entry["cadence"]]
        if not isinstance(text, str):
            continue
        cron = parse_cron(text)
        if isinstance(cron, CronProblem) and now is not None:
            zone = zone_of(document) or UTC
            cron = parse_cron(text, now=time_in(zone, now).astimezone(zone))  # adds the next dates
        yield ("agents", name, key), entry, cron
