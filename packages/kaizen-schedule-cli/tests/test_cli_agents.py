"""Agents that a repository already has: listed, scheduled, and prepared."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from kaizen_schedule_core import RepositoryAgents, check_manifest

if TYPE_CHECKING:
    from conftest import Cli

PLAIN = "---\ndescription: Reviews\n---\nReview.\n"
SCRIPTS = os.path.dirname(sys.executable)


def put(root: Path, path: str, text: str = PLAIN) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "demo"
    put(root, ".claude/agents/reviewer.md")
    put(root, ".github/agents/4.1-planner.agent.md")
    put(root, ".github/agents/Code Style.agent.md")
    put(root, "agents/agent-TEMPLATE.md", "Copy this file.\n")
    monkeypatch.chdir(root)
    return root


def test_everything_that_looks_like_an_agent_is_listed(cli: Cli, demo: Path) -> None:
    put(demo, ".opencode/agent/colon.md", "---\ndescription: a: b\n---\nText.\n")
    ran = cli("schedule", "agents", "--format", "json")
    assert ran.code == 0
    assert 'write description: "a: b"' in ran.err
    rows = {row["agent"]: row for row in ran.json["agents"] if row["source"] != "packaged"}
    assert list(rows["reviewer"]) == ["agent", "source", "path", "description", "usable", "reason"]
    assert rows["reviewer"] == {
        "agent": "reviewer",
        "source": "claude",
        "path": ".claude/agents/reviewer.md",
        "description": "Reviews",
        "usable": True,
        "reason": None,
    }
    assert {name for name, row in rows.items() if row["usable"]} == {"reviewer", "4.1-planner", "colon"}
    assert "rename the file to .github/agents/Code-Style.agent.md" in rows["Code Style"]["reason"]
    text = " ".join(cli("schedule", "agents").out.split())
    assert "TEMPLATE repository not usable: the file does not start with frontmatter" in text


def test_init_offers_the_agents_in_comments(cli: Cli, demo: Path) -> None:
    text = cli("schedule", "init", "--dry-run").out
    offered = text.partition("to schedule one:\n")[2].replace("# ", "")
    assert yaml.safe_load(offered) == {"4.1-planner": {"cadence": "weekly"}, "reviewer": {"cadence": "weekly"}}
    checked = check_manifest((text + offered).encode(), file="x", agents=RepositoryAgents(str(demo)))
    assert checked.manifest is not None
    assert len(checked.manifest.agents) == 5


def test_init_offers_at_most_twenty_agents(cli: Cli, demo: Path) -> None:
    for number in range(30):
        put(demo, f".claude/agents/a{number}.md")
    text = cli("schedule", "init", "--dry-run").out
    assert text.endswith("\n# 12 more: kaizen-agentic schedule agents\n")
    assert text.count("#     cadence: weekly") == 20


def test_init_schedules_named_agents(cli: Cli, demo: Path) -> None:
    assert cli("schedule", "init", "--agent", "reviewer", "--agent", "coach").code == 0
    assert list(yaml.safe_load((demo / ".kaizen/schedule.yml").read_text())["agents"]) == ["reviewer", "coach"]
    assert cli("schedule", "validate").code == 0
    assert "requested" not in cli("schedule", "prepare", "reviewer").out


@pytest.mark.parametrize("line", ["schedule init --agent {}", "schedule init --agents coach,{}", "metrics show {}"])
@pytest.mark.parametrize(("name", "hint"), [("reviwer", 'did you mean "reviewer"?'), ("nosuch", "schedule agents")])
def test_an_unknown_agent_gets_a_suggestion_and_no_path_of_a_missing_file(
    cli: Cli, demo: Path, line: str, name: str, hint: str
) -> None:
    ran = cli(*line.format(name).split())
    assert (ran.code, ran.out) == (1, "")
    assert f'unknown agent "{name}"' in ran.err
    assert hint in ran.err
    assert f"--> {demo}:1:1" in ran.err
    assert ".md" not in ran.err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("roster explain --repo X", "No such option: --repo. Options of explain: --roster, "),
        ("schedule init --agnt coach", "No such option: --agnt. Did you mean --agent? Options of init: --target, "),
    ],
)
def test_an_unknown_option_lists_the_options(cli: Cli, line: str, expected: str) -> None:
    ran = cli(*line.split())
    assert ran.code == 2
    assert expected in ran.err


def test_smoke_copies_the_agents_of_other_tools(cli: Cli, demo: Path, make_roster: Callable[..., Path]) -> None:
    assert cli("schedule", "init", "--agent", "reviewer").code == 0
    ran = cli("roster", "smoke", "--roster", make_roster(demo))
    assert ran.code == 0, ran.output


@pytest.mark.parametrize(
    ("start", "path", "program"),
    [
        ([f"{SCRIPTS}/kaizen-agentic"], "/usr/bin:/bin", f"{SCRIPTS}/kaizen-agentic"),
        ([sys.executable, "-m", "kaizen_schedule_cli"], "/usr/bin:/bin", f"{sys.executable} -m kaizen_schedule_cli"),
        ([f"{SCRIPTS}/kaizen-agentic"], f"{SCRIPTS}:/usr/bin:/bin", "kaizen-agentic"),
        (["kaizen-agentic"], f"{SCRIPTS}:/usr/bin:/bin", "kaizen-agentic"),
    ],
)
def test_the_session_close_runs_where_the_bundle_was_made(
    cli: Cli, demo: Path, start: list[str], path: str, program: str
) -> None:
    words = ["schedule", "prepare", "coach", "--unscheduled", "--format", "json"]
    done = subprocess.run(
        ["/usr/bin/env", *start, *words], env={**os.environ, "PATH": path}, capture_output=True, check=True
    )
    bundle = yaml.safe_load(done.stdout)
    assert bundle["session_close"][0] == f"{program} metrics record coach --success --target {demo}"
    assert bundle["prepare_command"].startswith("kaizen-agentic schedule prepare")
    assert bundle["digest"] == cli(*words).json["digest"]
    for command in bundle["session_close"]:
        assert subprocess.run(["sh", "-c", command], env={"PATH": path}, cwd="/", check=False).returncode == 0
