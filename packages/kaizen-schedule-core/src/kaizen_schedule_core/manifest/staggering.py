"""Spreading the start times of an existing manifest, in place (contract section 14)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.manifest.model import Manifest
from kaizen_schedule_core.manifest.planning import seeded_minutes
from kaizen_schedule_core.source.document import Document

_HOUR = 60  # minutes
_DAY = 24 * _HOUR
_QUARTER = 15  # minutes; starts at other minutes are already spread


@dataclass(frozen=True, kw_only=True, slots=True)
class StaggeredAgent:
    """The cron of an agent before and after; `after` is None if it stays, for a `reason`."""

    agent: str
    before: str
    after: str | None
    reason: str = ""


def stagger_agents(manifest: Manifest, *, repo: str, window: timedelta) -> tuple[StaggeredAgent, ...]:
    """Return the new crons of the enabled agents, sorted by name.

    An agent that starts at a full hour or quarter is moved by some minutes of the `window`, which are derived from the
    slug `repo` and its name as in `schedule init --stagger`; with several hours, within the hour. It stays on its day,
    and does not start at a quarter, so that a second call changes nothing.
    """
    rows = []
    for name, schedule in sorted(manifest.agents.items()):
        if schedule.enabled:
            rows.append(_staggered(name, schedule.cron, repo, window // timedelta(minutes=1)))
    return tuple(rows)


def _staggered(agent: str, cron: Cron, repo: str, window: int) -> StaggeredAgent:
    if len(cron.minutes) > 1:
        return StaggeredAgent(agent=agent, before=cron.text, after=None, reason="it starts several times in an hour")
    [minute] = cron.minutes
    if minute % _QUARTER:
        return StaggeredAgent(agent=agent, before=cron.text, after=None, reason="it is already spread")
    several_hours = len(cron.hours) > 1
    start = minute if several_hours else cron.hours[0] * _HOUR + minute
    end = _HOUR if several_hours else _DAY
    possible = [at for at in range(start, min(start + window, end)) if at % _QUARTER]
    if not possible:
        return StaggeredAgent(agent=agent, before=cron.text, after=None, reason="the window has no free minute")
    at = possible[seeded_minutes(repo, agent, len(possible))]
    _, hours, *days = cron.text.split()
    if not several_hours:
        hours = str(at // _HOUR)
    return StaggeredAgent(agent=agent, before=cron.text, after=" ".join((str(at % _HOUR), hours, *days)))


def with_crons(document: Document, crons: Mapping[str, str]) -> str:
    """Return the text of a valid manifest with other crons of agents; everything else stays as it is.

    A time in the comment on a cron is changed too. An agent without a cron gets one after its cadence.
    """
    edits: list[tuple[int, int, str]] = []
    for agent, cron in crons.items():
        path = ("agents", agent)
        if document.reach((*path, "cron"))[0] == (*path, "cron"):
            start, end = document.place((*path, "cron"))
            old = str(document.reach((*path, "cron"))[1])
            edits += [(start, end, f'"{cron}"'), *_comment_edits(document.text, end, old, cron)]
        else:
            edits.append(_inserted(document, path, cron))
    text = document.text
    for start, end, new in sorted(edits, reverse=True):
        text = f"{text[:start]}{new}{text[end:]}"
    return text


def _comment_edits(text: str, end: int, old: str, new: str) -> Sequence[tuple[int, int, str]]:
    """Return the edit of the old start in a comment on the same line, such as "Mondays at 09:00"."""
    line_end = _line_end(text, end)
    hash_sign = text.find("#", end, line_end)
    before, after = _start_text(old), _start_text(new)
    if hash_sign < 0 or before is None or after is None:
        return ()
    found = re.compile(rf"(?<=\bat ){before}(?![:0-9]| ?[ap]m)").search(text, hash_sign, line_end)
    if found is None:
        return ()
    return ((*found.span(), after),)


def _start_text(cron: str) -> str | None:
    """Return the start of a cron as text such as 09:00, or None if it has several."""
    minute, hour, *_ = cron.split()
    if not (minute.isdecimal() and hour.isdecimal()):
        return None
    return f"{int(hour):02}:{int(minute):02}"


def _inserted(document: Document, path: tuple[str, str], cron: str) -> tuple[int, int, str]:
    """Return the edit that adds a cron after the cadence of an agent, in the same style."""
    text = document.text
    start, end = document.place((*path, "cadence"))
    line_start = text.rfind("\n", 0, start) + 1
    indent = re.match(r"[ ]*", text[line_start:])
    in_braces = text[document.place(path)[0]] == "{"
    is_block = not in_braces and indent is not None and text[line_start + indent.end() :].startswith("cadence:")
    if not is_block or indent is None:
        return end, end, f', cron: "{cron}"'
    at = _line_end(text, end)
    newline = "\r\n" if text[at - 1 : at + 1] == "\r\n" else "\n"
    if newline == "\r\n":
        at -= 1
    return at, at, f'{newline}{indent[0]}cron: "{cron}"'


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
