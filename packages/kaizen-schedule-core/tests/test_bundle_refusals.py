from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kaizen_schedule_core import Bundle, ExecutionRecord, KaizenError, prepare_bundle, record_run

MANIFEST = (
    'version: "1"\nagents:\n  coach:\n    cadence: weekly\n  optimization:\n    cadence: daily\n    enabled: false\n'
)
MEMORY = (
    "---\nagent: coach\nproject: demo\nlast_updated: 2026-01-05\nsession_count: 2\n---\n\n## Session Log\n\n- SECRET\n"
)


def repository(root: Path, manifest: str | None = MANIFEST) -> Path:
    (root / ".kaizen").mkdir(parents=True)
    if manifest is not None:
        (root / ".kaizen" / "schedule.yml").write_text(manifest)
    return root


def refused(root: Path, agent: str = "coach", *, unscheduled: bool = False) -> KaizenError:
    with pytest.raises(KaizenError) as caught:
        prepare_bundle(str(root), agent, unscheduled=unscheduled)
    return caught.value


def code(error: KaizenError) -> str:
    return error.diagnostics[0].code


def run_lines(bundle: Bundle) -> list[str]:
    return bundle.markdown.split("```text\n", 1)[1].split("\n```", 1)[0].split("\n")


def test_an_undeclared_agent_is_an_error_with_a_hint(tmp_path: Path) -> None:
    problem = refused(repository(tmp_path / "demo"), "tdd-workflow").diagnostics[0]
    assert problem.code == "KZ322"
    assert "coach, optimization" in problem.message
    assert "--unscheduled" in (problem.hint or "")


def test_a_paused_agent_is_an_error_with_a_hint(tmp_path: Path) -> None:
    problem = refused(repository(tmp_path / "demo"), "optimization").diagnostics[0]
    assert problem.code == "KZ323"
    assert "--unscheduled" in (problem.hint or "")


@pytest.mark.parametrize("unscheduled", [False, True])
def test_an_unknown_agent_is_an_error_with_a_suggestion(tmp_path: Path, *, unscheduled: bool) -> None:
    problem = refused(repository(tmp_path / "demo"), "coahc", unscheduled=unscheduled).diagnostics[0]
    assert (problem.code, problem.hint) == ("KZ320", 'did you mean "coach"?')


def test_unscheduled_accepts_a_paused_agent(tmp_path: Path) -> None:
    bundle = prepare_bundle(str(repository(tmp_path / "demo")), "optimization", unscheduled=True)
    assert (bundle.cadence, bundle.cron, bundle.timezone) == ("daily", "0 9 * * *", "Europe/Berlin")
    assert "enabled: false (paused)" in run_lines(bundle)


def test_unscheduled_accepts_an_undeclared_agent(tmp_path: Path) -> None:
    bundle = prepare_bundle(str(repository(tmp_path / "demo")), "tdd-workflow", unscheduled=True)
    assert (bundle.cadence, bundle.cron, bundle.timezone) == (None, None, None)
    assert run_lines(bundle)[:2] == ["agent: tdd-workflow", "scheduled: no"]


def test_unscheduled_works_without_a_manifest(tmp_path: Path) -> None:
    assert code(refused(tmp_path)) == "KZ101"
    bundle = prepare_bundle(str(tmp_path), "coach", unscheduled=True)
    assert (bundle.cadence, bundle.cron) == (None, None)
    assert os.listdir(tmp_path) == []


