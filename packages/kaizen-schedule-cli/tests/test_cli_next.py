"""`schedule next` as text and JSON, also without fires."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

NIGHTLY = """\
version: "1"
timezone: Europe/Berlin
agents:
  coach:
    cadence: daily
    cron: "30 2 * * *"
  optimization:
    cadence: weekly
    cron: "0 10 * * 1"
  tdd-workflow:
    cadence: monthly
    enabled: false
"""


@pytest.fixture
def nightly(manifest: Path) -> Path:
    manifest.write_text(NIGHTLY, encoding="utf-8")
    return manifest


def test_table_shows_local_time_utc_and_the_clock(cli: Cli, nightly: Path) -> None:
    ran = cli("schedule", "next", "coach", "--from", "2026-10-24", "--count", "3")
    assert nightly.exists()
    assert ran.code == 0
    assert ran.err == ""
    *table, clock = ran.out.splitlines()
    assert table == [
        "AGENT  LOCAL TIME                   UTC                NOTE",
        "coach  Sat 2026-10-24 02:30 +02:00  2026-10-24 00:30Z",
        "coach  Sun 2026-10-25 02:30 +01:00  2026-10-25 01:30Z  fold",
        "coach  Mon 2026-10-26 02:30 +01:00  2026-10-26 01:30Z",
        "",
        "fold: this local hour occurs twice (clocks go back); shown as Temporal resolves it",
    ]
    assert clock.startswith("clock: temporal-schedule in Europe/Berlin, tz database ")


@pytest.mark.usefixtures("nightly")
def test_json_contains_dialect_and_tz_database(cli: Cli) -> None:
    form = cli("schedule", "next", "--from", "2027-03-27", "--until", "2027-03-30", "--format", "json").json
    assert list(form) == ["version", "dialect", "tzdata", "fires"]
    assert (form["version"], form["dialect"]) == ("1", "temporal-schedule")
    assert form["fires"] == [
        {"agent": "coach", "at": "2027-03-27T02:30:00+01:00", "utc": "2027-03-27T01:30:00Z", "note": None},
        {"agent": "coach", "at": "2027-03-29T02:30:00+02:00", "utc": "2027-03-29T00:30:00Z", "note": "gap"},
        {"agent": "optimization", "at": "2027-03-29T10:00:00+02:00", "utc": "2027-03-29T08:00:00Z", "note": None},
    ]


@pytest.mark.usefixtures("nightly")
def test_without_until_there_are_five_fires_for_each_enabled_agent(cli: Cli) -> None:
    fires = cli("schedule", "next", "--format", "json").json["fires"]
    assert sorted(fire["agent"] for fire in fires) == ["coach"] * 5 + ["optimization"] * 5
    assert [(fire["utc"], fire["agent"]) for fire in fires] == sorted((fire["utc"], fire["agent"]) for fire in fires)
    assert all(datetime.fromisoformat(fire["at"]) == datetime.fromisoformat(fire["utc"]) for fire in fires)


@pytest.mark.usefixtures("nightly")
def test_count_and_until_limit_the_fires(cli: Cli) -> None:
    words = ["schedule", "next", "coach", "--from", "2026-06-17", "--format", "json"]
    assert len(cli(*words, "--until", "2026-06-27", "--count", "3").json["fires"]) == 3
    assert len(cli(*words, "--until", "2026-06-19", "--count", "9").json["fires"]) == 2
    assert len(cli(*words, "--until", "2026-06-27").json["fires"]) == 10


@pytest.mark.usefixtures("nightly")
def test_period_excludes_its_start_and_includes_its_end(cli: Cli) -> None:
    words = ["schedule", "next", "coach", "--from", "2026-06-17T02:30:00+02:00", "--until", "2026-06-18T00:30:00Z"]
    [fire] = cli(*words, "--format", "json").json["fires"]
    assert fire["at"] == "2026-06-18T02:30:00+02:00"


@pytest.mark.usefixtures("nightly")
def test_agent_that_does_not_fire_is_an_error(cli: Cli) -> None:
    for agent, code, place, words in (
        ("tdd-workflow", "KZ323", ":12:14\n", "paused"),
        ("caoch", "KZ322", ":3:1\n", 'did you mean "coach"?'),
        ("visitor", "KZ322", ":3:1\n", "declared: coach, optimization, tdd-workflow"),
    ):
        ran = cli("schedule", "next", agent)
        assert (ran.code, ran.out) == (1, "")
        assert code in ran.err
        assert place in ran.err
        assert words in ran.err


@pytest.mark.usefixtures("nightly")
def test_wrong_usage_is_reported(cli: Cli) -> None:
    for words in (
        ["--from", "tomorrow"],
        ["--until", "2026-06-17T09:00:00"],
        ["--from", "2026-06-17", "--until", "2026-06-17"],
        ["--count", "0"],
        ["--from", "1969-12-31"],
        ["--until", "2101-01-01"],
        ["--from", ""],
        ["--until", ""],
    ):
        ran = cli("schedule", "next", *words)
        assert (ran.code, ran.out) == (2, "")
        assert words[-2] in ran.err


def test_too_many_fires_are_wrong_usage(cli: Cli, manifest: Path) -> None:
    manifest.write_text(
        'version: "1"\nagents:\n  coach:\n    cadence: daily\n    cron: "* * * * *"\n', encoding="utf-8"
    )
    ran = cli("schedule", "next", "--from", "2026-01-01", "--until", "2027-01-01")
    assert (ran.code, ran.out) == (2, "")
    assert "more than 100,000 fires" in ran.err


@pytest.mark.usefixtures("nightly")
def test_no_fires_in_the_period(cli: Cli) -> None:
    ran = cli("schedule", "next", "optimization", "--from", "2026-06-16", "--until", "2026-06-17")
    assert ran.code == 0
    assert ran.err == "No fires in this period.\n"


def test_no_fires_without_an_enabled_agent(cli: Cli, manifest: Path) -> None:
    manifest.write_text('version: "1"\nagents:\n  coach: {cadence: daily, enabled: false}\n', encoding="utf-8")
    for words in ([], ["--from", "2026-06-16", "--until", "2026-06-17"]):
        ran = cli("schedule", "next", *words)
        assert (ran.code, ran.err) == (0, "No fires: no agent is enabled.\n")


@pytest.mark.usefixtures("nightly")
def test_first_and_last_years_of_the_engine(cli: Cli) -> None:
    words = ["schedule", "next", "coach", "--format", "json", "--from"]
    assert cli(*words, "1980-04-05", "--until", "1980-04-07").json["fires"] == [
        {"agent": "coach", "at": "1980-04-05T02:30:00+01:00", "utc": "1980-04-05T01:30:00Z", "note": None}
    ]
    assert cli(*words, "2100-12-30", "--count", "9").json["fires"][-1]["utc"] == "2100-12-31T01:30:00Z"


def test_invalid_manifest_is_reported_without_fires(cli: Cli, manifest: Path) -> None:
    manifest.write_text(NIGHTLY.replace("30 2", "30 24"), encoding="utf-8")
    ran = cli("schedule", "next")
    assert (ran.code, ran.out) == (1, "")
    assert "KZ306" in ran.err


@pytest.mark.parametrize(
    ("engine", "dialect", "times"),
    [
        ("temporal", "temporal-schedule", ["2026-10-25T01:30:00Z"]),
        ("systemd", "systemd-252", ["2026-10-25T00:30:00Z"]),
        ("kubernetes", "robfig-cron-3", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]),
        ("crontab", "debian-cron", ["2026-10-25T00:30:00Z"]),
    ],
)
def test_the_fires_of_an_engine(cli: Cli, repo: Path, engine: str, dialect: str, times: list[str]) -> None:
    text = 'version: "1"\nagents:\n  coach: {cadence: daily, cron: "30 2 * * *"}\n'
    (repo / ".kaizen/schedule.yml").write_text(text, encoding="utf-8")
    period = ("--from", "2026-10-24T12:00:00Z", "--until", "2026-10-25T12:00:00Z")
    ran = cli("schedule", "next", "--engine", engine, *period, "--format", "json")
    assert (ran.code, ran.json["dialect"]) == (0, dialect)
    assert [(fire["utc"], fire["note"]) for fire in ran.json["fires"]] == [(time, "fold") for time in times]


def test_an_unknown_engine_gets_a_suggestion(cli: Cli, repo: Path) -> None:
    ran = cli("schedule", "next", "--engine", "kubernets", "--target", repo)
    assert (ran.code, ran.out) == (2, "")
    assert 'did you mean "kubernetes"?' in ran.err


def test_rules_that_were_not_tested_are_stated(cli: Cli, repo: Path) -> None:
    assert "from its documentation" in cli("schedule", "next", "--engine", "github-actions", "--target", repo).err
