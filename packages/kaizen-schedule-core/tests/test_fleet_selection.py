from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from kaizen_schedule_core import ScheduledRun, discover_kaizen_scheduled_repos, resolve_roster

FIELDS = ["repo", "root", "agent", "cadence", "cron", "timezone", "enabled", "prepare_command"]
MANIFEST = """version: "1"
timezone: Europe/Berlin
agents:
  scope-analyst: {cadence: monthly}
  optimization: {cadence: weekly, cron: "0 10 * * 1"}
  coach: {cadence: weekly}
  tdd-workflow: {cadence: weekly, enabled: false}
"""
# Monday 2026-06-15, 09:00 in Berlin.
MONDAY = datetime(2026, 6, 15, 7, 0, tzinfo=UTC)


@pytest.fixture
def roster(tmp_path: Path) -> str:
    rows = []
    for slug, domain in (("zeta", "custodian"), ("Alpha", "custodian"), ("beta", "other"), ("a.b", None)):
        (tmp_path / slug / ".kaizen").mkdir(parents=True)
        (tmp_path / slug / ".kaizen" / "schedule.yml").write_text(MANIFEST)
        rows.append({"slug": slug, "domain": domain, "local_path": slug})
    path = tmp_path / "roster.yml"
    path.write_text(yaml.safe_dump({"version": "1", "repos": rows}))
    return str(path)


def runs(roster: str, **asked: Any) -> list[tuple[str, str]]:
    found = discover_kaizen_scheduled_repos(roster=roster, **asked)["scheduled_runs"]
    return [(str(run["repo"]), str(run["agent"])) for run in found]


def agents(roster: str, **asked: Any) -> set[str]:
    return {agent for _, agent in runs(roster, **asked)}


def test_the_result_has_exactly_the_eight_fields_in_order(roster: str, tmp_path: Path) -> None:
    answer = discover_kaizen_scheduled_repos(roster=roster, agent="optimization", domain="other")
    assert list(answer) == ["scheduled_runs"]
    (run,) = answer["scheduled_runs"]
    assert list(run) == FIELDS
    assert list(ScheduledRun.__slots__) == FIELDS
    root = str(tmp_path / "beta")
    assert run == {
        "repo": "beta",
        "root": root,
        "agent": "optimization",
        "cadence": "weekly",
        "cron": "0 10 * * 1",
        "timezone": "Europe/Berlin",
        "enabled": True,
        "prepare_command": f"kaizen-agentic schedule prepare optimization --target {root}",
    }
    assert json.loads(json.dumps(answer)) == answer


def test_runs_are_sorted_and_disabled_agents_do_not_run(roster: str) -> None:
    found = runs(roster)
    assert found == sorted(found)
    assert found == [
        (repo, agent)
        for repo in ("Alpha", "a.b", "beta", "zeta")
        for agent in ("coach", "optimization", "scope-analyst")
    ]
    assert "tdd-workflow" not in agents(roster, agent="tdd-workflow")


def test_discover_returns_the_runs_of_the_resolution(roster: str) -> None:
    questions: list[dict[str, Any]] = [{}, {"domain": "custodian"}, {"cadence": "monthly"}, {"agent": "coach"}]
    for asked in questions:
        full = resolve_roster(roster=roster, now=MONDAY, **asked)
        discovered = discover_kaizen_scheduled_repos(roster=roster, now=MONDAY, **asked)
        assert discovered == {"scheduled_runs": [run.as_json() for run in full.runs]}


def test_each_filter_keeps_matching_runs(roster: str) -> None:
    assert {repo for repo, _ in runs(roster, domain="custodian")} == {"Alpha", "zeta"}
    assert {repo for repo, _ in runs(roster, domain="other")} == {"beta"}
    assert runs(roster, domain="nobody") == []
    assert agents(roster, cadence="weekly") == {"coach", "optimization"}
    assert agents(roster, cadence="monthly") == {"scope-analyst"}
    assert agents(roster, cadence="daily") == set()
    assert runs(roster, domain="other", cadence="weekly", agent="coach") == [("beta", "coach")]
    assert runs(roster, domain="other", cadence="monthly", agent="coach") == []