def test_an_invalid_manifest_is_an_error_with_unscheduled_as_well(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo", MANIFEST.replace("weekly", "weekley"))
    assert code(refused(root)) == code(refused(root, unscheduled=True)) == "KZ203"


@pytest.mark.parametrize("line", ["surprise: 1", "surprise:", "surprise: null"])
def test_an_unknown_key_without_value_is_reported(tmp_path: Path, line: str) -> None:
    root = repository(tmp_path / "demo", MANIFEST + line + "\n")
    assert [(problem.code, problem.line) for problem in refused(root).diagnostics] == [("KZ202", 8)]


def test_prepare_writes_no_files(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo")
    record_run(str(root), ExecutionRecord(timestamp="2026-06-17T09:00:00Z", agent="coach", success=True))
    before = sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*"))
    prepare_bundle(str(root), "coach")
    assert sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*")) == before


def test_an_agent_without_memory_has_one_session_close_command(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo")
    (root / "agents").mkdir()
    (root / "agents" / "agent-coach.md").write_text(
        "---\nname: coach\ndescription: d\ncategory: c\nmemory: disabled\n---\nx\n"
    )
    folder = root / ".kaizen" / "agents" / "coach"
    folder.mkdir(parents=True)
    (folder / "memory.md").write_text(MEMORY)
    bundle = prepare_bundle(str(root), "coach")
    assert "SECRET" not in bundle.markdown
    assert bundle.has_memory is False
    assert bundle.session_close == (f"kaizen-agentic metrics record coach --success --target {root}",)


def test_invalid_metrics_lines_are_warnings(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo")
    file = root / ".kaizen" / "metrics" / "coach" / "executions.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('<<<<<<< HEAD\n{"timestamp":"2031-01-01T00:00:00Z","agent":"coach","success":true}\n')
    bundle = prepare_bundle(str(root), "coach", now=datetime(2026, 11, 27, tzinfo=UTC))
    assert [(problem.code, problem.severity, problem.line) for problem in bundle.diagnostics] == [
        ("KZ241", "warning", 1),
        ("KZ241", "warning", 2),
    ]
    assert bundle.has_metrics is False


def test_an_incomplete_metrics_line_and_an_unreadable_pointer_are_warnings(tmp_path: Path) -> None:
    root = repository(tmp_path / "demo")
    folder = root / ".kaizen" / "metrics" / "coach"
    folder.mkdir(parents=True)
    (folder / "executions.jsonl").write_text("{torn")
    (root / "SCOPE.md").symlink_to("/etc/hostname")
    bundle = prepare_bundle(str(root), "coach")
    assert [(problem.code, problem.severity) for problem in bundle.diagnostics] == [
        ("KZ242", "warning"),
        ("KZ104", "warning"),
    ]
    assert bundle.has_metrics is False


OUTSIDE = {
    "memory file": ".kaizen/agents/coach/memory.md",
    "memory folder": ".kaizen/agents/coach",
    "all memories": ".kaizen/agents",
    "metrics file": ".kaizen/metrics/coach/executions.jsonl",
    "metrics folder": ".kaizen/metrics/coach",
    "manifest": ".kaizen/schedule.yml",
    "kaizen folder": ".kaizen",
    "agents folder": "agents",
    "agent file": "agents/agent-coach.md",
}


@pytest.mark.parametrize("what", sorted(OUTSIDE))
@pytest.mark.parametrize("how", ["absolute", "dots", "through another link"])
def test_nothing_outside_the_root_is_read(tmp_path: Path, what: str, how: str) -> None:
    root, theirs = repository(tmp_path / "mine"), repository(tmp_path / "theirs")
    for home in (root, theirs):
        (home / ".kaizen" / "agents" / "coach").mkdir(parents=True)
        (home / ".kaizen" / "agents" / "coach" / "memory.md").write_text(MEMORY)
        (home / "agents").mkdir()
        (home / "agents" / "agent-coach.md").write_text("---\nname: coach\ndescription: d\ncategory: c\n---\nSECRET\n")
        record_run(str(home), ExecutionRecord(timestamp="2026-06-17T09:00:00Z", agent="coach", success=True))
    assert "SECRET" in prepare_bundle(str(root), "coach").markdown, "the test is valid: without the symlink it is read"

    place, target = root / OUTSIDE[what], theirs / OUTSIDE[what]
    place.rename(tmp_path / "aside")
    if how == "dots":
        place.symlink_to(os.path.relpath(target, place.parent))
    elif how == "absolute":
        place.symlink_to(target)
    else:
        (root / "hop").symlink_to(target)
        place.symlink_to(os.path.relpath(root / "hop", place.parent))
    assert place.exists()
    for unscheduled in (False, True):
        assert code(refused(root, unscheduled=unscheduled)) == "KZ104"


@pytest.mark.parametrize("what", ["memory file", "metrics file", "manifest", "agent file"])
@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_special_files_are_an_immediate_error(tmp_path: Path, what: str, kind: str) -> None:
    root = repository(tmp_path / "demo")
    place = root / OUTSIDE[what]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(place)
    else:
        place.mkdir()
    assert code(refused(root)) == "KZ102"


@pytest.mark.parametrize(
    "what", ["memory file", "memory folder", "metrics file", "manifest", "agent file", "agents folder"]
)
def test_an_unreadable_file_is_an_error_and_not_treated_as_missing(tmp_path: Path, what: str) -> None:
    root = repository(tmp_path / "demo")
    for home in [*list(tmp_path.parents)[:3], tmp_path]:
        home.chmod(home.stat().st_mode | 0o055)
    folder = root / ".kaizen" / "agents" / "coach"
    folder.mkdir(parents=True)
    (folder / "memory.md").write_text(MEMORY)
    (root / "agents").mkdir()
    (root / "agents" / "agent-coach.md").write_text("---\nname: coach\ndescription: d\ncategory: c\n---\nx\n")
    record_run(str(root), ExecutionRecord(timestamp="2026-06-17T09:00:00Z", agent="coach", success=True))
    for path in root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    script = (
        "import os, sys, kaizen_schedule_core as k\n"
        "k.prepare_bundle(sys.argv[1], 'coach')\n"  # the guard, and whatever is imported on the way
        "os.chmod(sys.argv[2], 0)\n"
        "if os.getuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: k.prepare_bundle(sys.argv[1], 'coach')\n"
        "except k.KaizenError as error: sys.exit(error.diagnostics[0].code)\n"
    )
    command = [sys.executable, "-c", script, str(root), str(root / OUTSIDE[what])]
    done = subprocess.run(command, check=False, timeout=30, capture_output=True, text=True)
    (root / OUTSIDE[what]).chmod(0o755)
    assert (done.returncode, done.stderr.strip()) == (1, "KZ103")
