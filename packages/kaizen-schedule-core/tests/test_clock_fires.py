"""The fires of a cron: facts observed on a Temporal Schedule, and properties of every cron."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import FIRING_DIALECT, PORTABLE_DIALECT, Cron, fires, last_fire, next_fire
from kaizen_schedule_core.clock.cron import valid_cron as cron

BERLIN = ZoneInfo("Europe/Berlin")
at = datetime.fromisoformat
ZONES = [
    *["UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"],
    *["Pacific/Apia", "Pacific/Chatham", "Africa/Casablanca", "America/Sao_Paulo", "Asia/Tehran", "Antarctica/Troll"],
]
SAMPLES = [
    *["0 9 * * *", "0 9 * * 1", "0 9 1 * *", "*/15 * * * *", "30 2 * * *", "0 * * * *", "59 23 31 12 *", "0 0 29 2 *"],
    *["*/20 1-3 * * *", "0 0 * * sun", "5,35 */6 * * 1-5", "0 12 28-31 * *", "* * * * *", "7 0 1 jan,jul *"],
]
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


def between(text: str, zone: str, after: str, until: str) -> list[str]:
    """Return the fires in the form 25T01:30, in UTC."""
    return [f"{fire:%dT%H:%M}" for fire in fires(cron(text), ZoneInfo(zone), at(after), at(until))]


def test_names_of_the_dialects() -> None:
    assert (PORTABLE_DIALECT, FIRING_DIALECT) == ("portable-5", "temporal-schedule")


def test_a_local_time_in_the_fold_fires_once() -> None:
    assert between("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-26T12:00Z") == ["25T01:30", "26T01:30"]


def test_an_hourly_cron_misses_the_second_hour_of_the_fold() -> None:
    found = between("0 * * * *", "Europe/Berlin", "2026-10-24T22:30Z", "2026-10-25T04:00Z")
    assert found == ["24T23:00", "25T00:00", "25T02:00", "25T03:00", "25T04:00"]


def test_a_cron_in_the_hour_before_the_fold_also_fires_in_it() -> None:
    found = between("*/20 1 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T12:00Z")
    assert found[:3] == ["24T23:00", "24T23:20", "24T23:40"]
    assert "25T00:00" in found


@pytest.mark.parametrize("text", ["30 2 * * *", "0 2 * * *", "59 2 * * 0"])
def test_a_local_time_in_the_gap_does_not_fire_that_day(text: str) -> None:
    found = list(fires(cron(text), BERLIN, at("2026-03-28T12:00Z"), at("2026-04-05T12:00Z")))
    assert found
    assert {fire.date().isoformat() for fire in found} & {"2026-03-29"} == set()
    assert all(fire.astimezone(BERLIN).hour == 2 for fire in found)


def test_an_hourly_cron_continues_after_the_gap() -> None:
    found = between("0 * * * *", "Europe/Berlin", "2026-03-28T23:30Z", "2026-03-29T03:00Z")
    assert found == ["29T00:00", "29T01:00", "29T02:00", "29T03:00"]


def test_in_new_york_both_hours_of_the_fold_fire() -> None:
    found = between("30 1 * * *", "America/New_York", "2026-10-31T12:00Z", "2026-11-01T12:00Z")
    assert found == ["01T05:30", "01T06:30"]


def test_the_next_fire_depends_on_the_start_in_the_fold() -> None:
    half_past_two = cron("30 2 * * *")
    assert next_fire(half_past_two, BERLIN, at("2026-10-25T00:10Z")) == at("2026-10-25T01:30Z")
    assert next_fire(half_past_two, BERLIN, at("2026-10-25T01:00Z")) == at("2026-10-25T02:30Z")


def test_the_start_is_excluded_and_the_end_included() -> None:
    daily = cron("0 9 * * *")
    found = list(fires(daily, UTC, at("2026-06-01T09:00Z"), at("2026-06-03T09:00Z")))
    assert found == [at("2026-06-02T09:00Z"), at("2026-06-03T09:00Z")]
    assert next_fire(daily, UTC, at("2026-06-01T08:59:59.999999Z")) == at("2026-06-01T09:00Z")
    assert last_fire(daily, UTC, at("2026-06-01T09:00Z")) == at("2026-06-01T09:00Z")
    assert last_fire(daily, UTC, at("2026-06-01T08:59:59Z")) == at("2026-05-31T09:00Z")


def test_the_offset_in_a_period_does_not_matter() -> None:
    daily = cron("0 9 * * *")
    for start in ("2026-06-01T07:00Z", "2026-06-01T09:00+02:00", "2026-05-31T21:00-10:00"):
        found = next_fire(daily, BERLIN, at(start))
        assert found == at("2026-06-02T07:00Z")
        assert found is not None
        assert found.utcoffset() == timedelta(0)


def naive(rule: Cron, after: datetime, until: datetime) -> list[datetime]:
    """Yield the minutes that match the fields, by checking every minute."""
    minute = after.replace(second=0, microsecond=0)
    found = []
    while (minute := minute + timedelta(minutes=1)) <= until:
        fits = minute.month in rule.months and minute.day in rule.days and minute.isoweekday() % 7 in rule.weekdays
        if fits and minute.hour in rule.hours and minute.minute in rule.minutes:
            found.append(minute)
    return found


CRONS = st.sampled_from([cron(text) for text in SAMPLES])


@settings(max_examples=60)
@given(CRONS, MOMENTS, st.integers(0, 60 * 24 * 9))
def test_fires_in_utc_match_the_fields(rule: Cron, after: datetime, minutes: int) -> None:
    until = after + timedelta(minutes=minutes)
    assert list(fires(rule, UTC, after, until)) == naive(rule, after, until)


@given(CRONS, st.sampled_from(ZONES), MOMENTS, st.integers(0, 400))
def test_fires_are_ascending_full_minutes_in_the_interval(rule: Cron, zone: str, after: datetime, days: int) -> None:
    until = after + timedelta(days=days)
    found = list(islice(fires(rule, ZoneInfo(zone), after, until), 300))
    assert all(one < other for one, other in pairwise(found))
    assert all(after < fire <= until for fire in found)
    assert all((fire.second, fire.microsecond, fire.tzinfo) == (0, 0, UTC) for fire in found)


@given(CRONS, st.sampled_from(ZONES), MOMENTS)
def test_fires_outside_gap_and_fold_match_the_fields(rule: Cron, zone: str, after: datetime) -> None:
    local = ZoneInfo(zone)
    for fire in islice(fires(rule, local, after), 50):
        offsets = {(fire + timedelta(hours=hours)).astimezone(local).utcoffset() for hours in (-25, 0, 25)}
        if len(offsets) > 1:
            continue
        wall = fire.astimezone(local)
        assert wall.minute in rule.minutes
        assert wall.hour in rule.hours
        assert wall.day in rule.days
        assert wall.month in rule.months
        assert wall.isoweekday() % 7 in rule.weekdays


@given(CRONS, st.sampled_from(ZONES), MOMENTS, st.data())
def test_fires_continue_from_any_of_them(rule: Cron, zone: str, after: datetime, data: st.DataObject) -> None:
    local = ZoneInfo(zone)
    found = list(islice(fires(rule, local, after), 20))
    at_index = data.draw(st.integers(0, len(found) - 1))
    rest = list(islice(fires(rule, local, found[at_index]), 20 - at_index - 1))
    assert rest == found[at_index + 1 :]


@given(CRONS, MOMENTS)
def test_no_fire_follows_the_last_one(rule: Cron, until: datetime) -> None:
    last = last_fire(rule, UTC, until)
    assert last is not None
    assert last <= until
    assert next_fire(rule, UTC, last - timedelta(minutes=1)) == last
    following = next_fire(rule, UTC, last)
    assert following is not None
    assert following > until


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("2026-10-25T01:29Z", "2026-10-24T00:30Z"),
        ("2026-10-25T01:30Z", "2026-10-25T01:30Z"),
        ("2026-10-25T23:00Z", "2026-10-25T01:30Z"),
    ],
)
def test_the_last_fire_in_the_fold_is_the_last_of_the_list(until: str, last: str) -> None:
    assert last_fire(cron("30 2 * * *"), BERLIN, at(until)) == at(last)


@pytest.mark.parametrize("hours", range(1, 30))
def test_the_last_fire_does_not_depend_on_the_distance_from_the_fold(hours: int) -> None:
    until = at("2026-10-25T00:00Z") + timedelta(hours=hours)
    for text in ("0 * * * *", "*/20 1 * * *", "30 2 * * *"):
        walked = list(fires(cron(text), BERLIN, at("2026-10-20T00:00Z"), until))
        assert last_fire(cron(text), BERLIN, until) == walked[-1]


@pytest.mark.parametrize(
    ("text", "after", "fire"),
    [
        ("0 9 1 jan *", "2026-01-02T00:00Z", "2027-01-01T09:00Z"),
        ("0 9 1 1,7 *", "2026-12-15T00:00Z", "2027-01-01T09:00Z"),
        ("0 9 29 2 *", "2026-03-01T00:00Z", "2028-02-29T09:00Z"),
        ("0 9 31 12 *", "2026-12-31T09:00Z", "2027-12-31T09:00Z"),
        ("0 9 * 11 1", "2026-12-01T00:00Z", "2027-11-01T09:00Z"),
    ],
)
def test_fires_continue_after_december(text: str, after: str, fire: str) -> None:
    assert next_fire(cron(text), UTC, at(after)) == at(fire)


def test_29_february_is_found_in_all_years() -> None:
    leap = cron("0 9 29 2 *")
    assert [fire.year for fire in fires(leap, UTC, at("1999-01-01T00:00Z"))] == list(range(2000, 2100, 4))
    assert last_fire(leap, UTC, at("2032-02-29T08:59Z")) == at("2028-02-29T09:00Z")
    assert last_fire(leap, UTC, at("2103-12-31T00:00Z")) == at("2096-02-29T09:00Z")


def test_after_the_year_2100_nothing_fires() -> None:
    assert next_fire(cron("* * * * *"), UTC, at("2101-01-01T00:00Z")) is None
    assert list(fires(cron("59 23 31 12 *"), UTC, at("2099-01-01T00:00Z"))) == [
        at("2099-12-31T23:59Z"),
        at("2100-12-31T23:59Z"),
    ]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00Z", "9999-12-31T23:59Z"])
def test_the_first_and_last_times_of_the_calendar(moment: str) -> None:
    for zone in ("UTC", "Europe/Berlin", "America/New_York"):
        late = at(moment).year > 2000
        assert (next_fire(cron("0 9 * * *"), ZoneInfo(zone), at(moment)) is None) == late
        assert (last_fire(cron("0 9 * * *"), ZoneInfo(zone), at(moment)) is None) != late


def test_a_time_before_1970() -> None:
    found = between("30 2 * * *", "Europe/Berlin", "1947-05-10T12:00Z", "1947-05-13T12:00Z")  # double summer time
    assert found == ["11T00:30", "11T23:30", "12T23:30"]
    assert last_fire(cron("0 9 * * *"), UTC, at("1960-02-29T08:59Z")) == at("1960-02-28T09:00Z")
