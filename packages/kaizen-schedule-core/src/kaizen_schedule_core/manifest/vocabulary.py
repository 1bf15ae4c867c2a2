"""The names, codes and hints for the keys of a manifest."""

from itertools import product
from typing import Any

from kaizen_schedule_core.clock.cadence import CADENCES
from kaizen_schedule_core.clock.cron import Cron, parse_cron
from kaizen_schedule_core.codes import structure
from kaizen_schedule_core.names import is_agent_name
from kaizen_schedule_core.source.document import Path
from kaizen_schedule_core.source.models.vocabulary import UNKNOWN_KEY, WRONG_TYPE, Vocabulary

_NO_FORTNIGHT = "use weekly or monthly: there is no cadence between them"
_ONE_CRON = 'use a cron instead, such as cron: "0 9 * * 1" for Mondays at 09:00'
_SWITCH = "write enabled: false to pause the agent, enabled: true to run it"
_HOW_OFTEN = "write cadence: daily, weekly or monthly"
_ONE_ZONE = "write timezone: once, at the top of the file"
_HINTS = {
    ("cadence", "hourly"): 'write daily, with an hourly cron such as "0 * * * *"',
    **dict.fromkeys(product(["cadence"], ["bi-weekly", "biweekly", "fortnightly"]), _NO_FORTNIGHT),
    ("cron", WRONG_TYPE): 'write the five fields as one text in quotes: "0 9 * * 1,5" is Monday and Friday',
    **dict.fromkeys(
        product([UNKNOWN_KEY], ["day", "days", "weekday", "time", "hour", "minute", "at", "when", "schedule"]),
        _ONE_CRON,
    ),
    **dict.fromkeys(product([UNKNOWN_KEY], ["paused", "pause", "disabled", "disable", "active"]), _SWITCH),
    **dict.fromkeys(product([UNKNOWN_KEY], ["every", "frequency", "interval", "repeat"]), _HOW_OFTEN),
    **dict.fromkeys(product([UNKNOWN_KEY], ["tz", "zone"]), _ONE_ZONE),
}
_WEEKDAYS = {
    "monday": "1",
    "tuesday": "2",
    "wednesday": "3",
    "thursday": "4",
    "friday": "5",
    "saturday": "6",
    "sunday": "0",
}
_PHRASES = {name: f'cadence: weekly, cron: "0 9 * * {number}"' for name, number in _WEEKDAYS.items()} | {
    "day": "cadence: daily",
    "week": "cadence: weekly",
    "month": "cadence: monthly",
    "hour": 'cadence: daily, cron: "0 * * * *"',
    "weekday": 'cadence: daily, cron: "0 9 * * 1-5"',
}


def _nesting_hint(path: Path, value: Any) -> str | None:
    """Return the line to write instead of a value that must be a mapping."""
    if path == ("agents",):
        first = value[0] if isinstance(value, list) and value else value
        return f"write one line below agents: for each agent, such as {_agent_line(first)}"
    if len(path) == len(("agents", "coach")):
        return f"write {path[-1]}: {{{_entry(value)}}}"
    return None


def _agent_line(value: Any) -> str:
    """Return the line of an agent that is given as a name, as a mapping with a name, or as one below its name."""
    name, keys = value, {}
    if isinstance(value, dict):
        name, keys = value.get("name") or next(iter(value), ""), value
    if not is_agent_name(str(name)):
        name = "coach"
    return f"{name}: {{{_entry(keys.get('cadence'))}}}"


def _entry(value: Any) -> str:
    """Return the keys of an agent that is given as a text, such as `weekly`, `every weekday` or `0 9 * * 1`."""
    if value is False:
        return "cadence: weekly, enabled: false"
    if not isinstance(value, str):
        return "cadence: weekly"
    cron = parse_cron(value)
    if isinstance(cron, Cron):
        return f'cadence: {_cadence_of(cron)}, cron: "{value}"'
    phrase = value.casefold().removeprefix("every ").removesuffix("s")
    if phrase in CADENCES:
        return f"cadence: {phrase}"
    return _PHRASES.get(phrase, "cadence: weekly")


def _cadence_of(cron: Cron) -> str:
    if len(cron.weekdays) == 1:
        return "weekly"
    if len(cron.days) == 1:
        return "monthly"
    return "daily"


MANIFEST_VOCABULARY = Vocabulary(
    codes={"cadence": structure.UNKNOWN_CADENCE, UNKNOWN_KEY: structure.AGENT_NAME, "agents": structure.NO_AGENTS},
    hints=_HINTS,
    nouns={"agents": "agent"},
    nesting_hint=_nesting_hint,
)
