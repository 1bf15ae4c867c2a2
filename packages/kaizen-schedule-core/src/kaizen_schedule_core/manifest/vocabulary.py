"""The names, codes and hints for the keys of a manifest."""

from itertools import product
from typing import Any

from kaizen_schedule_core.codes import structure
from kaizen_schedule_core.manifest.phrases import Schedule, read_schedule
from kaizen_schedule_core.names import is_agent_name
from kaizen_schedule_core.source.document import Path
from kaizen_schedule_core.source.models.vocabulary import UNKNOWN_KEY, WRONG_TYPE, Vocabulary

_NO_FORTNIGHT = "use weekly or monthly: there is no cadence between them"
_ONE_CRON = 'use a cron instead, such as cron: "0 9 * * 1" for Mondays at 09:00'
_SWITCH = "write enabled: false to pause the agent, enabled: true to run it"
_HOW_OFTEN = "write cadence: daily, weekly or monthly"
_ONE_ZONE = "write timezone: once, at the top of the file"
_OFTEN = ("every", "frequency", "interval", "repeat")
_WHEN = ("schedule", "when", "on", "at", "day", "days", "weekday", "time", "hour", "minute")
_HINTS = {
    **dict.fromkeys(product(["cadence"], ["bi-weekly", "biweekly", "fortnightly"]), _NO_FORTNIGHT),
    ("cron", WRONG_TYPE): 'write the five fields as one text in quotes: "0 9 * * 1,5" is Monday and Friday',
    **dict.fromkeys(product([UNKNOWN_KEY], _WHEN), _ONE_CRON),
    **dict.fromkeys(product([UNKNOWN_KEY], ["paused", "pause", "disabled", "disable", "active"]), _SWITCH),
    **dict.fromkeys(product([UNKNOWN_KEY], _OFTEN), _HOW_OFTEN),
    **dict.fromkeys(product([UNKNOWN_KEY], ["tz", "zone"]), _ONE_ZONE),
}
_SCHEDULE_KEYS = ("cron", "cadence", *_OFTEN, *_WHEN)


def _value_hint(path: Path, value: Any) -> str | None:
    """Return what to write instead of a wrong value, or of an unknown key with a value."""
    if path == ("agents",):
        first = value[0] if isinstance(value, list) and value else value
        return f"write one line below agents: for each agent, such as {_agent_line(first)}"
    if path[:1] == ("agents",) and len(path) == len(("agents", "coach")):
        return f"write {path[-1]}: {{{', '.join(_entry(value))}}}"
    if not path or path[-1] not in _SCHEDULE_KEYS or not read_schedule(str(value)):
        return None
    hint = f"write {' and '.join(_entry(value))}"
    if path[0] == "agents":
        return hint
    return f"{hint} below the name of each agent"


def _agent_line(value: Any) -> str:
    """Return the line of an agent that is given as a name, as a mapping with a name, or as one below its name."""
    name, keys = value, value
    if isinstance(value, dict) and "name" in value:
        name = value["name"]
    elif isinstance(value, dict):
        name, keys = next(iter(value.items()), ("", {}))
    if not is_agent_name(str(name)):
        name = "coach"
    schedule = keys
    if isinstance(keys, dict):
        schedule = next((keys[key] for key in _SCHEDULE_KEYS if key in keys), None)
    return f"{name}: {{{', '.join(_entry(schedule))}}}"


def _entry(value: Any) -> list[str]:
    """Return the keys of an agent that is given as a text, such as `weekly`, `every weekday` or `0 9 * * 1`."""
    if value is False:
        return ["cadence: weekly", "enabled: false"]
    found = read_schedule(str(value)) or Schedule("weekly")
    keys = [f"cadence: {found.cadence}"]
    if found.cron is not None:
        keys.append(f'cron: "{found.cron}"')
    return keys


MANIFEST_VOCABULARY = Vocabulary(
    codes={"cadence": structure.UNKNOWN_CADENCE, UNKNOWN_KEY: structure.AGENT_NAME, "agents": structure.NO_AGENTS},
    hints=_HINTS,
    nouns={"agents": "agent"},
    value_hint=_value_hint,
)
