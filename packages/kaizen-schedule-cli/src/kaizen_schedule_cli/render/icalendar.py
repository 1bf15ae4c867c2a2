"""Fires as a calendar (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from kaizen_schedule_core.names import slot_id

_LINE_BYTES = 75


def calendar_text(fires: Iterable[tuple[str, str, datetime]]) -> str:
    """Return a calendar with one event for each fire, given as repo, agent and time.

    Times are in UTC, so that calendars show clock changes rightly; the UID of an event is the slot.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kaizen-agentic//schedule//EN", "CALSCALE:GREGORIAN"]
    for repo, agent, fire in fires:
        at = f"{fire.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(slot_id(repo, agent, fire))}",
            f"DTSTAMP:{at}",  # the time of the fire, so that the same fires give the same file
            f"DTSTART:{at}",
            f"SUMMARY:{_escaped(f'{agent} in {repo}')}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _escaped(text: str) -> str:
    for char in "\\;,":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line in parts of at most 75 bytes, without splitting a character."""
    parts, part, size = [], "", 0
    for char in line:
        length = len(char.encode())
        if size + length > _LINE_BYTES:
            parts.append(part)
            part, size = " ", 1
        part += char
        size += length
    return "\r\n".join([*parts, part])
