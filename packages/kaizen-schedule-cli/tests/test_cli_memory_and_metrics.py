"""The `memory` and `metrics` commands (contract section 5)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

SECTIONS = ["Project Context", "Accumulated Findings", "What Worked", "Watch Points", "Open Threads", "Session Log"]


def records(repo: Path) -> list[dict[str, object]]:
    path = repo / ".kaizen/metrics/coach/executions.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_memory_end_to_end(cli: Cli, repo: Path) -> None:
    memory = repo / ".kaizen/agents/coach/memory.md"
    assert cli("memory", "show", "coach").code == 4
    ran = cli("memory", "init", "coach")
    assert (ran.code, ran.out) == (0, "wrote .kaizen/agents/coach/memory.md\n")
    fresh = memory.read_text(encoding="utf-8")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert fresh.startswith("---\nagent: coach\nproject: demo\n---\n")
    assert re.findall("^## (.*)$", fresh, re.MULTILINE) == SECTIONS
    assert cli("memory", "show", "coach").out == fresh
    again = cli("memory", "init", "coach")
    assert (again.code, again.out, memory.read_text(encoding="utf-8")) == (1, "", fresh)
    assert "nothing was written" in again.err
    assert cli("memory", "note", "coach", "--text", "first  line").out.endswith("(session 1)\n")
    assert cli("memory", "note", "coach", "--text", "läuft `$(id)` \"'").code == 0
    noted = memory.read_text(encoding="utf-8")
    assert noted.endswith(f"## Session Log\n- {today}: first line\n- {today}: läuft `$(id)` \"'\n")
    assert cli("memory", "show", "coach").out == noted


def test_a_note_makes_the_memory(cli: Cli, repo: Path) -> None:
    assert cli("memory", "note", "coach", "--text", "x").out.endswith("(session 1)\n")
    assert ": x\n" in (repo / ".kaizen/agents/coach/memory.md").read_text(encoding="utf-8")


def test_no_memory_for_an_agent_that_keeps_none(cli: Cli, repo: Path) -> None:
    (repo / "agents").mkdir()
    text = "---\nname: own\ndescription: d\ncategory: c\nmemory: disabled\n---\nDo it.\n"
    (repo / "agents/agent-own.md").write_text(text, encoding="utf-8")
    for words in (["init", "own"], ["note", "own", "--text", "x"]):
        ran = cli("memory", *words)
        assert (ran.code, ran.out) == (1, "")
        assert "error[KZ325]" in ran.err
    assert not (repo / ".kaizen/agents").exists()


@pytest.mark.parametrize("text", ["", "missing frontmatter\n", "---\nagent: coach\n---\n", "---\nagent: [\n"])
def test_a_broken_memory_is_left_alone(cli: Cli, repo: Path, text: str) -> None:
    memory = repo / ".kaizen/agents/coach/memory.md"
    memory.parent.mkdir(parents=True)
    memory.write_text(text, encoding="utf-8")
    for words in (["note", "coach", "--text", "x"], ["show", "coach"]):
        ran = cli("memory", *words)
        assert (ran.code, ran.out) == (1, "")
        assert f"--> {memory}:" in ran.err
    assert memory.read_text(encoding="utf-8") == text


def test_metrics_end_to_end(cli: Cli, repo: Path) -> None:
    ran = cli("metrics", "record", "coach", "--success", "--time", "12.5", "--quality", "0.8", "--session-id", "s 1")
    assert ran.code == 0, ran.err
    assert re.fullmatch(r"recorded success of coach at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", ran.out)
    assert cli("metrics", "record", "coach", "--failure").out.startswith("recorded failure of coach at ")
    first, second = records(repo)
    stamp = first.pop("timestamp")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(stamp))
    assert first == {
        "agent": "coach",
        "success": True,
        "session_id": "s 1",
        "execution_time_s": 12.5,
        "quality_score": 0.8,
    }
    assert (second["agent"], second["success"], len(second)) == ("coach", False, 3)
    shown = cli("metrics", "show", "coach", "--format", "json").json
    assert shown == {
        "execution_count": 2,
        "success_rate": 0.5,
        "avg_quality_score": 0.8,
        "avg_execution_time_s": 12.5,
        "last_execution": second["timestamp"],
        "trend": {"success_rate": "unknown", "quality_score": "unknown"},
    }
    assert json.loads((repo / ".kaizen/metrics/coach/summary.json").read_text(encoding="utf-8")) == shown
    text = cli("metrics", "show", "coach").out
    assert [line.split() for line in text.splitlines()][1:3] == [["execution_count", "2"], ["success_rate", "0.5"]]


def test_the_first_record_of_a_session_is_kept(cli: Cli, repo: Path) -> None:
    assert cli("metrics", "record", "coach", "--success", "--session-id", "s").code == 0
    again = cli("metrics", "record", "coach", "--failure", "--session-id", "s")
    assert again.code == 0
    assert "this record was ignored" in again.output
    assert [record["success"] for record in records(repo)] == [True]
    assert cli("metrics", "record", "coach", "--failure", "--session-id", "t").code == 0
    assert len(records(repo)) == 2


def test_a_torn_line_is_moved_aside(cli: Cli, repo: Path) -> None:
    assert cli("metrics", "record", "coach", "--success").code == 0
    path = repo / ".kaizen/metrics/coach/executions.jsonl"
    with path.open("a", encoding="utf-8") as stream:
        stream.write('{"timestamp": "2026-06-1')
    shown = cli("metrics", "show", "coach", "--format", "json")
    assert (shown.code, shown.json["execution_count"]) == (0, 1)
    assert "warning[KZ242]" in shown.err
    assert cli("metrics", "record", "coach", "--success").code == 0
    assert len(records(repo)) == 2
    torn = [p for p in path.parent.iterdir() if p.name not in {path.name, "summary.json", f"{path.name}.lock"}]
    assert [p.read_text(encoding="utf-8") for p in torn] == ['{"timestamp": "2026-06-1\n']


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"nonsense",
        b"\xff",
        b"x" * 70_000,
        b'{"timestamp":"2026-06-15T09:00:00Z","agent":"other","success":true}',
    ],
)
def test_an_invalid_line_is_left_out_and_loses_no_record(cli: Cli, repo: Path, line: bytes) -> None:
    path = repo / ".kaizen/metrics/coach/executions.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(line + b"\n")
    for words, code in (
        (("metrics", "show", "coach"), 4),
        (("schedule", "prepare", "coach"), 0),
        (("metrics", "record", "coach", "--success"), 0),
        (("metrics", "show", "coach"), 0),
    ):
        done = cli(*words)
        assert done.code == code
        assert "warning[" in done.err
        assert f"--> {path}:1:" in done.err
    before, _, after = path.read_bytes().partition(b"\n")
    assert before == line
    assert json.loads(after)["success"] is True


def test_many_processes_may_record_at_once(cli: Cli, repo: Path) -> None:
    def record(number: int) -> int:
        session = f"s{number // 2}"  # each session twice
        return cli.process("metrics", "record", "coach", "--success", "--session-id", session, cwd=repo).code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(record, range(12))) == [0] * 12
    assert sorted(str(row["session_id"]) for row in records(repo)) == [f"s{number}" for number in range(6)]


@pytest.mark.parametrize("name", ["plain", 'it\'s a "repo"; $HOME `id`', "-dash", "ünï 日本"])
def test_the_session_close_runs_unchanged_from_any_folder(
    cli: Cli, make_repo: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    root = make_repo(f"repos/{name}")
    bundle = cli("schedule", "prepare", "coach", "--target", root, "--format", "json").json
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    for command in (*bundle["session_close"], bundle["prepare_command"]):
        assert command in bundle["markdown"] or command == bundle["prepare_command"]
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            check=False,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert [record["success"] for record in records(root)] == [True]
    assert "one line on what changed" in (root / ".kaizen/agents/coach/memory.md").read_text(encoding="utf-8")
    assert f"Orientation: agent `coach` in `{name}`" in done.stdout or "`" in name
