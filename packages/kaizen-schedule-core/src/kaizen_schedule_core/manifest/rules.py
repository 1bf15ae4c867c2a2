"""What a manifest must obey beyond its shape: one small function for each rule, listed in a tuple.

Every rule looks at the raw values, so that a mistake in one place never hides another elsewhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kaizen_schedule_core.clock.cron import parse_cron
from kaizen_schedule_core.clock.field import CronProblem
from kaizen_schedule_core.clock.times import moment_in
from kaizen_schedule_core.clock.zones import known_zones, zone_hint
from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import Diagnostic, Note, Severity, did_you_mean, quoted
from kaizen_schedule_core.names import is_agent_name
from kaizen_schedule_core.repo.agents import RepositoryAgents
from kaizen_schedule_core.source.document import Document

Rule = Callable[[Document, "CheckContext"], Iterator[Diagnostic]]


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckContext:
    """The known agents, and the time at which a manifest is checked.

    A date alone is its midnight in the manifest's zone; without `now` nothing is reported about the future.
    """

    agents: RepositoryAgents
    now: datetime | date | None = None


def known_zone(document: Document, _: CheckContext) -> Iterator[Diagnostic]:
    """`timezone` is a name of the IANA database."""
    name = document.value.get("timezone")
    if not isinstance(name, str) or name in known_zones():
        return
    message = f"unknown time zone {quoted(name)}"
    yield document.diagnose(meaning.UNKNOWN_ZONE, message, ("timezone",), hint=zone_hint(name))


def portable_cron(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Every `cron` is of the portable dialect, and some date comes that it names."""
    for name, agent in _agents(document):
        if not isinstance(agent, dict) or not isinstance(text := agent.get("cron"), str):
            continue
        found = parse_cron(text)
        if isinstance(found, CronProblem) and context.now is not None:
            from kaizen_schedule_core.manifest.advice import zone_of

            zone = zone_of(document) or UTC
            found = parse_cron(text, now=moment_in(context.now, zone).astimezone(zone))
        if isinstance(found, CronProblem):
            hint = found.hint
            if "\n" in text.strip(" "):
                hint = "write it on one line, in double quotes"
            path = ("agents", name, "cron")
            yield document.diagnose(found.code, found.message, path, hint=hint, notes=map(Note, found.notes))


def known_agent(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """Every agent is packaged or installed; a file without a repository is given the benefit of the doubt."""
    for name, _ in _agents(document):
        if name in context.agents.packaged or not is_agent_name(name) or name in context.agents.installed:
            continue
        known = sorted(context.agents.packaged | context.agents.installed, key=str.casefold)
        severity: Severity = "error"
        if context.agents.root is None:
            severity = "warning"
        yield document.diagnose(
            meaning.UNKNOWN_AGENT,
            f"unknown agent {quoted(name)}",
            ("agents", name),
            key=True,
            hint=did_you_mean(name.removeprefix("agent-"), known) or f"install it as agents/agent-{name}.md",
            notes=[Note(f"known: {', '.join(known)}")],
            severity=severity,
        )


def shadowed_agent(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """A repository's agent that takes a packaged agent's name wins, and that is said."""
    for name, _ in _agents(document):
        if name in context.agents.packaged and name in context.agents.installed:
            yield document.diagnose(
                meaning.SHADOWED_AGENT,
                f"agent {quoted(name)} is both packaged and installed; agents/agent-{name}.md of the repository wins",
                ("agents", name),
                key=True,
                hint="give the repository's agent a name of its own",
            )


def cron_over_time(document: Document, context: CheckContext) -> Iterator[Diagnostic]:
    """A cron that is odd, contradicts its cadence, or meets a clock change."""
    from kaizen_schedule_core.manifest.advice import crons_over_time  # most commands ask for no advice

    yield from crons_over_time(document, context.now)


RULES: tuple[Rule, ...] = (known_zone, portable_cron, known_agent)
"""What makes a manifest invalid."""

ADVICE: tuple[Rule, ...] = (shadowed_agent, cron_over_time)
"""What a person should know about a valid manifest."""


def _agents(document: Document) -> Iterator[tuple[str, object]]:
    agents = document.value.get("agents")
    if isinstance(agents, dict):
        yield from agents.items()
