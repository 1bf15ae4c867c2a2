"""Parsing of times and durations, and formatting of timestamps (RFC 3339)."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DURATION = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3660)
_FIRST_YEAR, _LAST_YEAR = 1970, 2100  # the last one is the engine's (ADR-008)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_duration(text: str) -> timedelta:
    """Parse a duration such as 15m, 1h or 7d. Raises ValueError with a hint."""
    match = _DURATION.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise ValueError("write a duration as a number and s, m, h, d or w, such as 15m or 24h")
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if duration > _LONGEST:
        raise ValueError("write at most 3660d (ten years)")
    return duration


def parse_time_or_date(text: str) -> datetime | date:
    """Parse a time with its offset, or a date (contract section 13). Raises ValueError with a hint."""
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
    """Parse a time with its offset, or a date as midnight in `zone`. Raises ValueError with a hint."""
    return time_in(zone, parse_time_or_date(text))


def time_in(zone: tzinfo, time_or_date: datetime | date) -> datetime:
    """Return a time, or midnight of a date in a zone."""
    if isinstance(time_or_date, datetime):
        return time_or_date
    return datetime.combine(time_or_date, time(), zone)


def utc_text(instant: datetime) -> str:
    """Return a timestamp in RFC 3339 format: UTC, with seconds, ending in Z."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
