"""Times and durations as people type them, and timestamps as forms write them (RFC 3339)."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DURATION = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3660)
_FIRST_YEAR, _LAST_YEAR = 1970, 2100  # the last one is the engine's (ADR-008)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_duration(text: str) -> timedelta:
    """Parse a duration such as 15m, 1h or 7d. Raises ValueError with what to write."""
    match = _DURATION.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise ValueError("write a duration as a number and s, m, h, d or w, such as 15m or 24h")
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if duration > _LONGEST:
        raise ValueError("write at most 3660d: ten years")
    return duration


def parse_time_or_date(text: str) -> datetime | date:
    """Parse a time with its offset, or a date (contract section 13). Raises ValueError with what to write."""
    expected = "write a time with its offset, such as 2026-06-17T09:00:00Z, or a date such as 2026-06-17"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(expected) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise ValueError(f"write a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    if _DATE.fullmatch(text):
        return found.date()
    if found.utcoffset() is None:
        raise ValueError(expected)
    return found


def parse_time(text: str, *, zone: tzinfo) -> datetime:
    """Parse a time with its offset, or a date as its midnight in `zone`. Raises ValueError with what to write."""
    return time_in(zone, parse_time_or_date(text))


def time_in(zone: tzinfo, time_or_date: datetime | date) -> datetime:
    """Return the time that is meant in a zone: a date alone is its midnight there."""
    if isinstance(time_or_date, datetime):
        return time_or_date
    return datetime.combine(time_or_date, time(), zone)


def utc_text(instant: datetime) -> str:
    """Return a timestamp as forms write it: RFC 3339 in UTC, to the second, ending in Z."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
