"""Dry runs: the tasks, their keys, placeholders and types."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from kaizen_activity_defs import Definition, load_definition, packaged_definition, preview_tasks
from kaizen_activity_defs.conditions import EvaluationError
from kaizen_activity_defs.templates import fill
from kaizen_schedule_core import KaizenError

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"
MANIFEST = """\
version: "1"
agents:
  coach: {cadence: weekly}
  optimization: {cadence: weekly, cron: "30 7 * * 2", enabled: %s}
  testing-efficiency: {cadence: weekly}
  tdd-workflow: {cadence: monthly}
"""


@pytest.fixture
def roster(tmp_path: Path) -> str:
    rows = []
    for slug, domain, enabled in (("b", "custodian", "true"), ("a", "custodian", "false"), ("c", "other", "true")):
        root = tmp_path / slug
        (root / ".kaizen").mkdir(parents=True)
        (root / ".kaizen/schedule.yml").write_text(MANIFEST % enabled, encoding="utf-8")
        rows.append({"slug": slug, "domain": domain, "local_path": slug})
    rows.append({"slug": "gone", "domain": "custodian", "local_path": "gone"})
    path = tmp_path / "roster.yml"
    path.write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")
    return str(path)


def changed(tmp_path: Path, *edits: tuple[str, str]) -> Definition:
    text = packaged_definition(COACH).text
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path / "changed.md"
    path.write_text(text, encoding="utf-8")
    return load_definition(str(path))


def test_weekly_definitions_have_disjoint_tasks(roster: str) -> None:
    now = datetime(2026, 6, 15, 12, tzinfo=UTC)
    found = {
        name: [task.key for task in preview_tasks(packaged_definition(name), roster, now=now).tasks]
        for name in (COACH, OPTIMIZATION)
    }
    assert found == {
        COACH: [f"{COACH}/a/coach/20260615T0700Z", f"{COACH}/b/coach/20260615T0700Z"],
        OPTIMIZATION: [f"{OPTIMIZATION}/b/optimization/20260615T0800Z"],
    }


def test_tasks_of_all_shards_are_those_of_the_roster(roster: str) -> None:
    now, coach = datetime(2026, 6, 15, 12, tzinfo=UTC), packaged_definition(COACH)
    whole = preview_tasks(coach, roster, now=now).tasks
    parts = [preview_tasks(coach, roster, now=now, shard=(index, 3)).tasks for index in range(3)]
    assert len(max(parts, key=len)) < len(whole)
    assert sorted((task for part in parts for task in part), key=lambda task: task.key) == list(whole)


def test_fields_of_a_task(roster: str) -> None:
    done = preview_tasks(packaged_definition(COACH), roster, now=datetime(2026, 6, 15, 7, tzinfo=UTC))
    task = done.tasks[0]
    root = Path(roster).parent / "a"
    key = f"{COACH}/a/coach/20260615T0700Z"
    assert (task.title, task.target_repo, task.priority) == ("Coach orientation: a", "a", "medium")
    assert (task.labels, task.due_in_days) == (["kaizen", "coach"], 3)
    assert (task.key, task.source_id, task.source_type) == (key, key, "activity-definition")
    assert task.activity_definition_id == COACH
    assert f"    kaizen-agentic schedule prepare coach --target {root}\n" in task.description
    assert "{" not in task.description
    assert done.enabled is False


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (datetime(2026, 6, 15, 7, 0, tzinfo=UTC), "20260615T0700Z"),  # a fire at now counts
        (datetime(2026, 6, 15, 6, 59, 59, tzinfo=UTC), "20260608T0700Z"),
        (datetime(2026, 6, 15, 9, 0, tzinfo=timezone(timedelta(hours=2))), "20260615T0700Z"),
        (datetime(2026, 12, 7, 12, tzinfo=UTC), "20261207T0800Z"),  # winter
        (None, "-"),
    ],
)
def test_key_contains_the_last_fire_or_a_dash(roster: str, now: datetime | None, slot: str) -> None:
    done = preview_tasks(packaged_definition(COACH), roster, now=now)
    assert [task.key for task in done.tasks] == [f"{COACH}/{repo}/coach/{slot}" for repo in ("a", "b")]


def test_slot_is_from_the_definition_not_from_the_manifest(roster: str, tmp_path: Path) -> None:
    monthly = changed(
        tmp_path, ("      cadence: weekly", "      cadence: monthly"), ('== "coach"', '== "tdd-workflow"')
    )
    tasks = preview_tasks(monthly, roster, now=datetime(2026, 6, 15, 12, tzinfo=UTC)).tasks
    assert [task.key for task in tasks] == [f"{COACH}/{repo}/tdd-workflow/20260615T0700Z" for repo in ("a", "b")]


def test_no_runs_is_a_result_and_a_missing_roster_an_error(roster: str, tmp_path: Path) -> None:
    nobody = changed(tmp_path, ("domain: custodian", "domain: nobody"))
    assert preview_tasks(nobody, roster).tasks == ()
    with pytest.raises(KaizenError) as raised:
        preview_tasks(nobody, str(tmp_path / "no-roster.yml"))
    assert raised.value.diagnostics[0].code == "KZ101"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'condition: context.run.agent == "coach"',
            "condition: context.run.agnet == 1",
            "unknown path context.run.agnet",
        ),
        ('condition: context.run.agent == "coach"', "condition: context.run.agent", "is not true or false"),
        ('"Coach orientation: {context.run.repo}"', '"Coach {context.run}"', "context.run is not a scalar"),
        ('"Coach orientation: {context.run.repo}"', '"Coach {context.run.x}"', "unknown path context.run.x"),
        ('"Coach orientation: {context.run.repo}"', '"Coach {run.repo}"', "invalid placeholder {run.repo}"),
        ("for_each: context.scheduled_runs", "for_each: context.runs", "no context source binds"),
        ("bind_to: context.scheduled_runs", "bind_to: scheduled_runs", "is not a path below context"),
        ("      cadence: weekly", "      speed: weekly", 'unknown parameter "speed"'),
        ("query: discover_kaizen_scheduled_repos", "query: os.system", 'unknown query "os.system"'),
        ("      cadence: weekly", "      window: soon", "soon"),
        ("      cadence: weekly", "      cadence: hourly", "hourly"),
        ("      cadence: weekly", "      cadence: 7", "7"),
    ],
)
def test_invalid_rule_is_an_error(roster: str, tmp_path: Path, old: str, new: str, expected: str) -> None:
    with pytest.raises(KaizenError) as raised:
        preview_tasks(changed(tmp_path, (old, new)), roster)
    problem = raised.value.diagnostics[0]
    assert problem.severity == "error"
    assert expected in problem.message
    assert problem.hint
    assert problem.file.endswith("changed.md")


CONTEXT: dict[str, Any] = {
    "run": {"repo": "demo", "count": 3, "flag": True, "tags": ["a"], "text": "{context.run.repo}"}
}


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("context.run.count", 3),
        ("context.run.flag", True),
        ("context.run.tags", ["a"]),
        ("context.run.repo", "demo"),
        ("{context.run.repo}", "demo"),
        ("{ context.run.count }", "3"),
        ("for {context.run.repo}, {context.run.count} times", "for demo, 3 times"),
        ("context.run.repo and more", "context.run.repo and more"),
        ("{context.run.text}", "{context.run.repo}"),  # what a value holds is not filled again
        ("100 % {", "100 % {"),
        ("", ""),
    ],
)
def test_placeholders(template: str, value: object) -> None:
    filled = fill(template, CONTEXT)
    assert filled == value
    assert type(filled) is type(value)


@pytest.mark.parametrize(
    "template",
    [
        *["{context.run.tags}", "{context.run}", "{context}", "{context.run.no}", "{x}", "{}"],
        *["{context.run.repo!r}", "{0}"],
    ],
)
def test_invalid_placeholder_is_an_error(template: str) -> None:
    with pytest.raises(EvaluationError):
        fill(template, CONTEXT)
