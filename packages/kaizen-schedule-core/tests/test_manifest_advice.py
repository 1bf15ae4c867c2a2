"""The advice on clock changes: the suggested hour is not affected by them."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Cron, Diagnostic, RepositoryAgents, check_manifest, fires, parse_cron

ZONES = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo"),
    *("America/Havana", "America/Nuuk", "America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Atlantic/Azores"),
)
FREE = re.compile(r'write "([^"]+)": no clock change affects .+')
NONE = "all hours of that day are affected: choose other days, or a zone without clock changes"


def advice(cron: str, zone: str, now: datetime) -> list[Diagnostic]:
    text = f'version: "1"\ntimezone: {zone}\nagents:\n  coach:\n    cadence: daily\n    cron: "{cron}"\n'
    found = check_manifest(text.encode(), file="schedule.yml", agents=RepositoryAgents(None), now=now).diagnostics
    return [one for one in found if one.code == "KZ315"]


def every_wall_time_fires_once(text: str, zone: ZoneInfo, after: datetime) -> bool:
    """Check whether the fires of 399 days are exactly the local times of the cron."""
    cron = parse_cron(text)
    assert isinstance(cron, Cron)
    first = after.astimezone(zone).date() + timedelta(days=1)
    days = [first + timedelta(days=ahead) for ahead in range(399)]
    named = [(day, hour, minute) for day in days if fits(cron, day) for hour in cron.hours for minute in cron.minutes]
    walls = [fire.astimezone(zone) for fire in fires(cron, zone, after, after + timedelta(days=401))]
    return [(wall.date(), wall.hour, wall.minute) for wall in walls if first <= wall.date() <= days[-1]] == named


def fits(cron: Cron, day: date) -> bool:
    return day.month in cron.months and day.day in cron.days and day.isoweekday() % 7 in cron.weekdays


@settings(max_examples=60)
@given(
    zone=st.sampled_from(ZONES),
    minute=st.sampled_from(["0", "30", "*/15", "59"]),
    hours=st.sampled_from(["0", "1", "2", "3", "23", "0-6", "1-3", "*/2", "22-23", "0-22", "1-23", "0,2,23", "*"]),
    weekday=st.sampled_from(["*", "*", "6", "sun", "1-5"]),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - UTC is added
)
def test_the_suggested_hour_is_unaffected(zone: str, minute: str, hours: str, weekday: str, now: datetime) -> None:
    cron, after, rules = f"{minute} {hours} * * {weekday}", now.replace(tzinfo=UTC), ZoneInfo(zone)
    found = advice(cron, zone, after)
    if not found:
        assert every_wall_time_fires_once(cron, rules, after)
        return
    [found_advice] = found
    suggested = FREE.fullmatch(found_advice.hint or "")
    assert found_advice.severity == ("info" if hours == "*" else "warning")
    if hours == "*":
        assert found_advice.hint == "no action needed, unless each hour matters"
    elif suggested:
        assert every_wall_time_fires_once(suggested[1], rules, after)
        assert advice(suggested[1], zone, after) == []
    else:
        assert found_advice.hint == NONE


@pytest.mark.parametrize(
    ("cron", "zone", "instead"),
    [
        ("30 2 * * *", "Europe/Berlin", "30 3 * * *"),
        ("0 1-3 * * *", "Europe/Berlin", "0 0,3,4 * * *"),
        ("0 0-22 * * *", "Europe/Berlin", "0 0,3-23 * * *"),
        ("*/15 1-2 * * *", "Australia/Lord_Howe", "*/15 0,3 * * *"),
        ("0 0-3 * * 0", "Antarctica/Troll", "0 3-5,23 * * 0"),
    ],
)
def test_every_affected_hour_is_moved(cron: str, zone: str, instead: str) -> None:
    [found_advice] = advice(cron, zone, datetime(2026, 6, 17, tzinfo=UTC))
    assert (found_advice.hint or "").startswith(f'write "{instead}": ')
