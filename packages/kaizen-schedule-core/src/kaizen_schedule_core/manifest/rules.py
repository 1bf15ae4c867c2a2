"""The rules for values of a manifest. Each rule checks raw values, so that one mistake does not hide another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from kaizen_schedule_core.clock.cadence import CADENCES, DEFAULT_CRON, DEFAULT_TIMEZONE
from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.times import time_in
from kaizen_schedule_core.clock.zones import known_zones, load_zone
from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import Diagnostic, Note, did_you_mean, quoted
from kaizen_schedule_core.manifest.cron_and_zone import cron_diagnostic, unknown_zone
from kaizen_schedule_core.manifest.phrases import read_schedule
from kaizen_schedule_core.names import is_agent_name
from kaizen_schedule_core.repo.agents import RepositoryAgents, is_known
from kaizen_schedule_core.source.document import Document, Path

Rule = Callable[[Document, "CheckContext"], Iterator[Diagnostic]]
AgentCron = tuple[Path, dict[str, Any], Cron | CronProblem]  # the path, the agent's raw entry, and the parsed cron


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckContext:
    """The known agents, and the parsed values of the manifest that is checked.

    A date as `now` means midnight in the zone; without `now`, nothing is reported about the future. `zone` is None
    if it is invalid. `crons` are those of the agents with a cron or a valid cadence.
    """

    agents: RepositoryAgents
    now: datetime | date | None
    zone: tzinfo | None
    crons: tuple[AgentCron, ...]

    def local_now(self) -> datetime | None:
        """Return the time of the check in the zone."""
        if self.now is None:
            return None
        zone = self.zone or UTC
        return time_in(zone, self.now).astimezone(zone)


def check_context(document: Document, agents: RepositoryAgents, now: datetime | date | None) -> CheckContext:
    """Parse the zone and the crons of a manifest, once for all rules."""
    return CheckContext(agents=agents, now=now, zone=_zone_of(document), crons=tuple(_agent_crons(document)))


def known_zone(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Check that `timezone` is a name in the IANA database (KZ301)."""
    if context.zone is None and (wrong := unknown_zone(document, ("timezone",), document.value.get("timezone"))):
        yield wrong


def portable_cron(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Check that every `cron` is a portable cron with a date that exists."""
    for path, entry, cron in context.crons:
        if isinstance(cron, CronProblem):
            dated = parse_cron(entry["cron"], now=context.local_now())  # the same problem, with the next dates
            found = cron_diagnostic(document, path, dated if isinstance(dated, CronProblem) else cron)
            phrase = read_schedule(entry["cron"])
            if "\n" in entry["cron"].strip(" "):
                found = replace(found, hint="write it on one line, in double quotes")
            elif phrase and not entry["cron"].startswith("@"):  # a nickname has its own hint
                found = replace(found, hint=f"write {quoted(phrase.cron or DEFAULT_CRON[phrase.cadence])}")
            yield found


def known_agent(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Check that every agent is packaged or installed (KZ320); without a repository, this is a warning."""
    for name in agent_entries(document):
        if not is_agent_name(name) or is_known(context.agents, name):
            continue
        known = context.agents.known
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


def agent_entries(document: Document) -> dict[str, Any]:
    """Return the raw entries of the agents by name."""
    agents = document.value.get("agents") if isinstance(document.value, dict) else None
    return agents if isinstance(agents, dict) else {}


def crons_by_agent(context: CheckContext) -> dict[str, Cron]:
    """Return the valid crons by agent."""
    return {str(path[1]): cron for path, _, cron in context.crons if isinstance(cron, Cron)}


def _zone_of(document: Document) -> tzinfo | None:
    if not isinstance(document.value, dict):
        return None
    name = document.value.get("timezone", DEFAULT_TIMEZONE)
    if isinstance(name, str) and name in known_zones():
        return load_zone(name)
    return None


def _agent_crons(document: Document) -> Iterator[AgentCron]:
    for name, entry in agent_entries(document).items():
        if not isinstance(entry, dict):
            continue
        key, text = "cron", entry.get("cron")
        if "cron" not in entry and entry.get("cadence") in CADENCES:
            key, text = "cadence", DEFAULT_CRON[entry["cadence"]]
        if isinstance(text, str):
            yield ("agents", name, key), entry, parse_cron(text)
