"""`schedule init`, and the first commands after it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_schedule_core.manifest.scaffold import SCAFFOLD

if TYPE_CHECKING:
    from conftest import Cli

WRITTEN = [".kaizen/.gitattributes", ".kaizen/.gitignore", ".kaizen/schedule.schema.json", ".kaizen/schedule.yml"]
Tree = Callable[[Path], dict[str, tuple[str, bytes | str]]]


def test_init_writes_these_files_and_nothing_else(cli: Cli, bare: Path, tree: Tree) -> None:
    ran = cli("schedule", "init")
    assert (ran.code, ran.out) == (0, "".join(f"wrote {name}\n" for name in WRITTEN))
    assert "commit" in ran.err
    found = tree(bare)
    assert list(found) == [".kaizen", *WRITTEN]
    contents = {name: data for name, (kind, data) in found.items() if kind == "file"}
    assert (
        contents[".kaizen/.gitattributes"]
        == b"* text=auto eol=lf\n*.jsonl merge=union\nagents/*/memory.md merge=union\n"
    )
    assert contents[".kaizen/.gitignore"] == b"*.lock\n*.bak*\nsummary.json\n"
    assert contents[".kaizen/schedule.schema.json"] == cli("schedule", "schema").out.encode()
    assert contents[".kaizen/schedule.yml"] == SCAFFOLD.encode()
    modes = {path.name: path.stat().st_mode & 0o777 for path in (bare / ".kaizen").iterdir()}
    umask = os.umask(0)
    os.umask(umask)
    assert set(modes.values()) == {0o666 & ~umask}


def test_what_init_names_as_next_can_be_pasted(cli: Cli, bare: Path) -> None:
    (bare / "my repo").mkdir()
    ran = cli("schedule", "init", "--target", "my repo")
    assert "Next: kaizen-agentic schedule validate --target 'my repo', then" in ran.err
    assert cli("schedule", "validate", "--target", "my repo").code == 0
    assert "Next: kaizen-agentic schedule validate, then" in cli("schedule", "init").err


def test_the_scaffold_is_the_example_of_the_contract(cli: Cli, bare: Path) -> None:
    assert cli("schedule", "init").code == 0
    text = (bare / ".kaizen/schedule.yml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=schedule.schema.json\n")
    assert "{" not in text  # block style
    rows = cli("schedule", "list", "--all", "--format", "json").json["agents"]
    assert [(row["agent"], row["cadence"], row["cron"], row["timezone"], row["enabled"]) for row in rows] == [
        ("coach", "weekly", "0 9 * * 1", "Europe/Berlin", True),
        ("optimization", "weekly", "0 10 * * 1", "Europe/Berlin", True),
        ("tdd-workflow", "monthly", "0 9 1 * *", "Europe/Berlin", False),
    ]


def test_the_schema_is_json_schema(cli: Cli) -> None:
    schema = json.loads(cli("schedule", "schema").out)
    assert "$schema" in schema
    assert set(schema["properties"]) >= {"version", "timezone", "agents"}
    assert sorted(schema["required"]) == ["agents", "version"]


def test_a_second_init_is_1_and_changes_nothing(cli: Cli, bare: Path, tree: Tree) -> None:
    assert cli("schedule", "init").code == 0
    (bare / ".kaizen/.gitignore").unlink()
    (bare / ".kaizen/schedule.schema.json").write_text("old", encoding="utf-8")
    before = tree(bare)
    ran = cli("schedule", "init")
    assert (ran.code, ran.out) == (1, "")
    assert "error[KZ326]: .kaizen/schedule.yml already exists; nothing was written" in ran.err
    assert tree(bare) == before


@pytest.mark.parametrize(("kind", "code"), [("broken", 1), ("dangling", 4), ("folder", 4)])
def test_an_existing_path_is_not_changed(cli: Cli, bare: Path, tree: Tree, kind: str, code: int) -> None:
    place = bare / ".kaizen/schedule.yml"
    place.parent.mkdir()
    if kind == "broken":
        place.write_bytes(b"\xff")
    elif kind == "dangling":
        place.symlink_to("missing")
    else:
        place.mkdir()
    before = tree(bare)
    assert (cli("schedule", "init").code, tree(bare)) == (code, before)


def test_init_adds_to_what_is_there(cli: Cli, bare: Path, tree: Tree) -> None:
    (bare / ".kaizen/agents").mkdir(parents=True)
    (bare / ".kaizen/.gitignore").write_text("mine\nsummary.json", encoding="utf-8")
    (bare / ".kaizen/.gitattributes").write_text(
        "*.jsonl merge=union\n* text=auto eol=lf\nagents/*/memory.md merge=union\n", encoding="utf-8"
    )
    (bare / "README.md").write_text("# Mine\n", encoding="utf-8")
    ran = cli("schedule", "init")
    assert ran.code == 0
    assert "kept .kaizen/.gitattributes\n" in ran.out
    found = tree(bare)
    assert found[".kaizen/.gitignore"] == ("file", b"mine\nsummary.json\n*.lock\n*.bak*\n")
    assert found[".kaizen/.gitattributes"] == (
        "file",
        b"*.jsonl merge=union\n* text=auto eol=lf\nagents/*/memory.md merge=union\n",
    )
    assert list(found) == [
        ".kaizen",
        ".kaizen/.gitattributes",
        ".kaizen/.gitignore",
        ".kaizen/agents",
        *WRITTEN[2:],
        "README.md",
    ]


def test_init_never_writes_outside(cli: Cli, bare: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (bare / ".kaizen").symlink_to(tmp_path / "outside")
    ran = cli("schedule", "init")
    assert (ran.code, ran.out) == (4, "")
    assert list((tmp_path / "outside").iterdir()) == []


def test_the_first_day_in_an_empty_git_repository(bare: Path) -> None:
    script = " && ".join(
        ["git init -q", *(f'"$@" schedule {words}' for words in ("init", "validate", "list", "prepare coach"))]
    )
    done = subprocess.run(
        ["sh", "-ec", script, "sh", sys.executable, "-m", "kaizen_schedule_cli"],
        cwd=bare,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:4] == [f"wrote {name}" for name in WRITTEN]
    assert lines[4] == "1 manifest checked, 0 problems"
    assert lines[5].split() == ["AGENT", "CADENCE", "CRON", "TIMEZONE", "NEXT"]
    assert [line.split()[0] for line in lines[6:8]] == ["coach", "optimization"]
    assert lines[8] == "# Orientation: agent `coach` in `bare`"
    assert "error" not in done.stderr
    status = subprocess.run(["git", "status", "--short", "-uall"], cwd=bare, capture_output=True, check=True, text=True)
    assert status.stdout.splitlines() == [f"?? {name}" for name in WRITTEN]


def test_locks_and_summaries_are_not_committed(cli: Cli, bare: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=bare, check=True)
    for line in ("schedule init", "memory note coach --text x", "metrics record coach --success"):
        assert cli(*line.split()).code == 0
    status = subprocess.run(["git", "status", "--short", "-uall"], cwd=bare, capture_output=True, check=True, text=True)
    assert sorted(status.stdout.splitlines()) == sorted(
        f"?? {name}" for name in (*WRITTEN, ".kaizen/agents/coach/memory.md", ".kaizen/metrics/coach/executions.jsonl")
    )


def test_init_refuses_a_bare_repository(cli: Cli, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "bare.git")], check=True)
    ran = cli("schedule", "init", "--target", str(tmp_path / "bare.git"))
    assert (ran.code, ran.out) == (4, "")
    assert "is a bare Git repository" in ran.err
    assert not (tmp_path / "bare.git/.kaizen").exists()


def test_init_sees_a_manifest_that_a_sparse_checkout_left_out(cli: Cli, bare: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words], cwd=bare, check=True)

    git("init", "-q")
    assert cli("schedule", "init").code == 0
    (bare / "src").mkdir()
    (bare / "src/x").write_text("x")
    git("add", "-A")
    git("commit", "-q", "-m", "opted in")
    git("sparse-checkout", "set", "src")
    ran = cli("schedule", "init")
    assert (ran.code, ran.out) == (2, "")
    assert "git sparse-checkout add .kaizen" in ran.err
    assert not (bare / ".kaizen/schedule.yml").exists()


@pytest.mark.parametrize("words", [(), ("--stagger", "2h", "--engagement", "phase-one")])
def test_the_scaffold_passes_yamllint(cli: Cli, bare: Path, words: tuple[str, ...]) -> None:
    (bare / ".claude/agents").mkdir(parents=True)
    for number in range(25):
        (bare / f".claude/agents/reviewer-{number}.md").write_text("---\ndescription: reviews\n---\nReview.\n")
    assert cli("schedule", "init", "--agents", "coach,keepaTodofile,scope-analyst", *words).code == 0
    command = [sys.executable, "-m", "yamllint", "--strict", str(bare / ".kaizen/schedule.yml")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=bare)
    assert (done.returncode, done.stdout) == (0, "")
