"""Fires equal those of the engines' own evaluators: systemd-analyze, and robfig/cron compiled from Debian's package.

Most cases are around clock changes, where engines differ. They come from a fixed seed.
"""

import os
import random
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest
from kaizen_schedule_core import Cron, parse_cron
from kaizen_schedule_core.clock.change_effects import changes
from kaizen_schedule_core.clock.engine_clocks import ENGINE_CLOCKS
from kaizen_schedule_core.clock.stepping import NoNextFire

CASES = 600
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2025, 2029))
DAY = 24 * 3600
ODD_ZONES = (
    *("Europe/Berlin", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Havana", "America/Santiago"),
    *("America/Asuncion", "America/Nuuk", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut", "Asia/Gaza"),
    *("Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Easter", "Antarctica/Troll", "Atlantic/Azores"),
)
WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
STUCK = "stuck"


class Case(NamedTuple):
    """A cron in a zone, and the period (after, until] in seconds since 1970."""

    cron: Cron
    zone: str
    after: int
    until: int


def cron(text: str) -> Cron:
    found = parse_cron(text)
    assert isinstance(found, Cron), found
    return found


def random_cron(rnd: random.Random, hours: list[int]) -> Cron:
    minute = rnd.choice(["0", "30", "*/15", "*", "59", "15,45", "0-5", "*/20"])
    hour = rnd.choice([*map(str, hours * 3), "*", "*/2", "*/3", "0", "23", "0-4", "1-3", "0,23"])
    weekdays = rnd.choice(["1", "0", "6", "1-5", "sun", "5-7", "7"])
    day, weekday = rnd.choice([("*", "*"), ("*", "*"), ("*", weekdays), ("1", "*"), ("28-31", "*")])
    return cron(f"{minute} {hour} {day} {rnd.choice(['*', '*', '*', '3,10', '*/2', '3-4'])} {weekday}")


def random_cases(seed: int) -> list[Case]:
    rnd = random.Random(seed)  # noqa: S311 - test cases
    zones = [zone for zone in sorted(available_timezones()) if "/" in zone and changes(ZoneInfo(zone), FIRST, LAST)]
    cases: list[Case] = []
    while len(cases) < CASES:
        zone = rnd.choice(ODD_ZONES if rnd.random() < 0.5 else zones)
        met = changes(ZoneInfo(zone), FIRST, LAST)
        if not met:
            continue
        change = rnd.choice(met)
        hours = [(change.start // 3600 + step) % 24 for step in (-1, 0, 1)]
        after = change.at - rnd.randrange(1, 3 * DAY) // 60 * 60
        cases.append(Case(random_cron(rnd, hours), zone, after, change.at + 3 * DAY))
    return cases


def ours(engine: str, case: Case) -> list[int] | str:
    after, until = (datetime.fromtimestamp(at, UTC) for at in (case.after, case.until))
    try:
        found = ENGINE_CLOCKS[engine].fires(case.cron, ZoneInfo(case.zone), after, until)
        return [int(fire.timestamp()) for fire in found]
    except NoNextFire:
        return STUCK


@pytest.fixture(scope="session")
def robfig(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compile the evaluator, and return its path."""
    folder = tmp_path_factory.mktemp("robfig")
    program = str(folder / "robfig")
    go = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": str(folder / "cache")}
    env = {**os.environ, **go}
    source = Path(__file__).with_name("robfig.go")
    subprocess.run(["go", "build", "-o", program, str(source)], check=True, env=env)
    return program


def fires_of_robfig(program: str, cases: list[Case]) -> list[list[int] | str]:
    lines = []
    for case in cases:
        fields = case.cron.text.split()
        if "7" in fields[4]:  # robfig refuses it in a range
            fields[4] = ",".join(map(str, case.cron.weekdays))
        lines.append(f"TZ={case.zone} {' '.join(fields)}\t{case.after}\t{case.until}\n")
    done = subprocess.run([program], input="".join(lines), capture_output=True, text=True, check=True)
    found: list[list[int] | str] = []
    for line in done.stdout.splitlines():
        found.append(line if line in {STUCK, "refused"} else [int(at) for at in line.split()])
    return found


def fires_of_systemd(case: Case) -> list[int] | str:
    def values(numbers: tuple[int, ...], whole: int) -> str:
        return "*" if len(numbers) == whole else ",".join(map(str, numbers))

    expected = ours("systemd", case)
    days = "" if len(case.cron.weekdays) == 7 else ",".join(WEEKDAYS[day] for day in case.cron.weekdays) + " "
    date = f"*-{values(case.cron.months, 12)}-{values(case.cron.days, 31)}"
    calendar = f"{days}{date} {values(case.cron.hours, 24)}:{values(case.cron.minutes, 60)}:00 {case.zone}"
    base = f"{datetime.fromtimestamp(case.after, UTC):%Y-%m-%d %H:%M:%S} UTC"
    words = ["systemd-analyze", "calendar", f"--base-time={base}", f"--iterations={len(expected) + 1}", calendar]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "TZ": "UTC"})
    if done.returncode:
        return STUCK
    times = re.findall(r"(?:elapse|#\d+): \w+ (\S+ \S+) UTC", done.stdout)
    assert times, done.stdout + done.stderr
    found = [int(datetime.fromisoformat(f"{time}+00:00").timestamp()) for time in times]
    return [at for at in found if at <= case.until]


def test_fires_are_those_of_robfig(robfig: str) -> None:
    cases = random_cases(1)
    for case, theirs in zip(cases, fires_of_robfig(robfig, cases), strict=True):
        assert ours("kubernetes", case) == theirs, case


def test_fires_are_those_of_systemd() -> None:
    for case in random_cases(2):
        assert ours("systemd", case) == fires_of_systemd(case), case


BERLIN_GAP, BERLIN_FOLD = "2026-03-29", "2026-10-25"
TABLE = [
    ("temporal", BERLIN_GAP, []),
    ("temporal", BERLIN_FOLD, ["01:30"]),
    ("systemd", BERLIN_GAP, []),
    ("systemd", BERLIN_FOLD, ["00:30"]),
    ("kubernetes", BERLIN_GAP, []),
    ("kubernetes", BERLIN_FOLD, ["00:30", "01:30"]),
    ("gitea-actions", BERLIN_FOLD, ["00:30", "01:30"]),
    ("github-actions", BERLIN_GAP, ["01:00"]),
    ("github-actions", BERLIN_FOLD, ["00:30"]),
    ("crontab", BERLIN_GAP, ["01:00"]),
    ("crontab", BERLIN_FOLD, ["00:30"]),
]


@pytest.mark.parametrize(("engine", "day", "times"), TABLE)
def test_a_fire_in_a_gap_or_fold(engine: str, day: str, times: list[str]) -> None:
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    zone, end = ZoneInfo("Europe/Berlin"), start + timedelta(hours=12)
    found = ENGINE_CLOCKS[engine].fires(cron("30 2 * * *"), zone, start, end)
    assert [f"{fire:%H:%M}" for fire in found] == times


def test_a_cron_that_robfig_never_ends_is_refused(robfig: str) -> None:
    at = int(datetime(2004, 3, 20, tzinfo=UTC).timestamp())
    case = Case(cron("*/15 3 * 3-4 *"), "Pacific/Chatham", at, at + DAY)
    assert fires_of_robfig(robfig, [case]) == [STUCK]
    assert ours("kubernetes", case) == STUCK