def test_filtered_entries_have_an_outcome(roster: str) -> None:
    resolution = resolve_roster(roster=roster, now=MONDAY, domain="custodian", agent="nobody")
    assert [(found.repo, found.outcome) for found in resolution.outcomes] == [
        (repo, "filtered") for repo in ("Alpha", "a.b", "beta", "zeta")
    ]
    assert resolution.counts["filtered"] == 4
    assert "its domain is other, not custodian" in resolution.outcomes[2].detail


@pytest.mark.parametrize(
    ("now", "minutes", "expected"),
    [
        (MONDAY, 15, {"coach"}),
        (MONDAY - timedelta(microseconds=1), 15, set()),
        (MONDAY + timedelta(minutes=15), 15, set()),
        (MONDAY + timedelta(minutes=15) - timedelta(microseconds=1), 15, {"coach"}),
        (MONDAY + timedelta(hours=1), 60, {"optimization"}),
        (MONDAY + timedelta(hours=1), 61, {"coach", "optimization"}),
        (MONDAY, 7 * 24 * 60, {"coach", "optimization"}),
        (MONDAY, 31 * 24 * 60, {"coach", "optimization", "scope-analyst"}),
        (MONDAY, 0, set()),
    ],
)
def test_a_window_excludes_its_start_and_includes_now(
    roster: str, now: datetime, minutes: int, expected: set[str]
) -> None:
    assert agents(roster, now=now, window=timedelta(minutes=minutes)) == expected


def test_the_offset_of_now_does_not_matter(roster: str) -> None:
    elsewhere = MONDAY.astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    window = timedelta(minutes=15)
    assert runs(roster, now=elsewhere, window=window) == runs(roster, now=MONDAY, window=window) != []


def test_adjacent_windows_cover_each_fire_once(roster: str) -> None:
    window = timedelta(minutes=15)
    ticks = [MONDAY - timedelta(hours=1) + window * step for step in range(13)]
    fired = [agent for tick in ticks for agent in sorted(agents(roster, now=tick, window=window))]
    assert fired == ["coach", "optimization"]


def test_without_a_window_the_time_is_not_a_filter(roster: str) -> None:
    assert runs(roster, now=MONDAY) == runs(roster, now=MONDAY + timedelta(days=3)) == runs(roster)


def test_a_now_without_an_offset_is_a_value_error(roster: str) -> None:
    for use in (resolve_roster, discover_kaizen_scheduled_repos):
        with pytest.raises(ValueError, match="offset"):
            use(roster=roster, now=datetime(2026, 6, 15, 9, 0))  # noqa: DTZ001 - that is what is wrong with it


def test_every_prepare_command_runs_unchanged_for_its_root(tmp_path: Path) -> None:
    stub = tmp_path / "bin"
    stub.mkdir()
    (stub / "kaizen-agentic").write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    (stub / "kaizen-agentic").chmod(0o755)
    names = ["with space", "it's", 'qu"ote', "semi;touch pwned", "$HOME", "`id`", "-rf", "*", "\u00fc\u6f22"]
    rows = []
    for number, name in enumerate(names):
        (tmp_path / name / ".kaizen").mkdir(parents=True)
        (tmp_path / name / ".kaizen" / "schedule.yml").write_text(MANIFEST)
        rows.append({"slug": f"repo{number}", "local_path": name})
    roster = tmp_path / "roster.yml"
    roster.write_text(yaml.safe_dump({"version": "1", "repos": rows}, allow_unicode=True))
    found = discover_kaizen_scheduled_repos(roster=roster, agent="coach")["scheduled_runs"]
    assert [run["root"] for run in found] == [str(tmp_path / name) for name in names]
    for run in found:
        done = subprocess.run(
            ["sh", "-c", str(run["prepare_command"])],
            cwd=tmp_path,
            env={"PATH": f"{stub}:/usr/bin:/bin"},
            capture_output=True,
            check=True,
            timeout=20,
        )
        arguments = done.stdout.decode().split("\0")[:-1]
        assert arguments == ["schedule", "prepare", "coach", "--target", run["root"]]
    assert not (tmp_path / "pwned").exists()


def test_an_empty_host_is_an_error(roster: str) -> None:
    with pytest.raises(ValueError, match="host is empty"):
        resolve_roster(roster=roster, host="")
