"""The pilot roster: three repositories, one of them not opted in, in a complete smoke test."""

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kaizen_activity_defs import packaged_definitions, preview_tasks, weekly_definitions
from kaizen_schedule_cli.smoke.running import run_smoke
from kaizen_schedule_core import (
    RepositoryAgents,
    discover_kaizen_scheduled_repos,
    load_manifest,
    prepare_bundle,
    resolve_roster,
    summarize,
)
from kaizen_schedule_core.bundle import DEFAULT_MAX_BYTES
from kaizen_schedule_core.fleet.roster import load_roster
from kaizen_schedule_core.manifest.opt_in import check_schema_file
from kaizen_schedule_core.repo.memory import read_memory

ROOT = Path(__file__).parents[2]
ROSTER = ROOT / "pilot-roster/roster.yml"
SLUGS = ["activity-core", "kaizen-agentic", "the-custodian"]
OPTED_IN = ["kaizen-agentic", "the-custodian"]
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)


def checkout(slug: str) -> Path:
    return ROOT if slug == "kaizen-agentic" else ROOT / "pilot-roster" / slug


def files(folder: Path) -> dict[str, str]:
    kept = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


@pytest.fixture(scope="module")
def smoke() -> dict[str, object]:
    """Return the report of a smoke test, after checking that it did not change the checkouts."""
    folders = [ROOT / "pilot-roster", ROOT / ".kaizen"]
    before = [files(folder) for folder in folders]
    require = ("coach", "optimization")
    done = run_smoke(load_roster(str(ROSTER)), weekly_definitions(), require=require, host=None, session=True)
    assert [files(folder) for folder in folders] == before
    report: dict[str, object] = done.report().model_dump()
    return report


def test_roster_lists_the_three_repositories() -> None:
    roster = load_roster(str(ROSTER))
    assert sorted(entry.repo for entry in roster.entries) == SLUGS
    assert {entry.domain for entry in roster.entries} == {"custodian"}
    assert [entry.problem for entry in roster.entries] == [None] * 3
    assert {entry.repo: entry.local_path for entry in roster.entries} == {slug: str(checkout(slug)) for slug in SLUGS}


def test_one_repository_has_not_opted_in() -> None:
    found = resolve_roster(now=NOW, roster=str(ROSTER), host="any")
    assert {outcome.repo: outcome.outcome for outcome in found.outcomes} == {
        "activity-core": "no-manifest",
        "kaizen-agentic": "scheduled",
        "the-custodian": "scheduled",
    }
    assert sum(found.counts.values()) == 3


@pytest.mark.parametrize("slug", OPTED_IN)
def test_manifests_have_no_diagnostics(slug: str) -> None:
    root = str(checkout(slug))
    checked = load_manifest(root, agents=RepositoryAgents(root), now=NOW, advice=True)
    assert checked.diagnostics == ()
    assert checked.manifest is not None
    enabled = {name for name, schedule in checked.manifest.agents.items() if schedule.enabled}
    assert {"coach", "optimization"} <= enabled
    assert check_schema_file(root, shown="x") == ()


@pytest.mark.parametrize("slug", ["activity-core", "the-custodian"])
def test_fixtures_have_the_files_of_a_checkout(slug: str) -> None:
    root = checkout(slug)
    assert (root / "SCOPE.md").read_text(encoding="utf-8").startswith("# ")
    assert list((root / "workplans").glob("*.md"))
    memory = read_memory(str(root), "coach")
    assert memory is not None
    assert memory.session_count > 0


def test_opted_in_fixture_has_enough_metrics_for_a_summary() -> None:
    for agent in ("coach", "optimization"):
        summary, problems = summarize(str(checkout("the-custodian")), agent)
        assert problems == ()
        assert summary is not None
        assert summary.execution_count >= 10
        assert "unknown" not in summary.trend.values()


@pytest.mark.parametrize("slug", OPTED_IN)
def test_bundles_are_reproducible_and_small_enough(slug: str) -> None:
    first, second = (prepare_bundle(str(checkout(slug)), "coach") for _ in range(2))
    assert first == second
    assert first.diagnostics == ()
    assert 4_000 < len(first.markdown.encode()) <= DEFAULT_MAX_BYTES
    assert first.pointers


def test_smoke_test_passes(smoke: dict[str, object]) -> None:
    assert smoke["passed"] is True
    repos = smoke["repos"]
    assert isinstance(repos, list)
    assert [row["repo"] for row in repos] == SLUGS
    steps = {step["step"]: step for step in repos[0]["steps"]}
    assert steps["init"]["detail"] == "wrote .kaizen/schedule.yml in the copy"
    assert steps["session"]["detail"] == "coach ran and was recorded"
    assert not (checkout("activity-core") / ".kaizen/schedule.yml").exists()


def test_report_covers_the_current_definitions(smoke: dict[str, object]) -> None:
    assert smoke["definitions"] == [
        {"id": draft.id, "digest": draft.digest, "passed": True} for draft in weekly_definitions()
    ]


def test_weekly_definitions_are_disjoint_and_complete() -> None:
    drafts = [draft for draft in packaged_definitions() if "weekly" in draft.id]
    assert len(drafts) == 2
    keys = [task.key for draft in drafts for task in preview_tasks(draft, str(ROSTER), now=NOW).tasks]
    tasks = {tuple(key.split("/")[1:3]) for key in keys}
    assert len(tasks) == len(keys)
    runs = discover_kaizen_scheduled_repos("custodian", "weekly", NOW, roster=str(ROSTER))["scheduled_runs"]
    assert runs
    assert tasks == {(run["repo"], run["agent"]) for run in runs}


def test_copy_of_the_roster_in_another_folder_works(tmp_path: Path) -> None:
    copy = tmp_path / "pilot's roster"
    shutil.copytree(ROOT / "pilot-roster", copy)
    found = resolve_roster(now=NOW, roster=str(copy / "roster.yml"), host="any")
    assert [(run.repo, run.agent) for run in found.runs] == [
        ("the-custodian", "coach"),
        ("the-custodian", "optimization"),
    ]
