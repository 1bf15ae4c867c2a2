"""Times and durations as people type them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core.clock.times import parse_duration, parse_time, utc_text
from kaizen_schedule_core.clock.zones import known_zones, load_zone, suggest_zone, tzdata_version

BERLIN = ZoneInfo("Europe/Berlin")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@given(st.integers(1, 520), st.sampled_from(sorted(UNITS)))
def test_a_duration_is_a_number_and_a_unit(number: int, unit: str) -> None:
    assert parse_duration(f"{number}{unit}") == timedelta(seconds=number * UNITS[unit])


@pytest.mark.parametrize(
    "text",
    ["", "15", "m", "0m", "-5m", "1.5h", "15 m", "15M", "1h30m", "PT15M", "٣m", "15m\n", "9999999w", "1y"],
    ids=ascii,
)
def test_an_invalid_duration_has_a_hint_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="15m"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["999999w", "999999d", "3661d"])
def test_a_duration_of_more_than_ten_years_is_invalid(text: str) -> None:
    assert parse_duration("3660d") == timedelta(days=3660)
    with pytest.raises(ValueError, match="3660d"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-17T09:00:00Z", datetime(2026, 6, 17, 9, tzinfo=UTC)),
        ("2026-06-17T09:00:00+02:00", datetime(2026, 6, 17, 7, tzinfo=UTC)),
        ("2026-06-17T09:00-05:30", datetime(2026, 6, 17, 14, 30, tzinfo=UTC)),
        ("2026-06-17 09:00:00+00:00", datetime(2026, 6, 17, 9, tzinfo=UTC)),
        ("2026-06-17", datetime(2026, 6, 16, 22, tzinfo=UTC)),
        ("2026-01-17", datetime(2026, 1, 16, 23, tzinfo=UTC)),
    ],
)
def test_a_time_has_an_offset_or_is_midnight_in_the_zone(text: str, moment: datetime) -> None:
    found = parse_time(text, zone=BERLIN)
    assert found.utcoffset() is not None
    assert found == moment


@pytest.mark.parametrize(
    "text",
    [
        *["", "now", "09:00", "2026-06-17T09:00:00", "2026-13-01", "2026-02-30", "17.06.2026"],
        *["2026-06-17T25:00Z", "20260617", "2026-W25-3", "2026-06", "٢٠٢٦-06-17", "2026-06-17\n"],
    ],
    ids=ascii,
)
def test_an_invalid_time_has_a_hint_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="2026-06-17T09:00:00Z"):
        parse_time(text, zone=BERLIN)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 12, 30)), st.integers(-720, 840))  # noqa: DTZ001
def test_utc_text_ends_in_z_and_round_trips(wall: datetime, minutes: int) -> None:
    moment = wall.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert utc_text(moment)[-1] == "Z"
    assert parse_time(utc_text(moment), zone=BERLIN) == moment


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "Asia/Kolkata"]
)
def test_an_iana_name_is_known_and_loads(name: str) -> None:
    assert name in known_zones()
    assert datetime(2026, 6, 17, tzinfo=load_zone(name)).utcoffset() is not None


@pytest.mark.parametrize(
    "name",
    [
        *["Factory", "localtime", "posixrules", "posix/Europe/Berlin", "right/UTC", "europe/berlin"],
        *["Europe/Berln", "", "/etc", "../UTC", "/usr/share/zoneinfo/UTC", "Europe", "UTC\0"],
        "Europe/Berlin ",
    ],
)
def test_names_that_are_not_places_are_unknown(name: str) -> None:
    assert name not in known_zones()
    with pytest.raises(ZoneInfoNotFoundError):
        load_zone(name)


def test_every_known_zone_loads() -> None:
    assert len(known_zones()) > 400
    for name in known_zones():
        load_zone(name)


@pytest.mark.parametrize(
    ("typed", "intended"),
    [
        *[("Europe/Berln", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin")],
        *[("New York", "America/New_York"), ("utc", "UTC"), ("zzzzzz", None), ("", None), ("+02:00", None)],
        ("CEST", None),  # never a zone on another continent
    ],
)
def test_a_near_miss_suggests_the_intended_zone(typed: str, intended: str | None) -> None:
    assert suggest_zone(typed) == intended


def test_version_of_the_zone_data() -> None:
    version = tzdata_version()
    assert version == "unknown" or version[:2] == "20"
