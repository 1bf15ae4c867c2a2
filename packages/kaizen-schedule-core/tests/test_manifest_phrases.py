"""Schedules in English, as hints answer them."""

import calendar
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core import Cron, parse_cron
from kaizen_schedule_core.manifest.phrases import Schedule, read_schedule

NAMES = ["day", "daily", "week", "monthly", "weekday", "hour", *calendar.day_name]
TIMES = ["", " at 7", " at 07:45", " at 6 pm", " at 12am", " at 23:59"]


@pytest.mark.parametrize(
    ("text", "cadence", "cron"),
    [
        ("Weekly", "weekly", None),
        ("every weekday", "daily", "0 9 * * 1-5"),
        ("on Sundays at 18:15", "weekly", "15 18 * * 0"),
        ("each month at 9", "monthly", None),
        ("@hourly", "daily", "0 * * * *"),
        ("once a day at 12 am", "daily", "0 0 * * *"),
        ("every 15 minutes", "daily", "*/15 * * * *"),
        ("6h", "daily", "0 */6 * * *"),
        ("30 7 * * 1", "weekly", "30 7 * * 1"),
    ],
)
def test_a_phrase_is_understood(text: str, cadence: str, cron: str | None) -> None:
    assert read_schedule(text) == (cadence, cron)


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_a_portable_cron(name: str) -> None:
    for before, time in product(["", "every ", "on ", "each "], TIMES):
        found = read_schedule(f"{before}{name}{time}")
        assert isinstance(found, Schedule), f"{before}{name}{time}"
        assert found.cron is None or isinstance(parse_cron(found.cron), Cron)


@pytest.mark.parametrize("text", ["", "soon", "every 7 minutes", "every 0 hours", "at 9", "weekly at 25", "x" * 100])
def test_other_texts_are_not_understood(text: str) -> None:
    assert read_schedule(text) is None


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    found = read_schedule(text)
    assert found is None or found.cron is None or isinstance(parse_cron(found.cron), Cron)
