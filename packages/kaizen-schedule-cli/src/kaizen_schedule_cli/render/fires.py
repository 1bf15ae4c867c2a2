"""The agents of a manifest and their fires as tables."""

from datetime import datetime

from kaizen_schedule_core.clock.zones import load_zone

from kaizen_schedule_cli.answers.schedule import ListAnswer, ListedAgent, NextAnswer
from kaizen_schedule_cli.render.tables import table

_NOTES = {
    "fold": "fold: this local hour occurs twice (clocks go back); shown as Temporal resolves it",
    "gap": "gap: clocks went forward; a fire before this one was skipped, or this one was moved",
}


def agents_text(answer: ListAnswer) -> str:
    """Return one row per agent, with its next fire in local time."""
    rows = [(one.agent, one.cadence, one.cron, one.timezone, _local_next(one)) for one in answer.agents]
    return table(("agent", "cadence", "cron", "timezone", "next"), rows)


def _local_next(agent: ListedAgent) -> str:
    if agent.next is None:
        return "paused"
    return f"{datetime.fromisoformat(agent.next).astimezone(load_zone(agent.timezone)):%a %Y-%m-%d %H:%M}"


def next_text(answer: NextAnswer, zone: str) -> str:
    """Return the fires in local time and in UTC, the meaning of the notes, and the clock."""
    rows: list[tuple[str, ...]] = []
    notes: list[str] = []
    for fire in answer.fires:
        local = f"{datetime.fromisoformat(fire.at):%a %Y-%m-%d %H:%M} {fire.at[19:]}"
        utc = f"{datetime.fromisoformat(fire.utc):%Y-%m-%d %H:%M}Z"
        rows.append((fire.agent, local, utc, fire.note or ""))
        if fire.note:
            notes.append(_NOTES[fire.note])
    clock = f"clock: {answer.dialect} in {zone}, tz database {answer.tzdata}"
    return "\n".join([table(("agent", "local time", "utc", "note"), rows), "", *sorted(set(notes)), clock])
