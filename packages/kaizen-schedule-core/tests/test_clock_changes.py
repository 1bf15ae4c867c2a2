"""Clock changes: their dates, their effects on a cron, and their notes in a preview."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo
from zoneinfo._zoneinfo import ZoneInfo as ReadableZone  # type: ignore[import-not-found]

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core import fires, preview
from kaizen_schedule_core.clock.cadence import dates_text, matching_cadences
from kaizen_schedule_core.clock.change_effects import Change, changes, effect_of
from kaizen_schedule_core.clock.cron import valid_cron as cron
from kaizen_schedule_core.clock.fires import offset_at
from kaizen_schedule_core.clock.zones import known_zones

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
at = datetime.fromisoformat


def of_year(zone: ZoneInfo, year: int) -> list[Change]:
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    return list(changes(zone, int(start.timestamp()), int(end.timestamp())))


def changes_of(zone: str, year: int) -> list[str]:
    return [
        f"{change.kind} {datetime.fromtimestamp(change.at, UTC):%m-%dT%H:%M}"
        for change in of_year(ZoneInfo(zone), year)
    ]


def shown(text: str, zone: ZoneInfo, after: str, until: str) -> list[str]:
    found = preview(cron(text), zone, at(after), until=at(until))
    return [f"{fire.at:%dT%H:%M%z}" + (f" {fire.note}" if fire.note else "") for fire in found]


@pytest.mark.parametrize(
    ("zone", "year", "expected"),
    [
        ("Europe/Berlin", 2026, ["gap 03-29T01:00", "fold 10-25T01:00"]),
        ("America/New_York", 2026, ["gap 03-08T07:00", "fold 11-01T06:00"]),
        ("Australia/Lord_Howe", 2026, ["fold 04-04T15:00", "gap 10-03T15:30"]),
        ("Africa/Casablanca", 2026, ["fold 02-15T02:00", "gap 03-22T02:00"]),
        ("Pacific/Apia", 2011, ["fold 04-02T14:00", "gap 09-24T14:00", "gap 12-30T10:00"]),
        ("Asia/Tokyo", 2026, []),
    ],
)
def test_the_changes_of_a_year(zone: str, year: int, expected: list[str]) -> None:
    assert changes_of(zone, year) == expected


def test_no_zone_changes_its_offset_twice_within_five_days() -> None:
    """Check an assumption of `changes` and `fires` in the time zone database."""
    seen = 0
    for name in sorted(known_zones()):
        zone = ReadableZone(name)
        instants = [at for at in zone._trans_utc if at >= 0]
        offsets = [datetime.fromtimestamp(instant, zone).utcoffset() for instant in instants]
        moves = [at for at, here, there in zip(instants[1:], offsets, offsets[1:], strict=False) if here != there]
        seen += len(moves)
        close = [(a, b) for a, b in pairwise(moves) if b - a <= 6 * 86400]
        assert close == [], name
    assert seen > 10_000


def test_a_change_has_the_local_start_and_end() -> None:
    gap, fold = of_year(BERLIN, 2026)
    assert [datetime.fromtimestamp(second, UTC).strftime("%H:%M") for second in (gap.start, gap.end)] == [
        "02:00",
        "03:00",
    ]
    assert [datetime.fromtimestamp(second, UTC).strftime("%H:%M") for second in (fold.start, fold.end)] == [
        "02:00",
        "03:00",
    ]


@pytest.mark.parametrize("text", ["0 9 * * *", "0 9 * * 1", "59 0 * * *", "0 4 * * *", "30 3 1 * *"])
def test_a_cron_in_an_unaffected_hour_has_no_effects(text: str) -> None:
    assert [effect_of(cron(text), BERLIN, change) for change in of_year(BERLIN, 2026)] == [None, None]


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo"]
    ),
    hour=st.integers(0, 23),
    minute=st.sampled_from(["0", "30", "59", "*/20"]),
    year=st.integers(2026, 2032),
)
def test_without_effects_every_day_fires_at_its_local_times(zone: str, hour: int, minute: str, year: int) -> None:
    rules, daily = ZoneInfo(zone), cron(f"{minute} {hour} * * *")
    for change in of_year(rules, year):
        middle = datetime.fromtimestamp(change.at, UTC)
        found = [
            fire.astimezone(rules).replace(tzinfo=None)
            for fire in fires(daily, rules, middle - timedelta(days=3), middle + timedelta(days=3))
        ]
        today = datetime.fromtimestamp(change.start, UTC).date()
        days = [today - timedelta(days=1), today, today + timedelta(days=1)]
        named = [datetime.combine(day, time(hour, minute)) for day in days for minute in daily.minutes]
        assert [wall for wall in found if wall.date() in days] == named or effect_of(daily, rules, change) is not None


def test_a_preview_marks_the_fire_after_a_gap() -> None:
    expected = ["28T02:30+0100", "30T02:30+0200 gap", "31T02:30+0200"]
    assert shown("30 2 * * *", BERLIN, "2026-03-27T12:00Z", "2026-03-31T12:00Z") == expected


def test_a_preview_marks_the_fires_in_a_fold() -> None:
    assert shown("0 * * * *", BERLIN, "2026-10-24T22:30Z", "2026-10-25T03:00Z") == [
        *["25T01:00+0200", "25T02:00+0200 fold", "25T03:00+0100", "25T04:00+0100"]
    ]
    assert shown("30 1 * * *", NEW_YORK, "2026-10-31T12:00Z", "2026-11-02T12:00Z") == [
        *["01T01:30-0400 fold", "01T01:30-0500 fold", "02T01:30-0500"]
    ]


def test_a_preview_marks_the_fire_after_a_skipped_midnight() -> None:
    """In Havana the engine treats Sunday 14 March 2027 as a Saturday."""
    found = shown("0 9 * * 0", ZoneInfo("America/Havana"), "2027-03-06T12:00Z", "2027-03-29T12:00Z")
    assert found == ["07T09:00-0500", "21T09:00-0400 gap", "28T09:00-0400"]


def test_a_preview_marks_a_fire_that_a_fold_adds_and_one_that_a_gap_moves() -> None:
    assert "25T02:00+0200 fold" in shown("*/20 1 * * *", BERLIN, "2026-10-24T12:00Z", "2026-10-25T12:00Z")
    assert shown("15 2 * * *", LORD_HOWE, "2026-10-02T16:00Z", "2026-10-04T12:00Z") == ["04T02:45+1100 gap"]


def test_a_gap_before_the_start_is_not_marked() -> None:
    assert shown("30 2 * * *", BERLIN, "2026-03-29T02:00Z", "2026-03-31T12:00Z") == ["30T02:30+0200", "31T02:30+0200"]


def test_a_preview_has_at_most_count_fires() -> None:
    assert len(preview(cron("0 9 1 * *"), BERLIN, at("2026-06-17T00:00Z"), count=7)) == 7
    assert preview(cron("0 9 1 * *"), BERLIN, at("2026-06-17T00:00Z"), until=at("2026-06-20T00:00Z")) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0 9 * * *", ("daily",)),
        ("*/5 * * * *", ("daily",)),
        ("0 9 1-31 * *", ("daily",)),
        ("0 9 * * 0-6", ("daily",)),
        ("0 9 * * 1", ("weekly",)),
        ("*/5 9 * * 1", ("weekly",)),
        ("0 9 * * 1-5", ()),
        ("0 9 * * 0,1", ()),
        ("0 9 1 * *", ("monthly", "weekly")),
        ("0 9 1,15 * *", ("weekly",)),
        ("0 9 1,8,15,22 * *", ("weekly",)),
        ("0 9 1,3 * *", ()),
        ("0 9 29 2 *", ("monthly", "weekly")),
        ("0 9 * 6 *", ()),
    ],
)
def test_cadences_that_match_a_cron(text: str, kept: tuple[str, ...]) -> None:
    assert matching_cadences(cron(text), date(2026, 6, 17)) == kept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 9 * * *", "every day"),
        ("0 9 * * 1", "every Monday"),
        ("0 9 * * 1-5", "Monday to Friday"),
        ("0 9 * * 5-7", "Friday to Sunday"),
        ("0 9 * * 0,1", "Monday and Sunday"),
        ("0 9 1,15 * *", "on days 1 and 15 of the month"),
        ("0 9 1-3 jan,jul *", "on days 1 to 3 of the month in January and July"),
        ("0 9 */2 * *", "on 16 days of the month"),
    ],
)
def test_dates_of_a_cron_as_text(text: str, words: str) -> None:
    assert dates_text(cron(text)) == words


def test_fires_go_forward_at_each_long_change() -> None:
    """Check all changes by more than an hour from 1970 on; at some of them the engine's algorithm goes back."""
    seen = 0
    for name in sorted(known_zones()):
        zone = ReadableZone(name)
        for instant in (at for at in zone._trans_utc if at >= 0):
            if abs(offset_at(zone, instant) - offset_at(zone, instant - 1)) > 3600:
                seen += 1
                first, last = (datetime.fromtimestamp(instant + days * 86400, UTC) for days in (-2, 2))
                for text in ("0 * * * *", "*/20 1 * * *", "30 2 * * *"):
                    found = list(islice(fires(cron(text), ZoneInfo(name), first, last), 97))
                    assert 2 <= len(found) <= 96, (name, text)
                    assert all(one < other for one, other in pairwise(found)), (name, text)
    assert seen > 100


def test_an_hourly_cron_fires_after_a_fold_of_two_hours() -> None:
    first, last = (datetime(1991, 3, 3, hour, tzinfo=UTC) for hour in (0, 7))
    found = [f"{fire:%H}" for fire in fires(cron("0 * * * *"), ZoneInfo("America/Cordoba"), first, last)]
    assert found == ["01", "02", "05", "06", "07"]
