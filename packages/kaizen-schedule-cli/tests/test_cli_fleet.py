"""`roster explain`, `expect` and `status` for a small fleet."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from kaizen_activity_defs import packaged_definitions
from kaizen_schedule_cli.commands import roster_options
from kaizen_schedule_core import ExecutionRecord, RosterError, ScheduledRun, expected_slots, record_run
from kaizen_schedule_core.clock.cron import valid_cron
from kaizen_schedule_core.fleet.expected import require_slot_limit
from kaizen_schedule_core.fleet.guard import FleetSize, guard_fleet
from kaizen_schedule_core.fleet.resolver import plan_resolution
from kaizen_schedule_core.repo.paths import metrics_path

if TYPE_CHECKING:
    from conftest import Cli

MANIFEST = """\
version: "1"
timezone: Europe/Berlin
agents:
  coach: {cadence: weekly, cron: "30 7 * * 1"}
  optimization: {cadence: weekly}
  scope-analyst: {cadence: daily, cron: "0 */6 * * *"}
  tdd-workflow: {cadence: monthly, enabled: false}
"""
NOW = "2026-11-24T12:00:00Z"  # a Tuesday
COACH, OPTIMIZATION = "kaizen-weekly-coach-orientation", "kaizen-weekly-optimization-review"
TICK = "kaizen-scheduled-runs-tick"


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A roster of three repositories, one of which has not opted in, and a catalog of the packaged drafts."""
    for slug in ("one", "two", "out"):
        (tmp_path / slug / ".kaizen").mkdir(parents=True)
        if slug != "out":
            (tmp_path / slug / ".kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    rows = [{"slug": slug, "domain": "custodian", "local_path": slug} for slug in ("one", "two", "out")]
    rows[1]["domain"] = "other"
    (tmp_path / "roster.yml").write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/README.md").write_text("# The catalog\n", encoding="utf-8")
    for definition in packaged_definitions():
        (tmp_path / f"catalog/{definition.id}.md").write_text(definition.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(cli: Cli, fleet: Path) -> Callable[..., Any]:
    """Runs a roster command over the fleet, and gives its JSON."""
    del fleet

    def call(command: str, *words: str, code: int = 0) -> Any:
        ran = cli("roster", command, "--roster", "roster.yml", "--now", NOW, "--format", "json", *words)
        assert ran.code == code, ran.err
        return ran.json

    return call


def enable(fleet: Path, *names: str) -> None:
    for name in names:
        path = fleet / f"catalog/{name}.md"
        path.write_text(
            path.read_text(encoding="utf-8").replace("enabled: false", "enabled: true", 1), encoding="utf-8"
        )


def record(root: Path, agent: str, timestamp: str, *, success: bool = True) -> None:
    record_run(str(root), ExecutionRecord(timestamp=timestamp, agent=agent, success=success))


def fired_by(answer: Any) -> dict[str, list[str]]:
    return {
        f"{repo['repo']}/{run['agent']}": [firing["definition"] for firing in run["fired_by"]]
        for repo in answer["repos"]
        for run in repo["runs"]
    }


def test_fired_by_is_null_without_a_catalog(ask: Callable[..., Any]) -> None:
    runs = [run for repo in ask("explain")["repos"] for run in repo["runs"]]
    assert [run["fired_by"] for run in runs] == [None] * 6


def test_disabled_definition_fires_no_run(cli: Cli, ask: Callable[..., Any]) -> None:
    assert set(map(tuple, fired_by(ask("explain", "--catalog", "catalog")).values())) == {()}
    ran = cli("roster", "explain", "--roster", "roster.yml", "--catalog", "catalog")
    assert ran.out.count("no enabled definition selects this run") == 6
    assert "No definition in catalog is enabled, so no run is fired." in ran.err


def test_enabled_definition_fires_selected_runs(cli: Cli, ask: Callable[..., Any], fleet: Path) -> None:
    enable(fleet, COACH)
    answer = ask("explain", "--catalog", "catalog")
    assert fired_by(answer) == {  # by the domain of the definition, the cadence word, and the agent of its rule
        "one/coach": [COACH],
        "one/optimization": [],
        "one/scope-analyst": [],
        "two/coach": [],
        "two/optimization": [],
        "two/scope-analyst": [],
    }
    [coach] = [run for run in answer["repos"][0]["runs"] if run["agent"] == "coach"]
    assert coach["cron"] == "30 7 * * 1"
    assert coach["fired_by"] == [
        {"definition": COACH, "cron": "0 9 * * 1", "timezone": "Europe/Berlin", "next": "2026-11-30T08:00:00Z"}
    ]
    text = " ".join(
        cli("roster", "explain", "--roster", "roster.yml", "--catalog", "catalog", "--now", NOW).out.split()
    )
    assert f"fires Mon 09:00 Europe/Berlin through {COACH}; the manifest's cron is Mon 07:30 Europe/Berlin, but" in text


def test_definition_that_nearly_matches_is_listed_with_the_reason(cli: Cli, fleet: Path) -> None:
    enable(fleet, COACH)
    ran = cli("roster", "explain", "--roster", "roster.yml", "--catalog", "catalog", "--now", NOW)
    one, two = " ".join(ran.out.split()).split(" two scheduled ")
    assert f"optimization no enabled definition selects this run; {TICK} would select it, but is disabled;" in one
    assert f"{OPTIMIZATION} would select it" in one
    assert f'{COACH} selects domain "custodian"' in two
    assert COACH not in two.partition("optimization no")[2], "it is not for that agent in any domain"


def test_definition_with_a_window_fires_by_the_manifest(ask: Callable[..., Any], fleet: Path) -> None:
    path = fleet / f"catalog/{COACH}.md"
    text = path.read_text(encoding="utf-8").replace("cadence: weekly", "window: 15m").replace(" == ", " != ", 1)
    assert "window: 15m" in text
    path.write_text(text, encoding="utf-8")
    enable(fleet, COACH)
    runs = ask("explain", "--catalog", "catalog")["repos"][0]["runs"]
    assert {run["agent"]: [(f["cron"], f["next"]) for f in run["fired_by"]] for run in runs} == {
        "coach": [],
        "optimization": [("0 9 * * 1", "2026-11-30T08:00:00Z")],
        "scope-analyst": [("0 */6 * * *", "2026-11-24T17:00:00Z")],
    }


def test_invalid_definition_is_an_error(cli: Cli, fleet: Path) -> None:
    (fleet / f"catalog/{COACH}.md").write_text(
        (fleet / f"catalog/{COACH}.md").read_text(encoding="utf-8").replace("Europe/Berlin", "Berlin"), encoding="utf-8"
    )
    ran = cli("roster", "explain", "--roster", "roster.yml", "--catalog", "catalog")
    assert (ran.code, ran.out) == (1, "")
    assert "KZ301" in ran.err


def test_definitions_of_others_are_ignored(ask: Callable[..., Any], fleet: Path) -> None:
    other = "---\nid: backup\ntype: activity-definition\ncontext_sources:\n  - query: list_disks\n---\nAnother's.\n"
    (fleet / "catalog/backup.md").write_text(other, encoding="utf-8")
    assert fired_by(ask("explain", "--catalog", "catalog"))


@pytest.mark.parametrize(("catalog", "code"), [("missing", 4), ("roster.yml", 4), ("one", 1)])
def test_a_folder_that_is_not_a_catalog_is_an_error(cli: Cli, fleet: Path, catalog: str, code: int) -> None:
    del fleet
    for command in (("explain",), ("status",), ("expect", "--since", "2026-01-01", "--until", "2026-01-02")):
        ran = cli("roster", *command, "--roster", "roster.yml", "--catalog", catalog)
        assert (ran.code, ran.out) == (code, ""), command


def test_expected_runs_of_the_manifests(cli: Cli, ask: Callable[..., Any]) -> None:
    answer = ask(
        "expect", "--since", "2026-11-23T06:30:00Z", "--until", "2026-11-23T11:00:00Z", "--domain", "custodian"
    )
    assert answer == {
        "version": "1",
        "clock": "manifest",
        "slots": [
            {
                "slot": f"one/{agent}/20261123T{time}Z",
                "repo": "one",
                "agent": agent,
                "at": f"2026-11-23T{local}:00+01:00",
                "utc": f"2026-11-23T{time[:2]}:{time[2:]}:00Z",
                "recorded": None,
                "success": None,
            }
            for agent, time, local in (("optimization", "0800", "09:00"), ("scope-analyst", "1100", "12:00"))
        ],  # (since, until]: the coach's 06:30Z is outside, the scope-analyst's 11:00Z inside
    }
    line = "expect --since 2026-11-23 --until 2026-11-24 --roster roster.yml"
    text = cli("roster", *line.split())
    assert text.out.startswith("Times are from the manifests. Use --catalog")
    assert max(map(len, text.out.splitlines())) <= 80
    assert "expected runs of 3 repositories: 1 no-manifest, 2 scheduled" in text.err


def test_expected_runs_of_a_catalog(ask: Callable[..., Any], fleet: Path) -> None:
    enable(fleet, COACH, OPTIMIZATION)
    answer = ask("expect", "--since", "2026-11-16", "--until", "2026-11-30", "--catalog", "catalog")
    assert answer["clock"] == "catalog"
    assert [slot["slot"] for slot in answer["slots"]] == [
        "one/coach/20261116T0800Z",
        "one/optimization/20261116T0900Z",
        "one/coach/20261123T0800Z",
        "one/optimization/20261123T0900Z",
    ]


def test_two_definitions_that_fire_at_the_same_time_have_one_slot(ask: Callable[..., Any], fleet: Path) -> None:
    text = (fleet / f"catalog/{COACH}.md").read_text(encoding="utf-8").replace(COACH, "another")
    (fleet / "catalog/another.md").write_text(text, encoding="utf-8")
    enable(fleet, COACH, "another")
    answer = ask("expect", "--since", "2026-11-23", "--until", "2026-11-24", "--catalog", "catalog")
    assert [slot["slot"] for slot in answer["slots"]] == ["one/coach/20261123T0800Z"]
    assert fired_by(ask("explain", "--catalog", "catalog"))["one/coach"] == ["another", COACH]


@pytest.mark.parametrize(
    ("since", "until"), [("2026-01-02", "2026-01-01"), ("2026-01-01", "2026-01-01"), ("then", "2026-01-01")]
)
def test_invalid_period_is_wrong_usage(cli: Cli, fleet: Path, since: str, until: str) -> None:
    del fleet
    ran = cli("roster", "expect", "--roster", "roster.yml", "--since", since, "--until", until)
    assert (ran.code, ran.out) == (2, "")


def test_too_many_expected_runs_are_wrong_usage(cli: Cli, fleet: Path) -> None:
    often = MANIFEST.replace("30 7 * * 1", "* * * * *").replace("weekly", "daily")
    (fleet / "one/.kaizen/schedule.yml").write_text(often, encoding="utf-8")
    ran = cli("roster", "expect", "--roster", "roster.yml", "--since", "2026-01-01", "--until", "2029-01-01")
    assert (ran.code, ran.out) == (2, "")
    assert "more than 1,000,000" in ran.err


def test_the_limit_of_expected_runs_is_that_of_the_whole_fleet(
    cli: Cli, fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fleet
    period = ("roster", "expect", "--roster", "roster.yml", "--since", "2026-01-01", "--until", "2026-03-01")
    assert cli(*period).code == 0
    limit = partial(require_slot_limit, limit=1)
    monkeypatch.setattr("kaizen_schedule_cli.commands.roster.expect.require_slot_limit", limit)
    ran = cli(*period)
    assert (ran.code, ran.out) == (2, "")
    assert "more than 1 expected runs" in ran.err


def states(answer: Any) -> dict[str, str]:
    return {f"{row['repo']}/{row['agent']}": row["state"] for row in answer["rows"]}


def test_the_states_of_a_fleet(cli: Cli, ask: Callable[..., Any], fleet: Path) -> None:
    record(fleet / "one", "coach", "2026-11-23T06:31:00Z")
    record(fleet / "one", "optimization", "2026-11-23T08:01:00Z", success=False)
    record(fleet / "two", "coach", "2026-11-23T06:29:59Z")
    (fleet / "two" / metrics_path("optimization")).mkdir(parents=True)
    (fleet / "two" / metrics_path("scope-analyst")).parent.mkdir(parents=True)
    (fleet / "two" / metrics_path("scope-analyst")).write_text("<<<<<<< HEAD\n", encoding="utf-8")
    answer = ask("status")
    assert list(answer) == ["version", "clock", "rows"]
    assert answer["rows"][0] == {
        "repo": "one",
        "agent": "coach",
        "last_expected": "2026-11-23T06:30:00Z",
        "last_recorded": "2026-11-23T06:31:00Z",
        "state": "ok",
        "cost_usd": None,
        "skipped_lines": 0,
    }
    assert [row["skipped_lines"] for row in answer["rows"] if row["repo"] == "two"] == [0, 0, 1, 0]
    assert states(answer) == {
        "one/coach": "ok",
        "one/optimization": "failed",
        "one/scope-analyst": "never",
        "one/tdd-workflow": "paused",
        "two/coach": "overdue",
        "two/optimization": "unreadable",
        "two/scope-analyst": "never",
        "two/tdd-workflow": "paused",
    }
    ran = cli("roster", "status", "--roster", "roster.yml", "--now", NOW)
    assert ran.code == 0
    assert "error[KZ102]" in ran.err
    assert "warning[KZ241]" in ran.err
    assert "8 agents: 2 paused, 2 never, 1 unreadable, 1 failed, 1 overdue, 1 ok, of 3 repositories" in ran.err
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("recorded", "grace", "state"),
    [
        ("2026-11-24T11:01:00Z", "24h", "ok"),
        ("2026-11-23T11:00:00Z", "24h", "ok"),  # since the slot whose grace is just over
        ("2026-11-23T10:59:59Z", "24h", "overdue"),
        ("2026-11-24T10:59:00Z", "1h", "overdue"),
        ("2026-11-24T10:59:00Z", "61m", "ok"),
    ],
)
def test_agent_with_fires_within_the_grace_can_be_overdue(
    ask: Callable[..., Any], fleet: Path, recorded: str, grace: str, state: str
) -> None:
    record(fleet / "one", "scope-analyst", recorded)  # due at 05:00Z, 11:00Z, 17:00Z and 23:00Z
    assert states(ask("status", "--grace", grace))["one/scope-analyst"] == state


def test_success_after_a_failure_is_ok(ask: Callable[..., Any], fleet: Path) -> None:
    record(fleet / "one", "coach", "2026-11-23T07:00:00Z", success=False)
    assert states(ask("status"))["one/coach"] == "failed"
    record(fleet / "one", "coach", "2026-11-23T08:00:00Z")
    assert states(ask("status"))["one/coach"] == "ok"


@pytest.mark.parametrize(
    ("timestamp", "success", "code"),
    [("2026-11-23T07:00:00Z", True, 0), ("2026-11-23T07:00:00Z", False, 3), ("2026-11-20T07:00:00Z", True, 3)],
)
def test_check_exits_3_for_an_unhealthy_agent(
    ask: Callable[..., Any], fleet: Path, timestamp: str, *, success: bool, code: int
) -> None:
    assert ask("status", "--check")["rows"], "nothing recorded yet is not a problem"
    record(fleet / "one", "coach", timestamp, success=success)
    assert ask("status", "--check", code=code)["rows"]


BROKEN = {
    "path-missing": "rm -r one",
    "invalid-manifest": "echo 'x: 1' >> one/.kaizen/schedule.yml",
    "newer-manifest": "echo 'version: \"2\"' > one/.kaizen/schedule.yml",
    "unreadable": "rm -r one; echo x > one",
}


@pytest.mark.parametrize("outcome", BROKEN)
def test_check_exits_3_for_a_broken_repository(cli: Cli, ask: Callable[..., Any], fleet: Path, outcome: str) -> None:
    record(fleet / "one", "coach", "2026-11-20T07:00:00Z")  # overdue
    subprocess.run(["sh", "-ec", BROKEN[outcome]], cwd=fleet, check=True)
    rows = ask("status", "--check", code=3)["rows"]
    assert {row["repo"] for row in rows} == {"two"}
    assert ask("status", "--check", "--only-runs")["rows"] == ask("status")["rows"] == rows
    assert ask("status", "--check", "--domain", "other")["rows"] == rows, "filtered entries are not broken"
    ran = cli("roster", "status", "--roster", "roster.yml", "--agent", "coach", "--check")
    assert ran.code == 3
    assert re.search(f"^one: {outcome}: .", ran.err, re.MULTILINE)


@pytest.mark.parametrize(
    ("row", "name", "code"),
    [
        ({"slug": "two"}, "two: duplicate-slug: ", 3),
        ({"slug": "three", "domain": 7}, "three: invalid-entry: ", 3),
        ({"domain": "x"}, "#4: invalid-entry: ", 3),
        ({"slug": "three", "local_path": "one/."}, "", 0),
        ({"slug": "three", "host_paths": {"elsewhere": "x"}}, "", 0),
        ({"slug": "three", "local_path": "gone", "kaizen_schedule_enabled": False}, "", 0),
    ],
)
def test_check_exits_3_for_a_broken_entry(cli: Cli, fleet: Path, row: dict[str, Any], name: str, code: int) -> None:
    roster = json.loads((fleet / "roster.yml").read_text(encoding="utf-8"))
    roster["repos"].append(row)
    (fleet / "roster.yml").write_text(json.dumps(roster), encoding="utf-8")
    ran = cli("roster", "status", "--roster", "roster.yml", "--now", NOW, "--check")
    assert ran.code == code
    assert name in ran.err
    assert cli("roster", "status", "--roster", "roster.yml", "--now", NOW, "--check", "--only-runs").code == 0


def test_only_runs_requires_check(cli: Cli, fleet: Path) -> None:
    del fleet
    ran = cli("roster", "status", "--roster", "roster.yml", "--only-runs")
    assert (ran.code, ran.out) == (2, "")
    assert "--only-runs requires --check" in ran.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--domain", "custodain"), 'the domain "custodain": did you mean "custodian"?'),
        (("--domain", "Custodian"), 'the domain "Custodian": did you mean "custodian"?'),
        (("--domain", "zzz"), 'the domain "zzz": the domains are "custodian", "other"'),
        (("--agent", "coahc"), 'the agent "coahc": did you mean "coach"?'),
        (("--agent", "nosuch"), 'the agent "nosuch": list them with: kaizen-agentic schedule agents'),
        (("--agent", "nosuch", "--domain", "other"), 'the agent "nosuch"'),
        (("--agent", "nosuch", "--state", "fleet.json"), 'the agent "nosuch"'),
        (("--domain", "zzz", "--state", "fleet.json"), 'the domain "zzz"'),
    ],
    ids=str,
)
def test_filter_value_that_nothing_has_is_wrong_usage(
    cli: Cli, fleet: Path, words: tuple[str, ...], expected: str
) -> None:
    for command in ("resolve", "explain", "status", "expect --since 2026-01-01 --until 2026-01-02"):
        ran = cli("roster", *command.split(), "--roster", "roster.yml", *words)
        assert (ran.code, ran.out) == (2, ""), command
        assert expected in ran.err
    assert not (fleet / "fleet.json").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--agent", "keepaTodofile"),  # packaged
        ("--agent", "reviewer"),  # in a repository that has not opted in
        ("--agent", "reviewer", "--domain", "other"),
        ("--agent", "reviewer", "--shard", "1/2"),
        ("--agent", "reviewer", "--shard", "2/2"),
        ("--agent", "coach", "--cadence", "monthly"),
        ("--domain", "empty"),
    ],
    ids=str,
)
def test_filter_value_that_yields_no_runs_is_a_result(cli: Cli, fleet: Path, words: tuple[str, ...]) -> None:
    (fleet / "out/agents").mkdir()
    (fleet / "out/agents/agent-reviewer.md").write_text("x", encoding="utf-8")
    roster = json.loads((fleet / "roster.yml").read_text(encoding="utf-8"))
    roster["repos"].append({"slug": "gone", "domain": "empty", "local_path": "gone"})
    (fleet / "roster.yml").write_text(json.dumps(roster), encoding="utf-8")
    ran = cli("roster", "resolve", "--roster", "roster.yml", "--format", "json", *words)
    assert (ran.code, ran.json) == (0, {"scheduled_runs": []})


