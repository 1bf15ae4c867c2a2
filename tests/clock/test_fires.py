"""Fires equal those of a live Temporal server, and outside of clock changes those of two cron libraries.

The cases come from a fixed seed, so that a run can be repeated. Most of them are where engines differ: days on which
the UTC offset changes, midnights, leap days and year ends.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from cronsim import CronSim
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Cron, CronProblem, fires, parse_cron
from kaizen_schedule_core.clock.zones import known_zones

ServerFires = Callable[[str, str, datetime, datetime], list[datetime]]

CASES = 500
SERVER_LISTS = 1000  # the server's maximum of fires per response
SHAPES = (  # all types of clock changes, and some zones without any
    *("Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Atlantic/Azores", "America/New_York", "America/St_Johns"),
    *("America/Havana", "America/Sao_Paulo", "America/Santiago", "America/Asuncion", "America/Caracas"),
    *("America/Godthab", "America/Scoresbysund", "Africa/Casablanca", "Africa/Cairo", "Africa/Juba", "Asia/Tehran"),
    *("Asia/Amman", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Pyongyang", "Australia/Lord_Howe"),
    *("Pacific/Apia", "Pacific/Chatham", "Pacific/Easter", "Pacific/Norfolk", "Antarctica/Troll", "Antarctica/Casey"),
)


class Case(NamedTuple):
    """A cron in a zone, and the period (after, until] in UTC."""

    cron: str
    zone: str
    after: datetime
    until: datetime


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def selected() -> Iterator[Case]:
    """Yield cases that were wrong in some engine or library."""
    berlin = (("2026-10-24T12:00", "2026-10-26T12:00"), ("2026-03-28T12:00", "2026-03-30T12:00"))
    for cron in ("30 2 * * *", "0 * * * *", "*/20 1 * * *", "0 2 * * *", "* 2 * * *", "*/7 1-3 * * *", "0 3 * * 0"):
        for after, until in berlin:
            yield Case(cron, "Europe/Berlin", at(after), at(until))
    for cron in ("30 1 * * *", "0 * * * *", "30 2 * * *", "*/20 0-3 * * 0"):
        yield Case(cron, "America/New_York", at("2026-10-31T12:00"), at("2026-11-02T12:00"))
        yield Case(cron, "America/New_York", at("2026-03-07T12:00"), at("2026-03-09T12:00"))
        yield Case(
            cron, "America/St_Johns", at("2010-11-06T12:00"), at("2010-11-08T12:00")
        )  # at one minute after midnight
        yield Case(cron, "Australia/Lord_Howe", at("2026-04-03T12:00"), at("2026-04-05T12:00"))  # thirty minutes
        yield Case(cron, "Australia/Lord_Howe", at("2026-10-02T12:00"), at("2026-10-04T12:00"))
        yield Case(cron, "Africa/Casablanca", at("2026-02-10T00:00"), at("2026-03-30T00:00"))
        yield Case(cron, "Pacific/Apia", at("2011-12-28T00:00"), at("2012-01-02T00:00"))  # 30 December is missing
        yield Case(cron, "Asia/Kathmandu", at("2026-01-01T00:00"), at("2026-01-08T00:00"))
    yield Case("0 9 30 12 *", "Pacific/Apia", at("2010-06-01T00:00"), at("2013-06-01T00:00"))
    yield Case("0 9 * * 5", "Pacific/Apia", at("2011-12-01T00:00"), at("2012-02-01T00:00"))
    yield Case("21-49 11-15 * * 6", "Atlantic/Azores", at("2026-03-28T11:39"), at("2026-03-30T01:35"))
    yield Case("0 9 * * 0", "America/Havana", at("2027-03-06T12:00"), at("2027-03-29T12:00"))  # a missing Sunday
    yield Case("59 2,1,2 * * 6", "America/Asuncion", at("2004-10-15T06:04"), at("2004-10-17T10:49"))
    for weekday in ("1-7", "mon-7", "0-7", "5-7", "1-7/2", "7", "*/2", "0-7/7", "1-7,3", "2-7/5"):
        yield Case(f"0 9 * * {weekday}", "UTC", at("2026-11-01T12:00"), at("2026-11-22T12:00"))
    for cron in ("0 * * * *", "30 2 * * *", "*/20 1 * * *"):
        yield Case(cron, "America/Cordoba", at("1991-03-02T12:00"), at("1991-03-04T12:00"))  # a fold of two hours
        yield Case(cron, "Antarctica/Troll", at("2026-10-24T12:00"), at("2026-10-26T12:00"))
        yield Case(cron, "Antarctica/Casey", at("2020-10-03T00:00"), at("2020-10-05T12:00"))
    yield Case("0 0 29 2 *", "Europe/Berlin", at("2026-01-01T00:00"), at("2060-01-01T00:00"))
    yield Case("59 23 31 12 *", "Pacific/Chatham", at("2026-01-01T00:00"), at("2040-06-01T00:00"))
    yield Case("0 0 1 1 *", "Pacific/Kiritimati", at("2026-01-01T00:00"), at("2040-06-01T00:00"))
    yield Case("0 9 1 * *", "Europe/Berlin", at("2095-01-01T00:00"), at("2102-01-01T00:00"))  # the engine's last year
    yield Case(
        "0 9 * * 1", "America/New_York", at("1999-11-01T00:00"), at("2000-02-01T00:00")
    )  # and before its first year


@lru_cache(maxsize=2048)
def days_of_change(zone: str, year: int) -> tuple[datetime, ...]:
    rules, first = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    days = [first + timedelta(days=day) for day in range(367)]
    offsets = [day.astimezone(rules).utcoffset() for day in days]
    return tuple(day for day, here, there in zip(days, offsets, offsets[1:], strict=False) if here != there)


@st.composite
def fields(draw: st.DrawFn, low: int, high: int, hot: tuple[int, ...]) -> str:
    """Draw one field of a cron; `hot` are the values near clock changes."""
    value = st.one_of(st.sampled_from(hot), st.integers(low, high))

    def part() -> str:
        kind = draw(st.sampled_from(("value", "value", "range", "step", "stepped range")))
        if kind == "value":
            return str(draw(value))
        if kind == "step":
            return f"*/{draw(st.integers(1, high - low))}"
        first, last = sorted((draw(value), draw(value)))
        if kind == "range" or last - first < 2:
            return f"{first}-{last}"
        return f"{first}-{last}/{draw(st.integers(1, last - first))}"

    if draw(st.integers(0, 3)) == 0:
        return "*"
    return ",".join(part() for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone = draw(st.one_of(st.sampled_from(SHAPES), st.sampled_from(sorted(known_zones()))))
    year = draw(st.integers(2001, 2060))
    middle = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 365)))
    if (days := days_of_change(zone, year)) and draw(st.integers(0, 9)) > 0:
        middle = draw(st.sampled_from(days))
    after = middle - timedelta(minutes=draw(st.integers(0, 4 * 1440)))
    until = middle + timedelta(minutes=draw(st.integers(60, 6 * 1440)))
    if draw(st.integers(0, 4)) == 0:
        after, until = after - timedelta(days=200), until + timedelta(days=400)
    day = month = weekday = "*"
    restricted = draw(st.sampled_from(("none", "none", "none", "day", "weekday", "weekday")))
    if restricted == "day":
        day = draw(fields(1, 31, (1, 28, 29, 30, 31, middle.day)))
    elif restricted == "weekday":
        weekday = draw(fields(0, 7, (0, 1, 6, 7)))
    if draw(st.integers(0, 4)) == 0:
        month = draw(fields(1, 12, (2, 12, middle.month)))
    cron = f"{draw(fields(0, 59, (0, 15, 30, 59)))} {draw(fields(0, 23, (0, 1, 2, 3, 22, 23)))} {day} {month} {weekday}"
    assume(isinstance(parse_cron(cron), Cron))
    return Case(cron, zone, after, until)


def ours(case: Case) -> list[datetime]:
    cron = parse_cron(case.cron)
    assert isinstance(cron, Cron)
    return list(islice(fires(cron, ZoneInfo(case.zone), case.after, case.until), SERVER_LISTS))


def require_equal(case: Case, expected: list[datetime]) -> None:
    """Compare with the fires of the server, which goes back in some folds, and then can repeat fires without end."""
    found = ours(case)
    back = [number for number, (one, other) in enumerate(pairwise(expected), 1) if other <= one]
    if back and len(expected) == SERVER_LISTS:
        assert found[: back[0]] == expected[: back[0]], case
        assert all(one < other for one, other in pairwise(found)), case
    else:
        latest = accumulate(expected, max)
        assert found == [fire for fire, last in zip(expected, latest, strict=True) if fire == last], case


generated = settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("case", list(selected()), ids=lambda case: f"{case.cron} {case.zone} {case.after:%Y-%m-%d}")
def test_fires_of_selected_cases_match_the_server(server_fires: ServerFires, case: Case) -> None:
    require_equal(case, server_fires(*case))


def test_fires_of_generated_cases_match_the_server(server_fires: ServerFires) -> None:
    seen: dict[Case, int] = {}

    @seed(20261025)
    @generated
    @given(cases())
    def compare(case: Case) -> None:
        expected = server_fires(*case)
        seen[case] = len(expected)
        require_equal(case, expected)

    compare()
    affected = [case for case in seen if any(case.after <= day <= case.until for day in changes_near(case))]
    print(f"{len(seen)} cases, {sum(seen.values())} fires, {len(affected)} over a clock change")
    assert len(seen) >= 300
    assert len(affected) >= 150
    assert sum(1 for fires_seen in seen.values() if fires_seen) >= 150


def changes_near(case: Case) -> list[datetime]:
    return [day for year in {case.after.year, case.until.year} for day in days_of_change(case.zone, year)]


@pytest.mark.parametrize("library", ["cronsim", "croniter"])
def test_cron_libraries_agree_without_clock_changes(library: str) -> None:
    """In UTC there are no clock changes.

    Only the engine reads the weekdays 1-7 as Monday to Saturday (KZ313). croniter reads a range like 0-0 as `*`.
    """
    seen = set()

    @seed(20261026)
    @generated
    @given(cases())
    def compare(case: Case) -> None:
        cron = parse_cron(case.cron)
        assert isinstance(cron, Cron)
        assume("KZ313" not in {remark.code.id for remark in cron.remarks})
        assume(library != "croniter" or not re.search(r"\b([0-9]+)-\1\b", case.cron))
        case = case._replace(zone="UTC")
        expected: list[datetime] = []
        walk = (
            CronSim(case.cron, case.after)
            if library == "cronsim"
            else croniter(case.cron, case.after).all_next(datetime)
        )
        for fire in walk:
            if fire > case.until or len(expected) == SERVER_LISTS:
                break
            expected.append(fire)
        seen.add(case)
        assert ours(case) == expected, case

    compare()
    assert len(seen) >= 300


@pytest.mark.parametrize("text", ["0 9 1 * 1", "0 9 */2 * 1", "0 9 1-31/2 * 1", "0 9 1 * */2"])
def test_note_about_debian_cron_matches_cronsim(text: str) -> None:
    """cronsim follows Debian, where a field such as */2 restricts both fields."""
    now = datetime.fromisoformat("2026-06-17")
    problem = parse_cron(text, now=now)
    assert isinstance(problem, CronProblem)
    note = next(note for note in problem.notes if "Debian" in note)
    assert note.endswith(", ".join(f"{fire:%a %Y-%m-%d}" for fire in islice(CronSim(text, now), 3)))
