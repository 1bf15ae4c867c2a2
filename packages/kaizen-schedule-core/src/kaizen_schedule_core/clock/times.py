"""Moments and durations as people type them and as forms write them (RFC 3339)."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DURATION = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3660)
_FIRST_YEAR, _LAST_YEAR = 1970, 2100  # the last one is the engine's (ADR-008)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_duration(text: str) -> timedelta:
    """A duration such as 15m, 1h or 7d. Raises ValueError with what to write."""
    match = _DURATION.fullmatch(text)
    if match is None or int(match[1]) == 0:
        raise ValueError("write a duration as a number and s, m, h, d or w, such as 15m or 24h")
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if duration > _LONGEST:
        raise ValueError("write at most 3660d: ten years")
    return duration


def parse_moment(text: str) -> datetime | date:
    """A moment with an offset, or a date that stands for its midnight in a zone still to be known (section 13).

    Raises ValueError with what to write.
    """
    expected = "write a time with its offset, such as 2026-06-17T09:00:00Z, or a date such as 2026-06-17"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(expected) from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"write a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    if _DATE.fullmatch(text):
        return moment.date()
    if moment.utcoffset() is None:
        raise ValueError(expected)
    return moment


def parse_time(text: str, *, zone: tzinfo) -> datetime:
    """A moment with an offset, or a date read as its midnight in `zone`. Raises ValueError with what to write."""
    return moment_in(parse_moment(text), zone)


def moment_in(now: datetime | date, zone: tzinfo) -> datetime:
    """The moment that is meant in a zone: a date alone is its midnight there."""
    return now if isinstance(now, datetime) else datetime.combine(now, time(), zone)


def utc_text(moment: datetime) -> str:
    """A moment as forms write it: RFC 3339 in UTC, to the second, ending in Z."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