def test_a_filter_with_state_resolves_the_fleet_once(cli: Cli, fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del fleet
    words = ("roster", "explain", "--roster", "roster.yml", "--agent", "coach", "--domain", "other", "--format", "json")
    plain = cli(*words).json
    resolving = Mock(wraps=plan_resolution)
    monkeypatch.setattr(roster_options, "plan_resolution", resolving)
    assert cli(*words, "--state", "fleet.json").json == plain
    assert resolving.call_count == 1


def test_status_uses_the_catalog_if_given(ask: Callable[..., Any], fleet: Path) -> None:
    record(fleet / "one", "coach", "2026-11-23T07:00:00Z")  # after the manifest's slot, before the definition's
    assert states(ask("status"))["one/coach"] == "ok"
    enable(fleet, COACH)
    answer = ask("status", "--catalog", "catalog")
    assert answer["clock"] == "catalog"
    assert states(answer)["one/coach"] == "overdue"
    assert answer["rows"][1]["last_expected"] is None, "no enabled definition selects optimization"


def test_guard_counts_the_complete_fleet(cli: Cli, fleet: Path) -> None:
    words = ("roster", "resolve", "--roster", "roster.yml", "--state", "fleet.json")
    assert cli(*words).code == 0
    whole = (fleet / "fleet.json").read_bytes()
    assert json.loads(whole) == {"version": "1", "entries": 3, "opted_in": 2}
    for narrowed in (("--domain", "other"), ("--cadence", "monthly"), ("--window", "1m"), ("--agent", "coach")):
        assert cli(*words, *narrowed).code == 0
        assert (fleet / "fleet.json").read_bytes() == whole
    (fleet / "one/.kaizen/schedule.yml").unlink()
    for command in ("resolve", "explain", "status"):
        ran = cli("roster", command, "--roster", "roster.yml", "--state", "fleet.json")
        assert (ran.code, ran.out) == (4, "")
        assert "opted-in repositories remain: 1, down from 2" in ran.err
    (fleet / "two/.kaizen/schedule.yml").write_text(MANIFEST + "x: 1\n", encoding="utf-8")
    assert cli(*words).code == 4
    assert (fleet / "fleet.json").read_bytes() == whole
    assert cli(*words, "--allow-shrink").code == 0
    assert json.loads((fleet / "fleet.json").read_bytes())["opted_in"] == 0


def test_shards_together_are_the_roster(ask: Callable[..., Any], fleet: Path) -> None:
    slugs = [f"repo-{number}" for number in range(12)]
    for slug in slugs:
        (fleet / slug / ".kaizen").mkdir(parents=True)
        (fleet / slug / ".kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    rows = [{"slug": slug, "local_path": slug} for slug in (*slugs, "gone", "not a slug")]
    (fleet / "roster.yml").write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")
    shards = [("--shard", f"{number}/3") for number in (1, 2, 3)]
    days = ("--since", "2026-11-23", "--until", "2026-11-24")
    for command, words, key in [
        ("resolve", (), "scheduled_runs"),
        ("explain", (), "repos"),
        ("expect", days, "slots"),
        ("status", (), "rows"),
    ]:
        whole = ask(command, *words)[key]
        parts = [ask(command, *words, *shard)[key] for shard in shards]
        assert all(len(part) < len(whole) for part in parts)
        joined = list(itertools.chain(*parts))
        assert sorted(map(json.dumps, joined)) == sorted(map(json.dumps, whole))
    whole, *answers = [ask("explain", *words) for words in ((), *shards)]
    assert len({answer["roster"]["digest"] for answer in (whole, *answers)}) == 1
    for outcome, count in whole["counts"].items():
        assert sum(answer["counts"][outcome] for answer in answers) == count
    assert sum(answer["roster"]["repos"] for answer in answers) == whole["roster"]["repos"] == len(rows)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--shard", "0/8"), "write a shard as 2/8"),
        (("--shard", "9/8"), "write a shard as 2/8"),
        (("--shard", "2"), "write a shard as 2/8"),
        (("--shard", ""), "write a shard as 2/8"),
        (("--shard", "1/2", "--state", "fleet.json"), "cannot be combined with --state"),
    ],
)
def test_invalid_shard_and_shard_with_state_are_wrong_usage(
    cli: Cli, fleet: Path, words: tuple[str, ...], expected: str
) -> None:
    for command in ("resolve", "explain", "status"):
        ran = cli("roster", command, "--roster", "roster.yml", *words)
        assert (ran.code, ran.out) == (2, "")
        assert expected in ran.err
    assert not (fleet / "fleet.json").exists()


@pytest.mark.parametrize(
    ("before", "now", "code"), [(10, 8, 0), (10, 7, 4), (5, 4, 0), (4, 3, 4), (0, 0, 0), (3, 9, 0)]
)
def test_four_fifths_must_remain(tmp_path: Path, before: int, now: int, code: int) -> None:
    state = str(tmp_path / "fleet.json")
    guard_fleet(FleetSize(entries=before, opted_in=0), state)
    if code == 0:
        guard_fleet(FleetSize(entries=now, opted_in=0), state)
    else:
        with pytest.raises(RosterError) as caught:
            guard_fleet(FleetSize(entries=now, opted_in=0), state)
        assert caught.value.diagnostics[0].code == "KZ405"


def test_state_file_that_cannot_be_written_is_an_error(cli: Cli, fleet: Path) -> None:
    (fleet / "folder").mkdir()
    for state in ("folder", "missing/fleet.json"):
        ran = cli("roster", "resolve", "--roster", "roster.yml", "--state", state)
        assert (ran.code, ran.out) == (4, "")


def test_consecutive_periods_have_the_slots_of_the_complete_period(fleet: Path) -> None:
    """Cut anywhere, also inside the repeated hour, the parts give the slots of the whole."""
    del fleet
    runs = [
        ScheduledRun(
            repo="one",
            root="/srv/one",
            agent="coach",
            cadence="daily",
            cron=valid_cron(cron),
            timezone=zone,
            enabled=True,
            prepare_command="",
        )
        for cron in ("30 2 * * *", "*/15 * * * *", "0 * * * *", "*/20 1 * * *")
        for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
    ]
    begin = datetime(2026, 10, 24, 20, tzinfo=UTC)
    for run in runs:
        for length in (timedelta(minutes=15), timedelta(minutes=50), timedelta(hours=1)):
            cuts = [begin + length * count for count in range(20)]
            parts = [slot for start, end in itertools.pairwise(cuts) for slot in expected_slots([run], start, end)]
            assert parts == list(expected_slots([run], cuts[0], cuts[-1])), (run.cron, run.timezone)
