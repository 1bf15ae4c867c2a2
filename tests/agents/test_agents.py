"""The real Claude Code, Codex and Copilot, run by `schedule run` with a stand-in of the model on loopback.

They get an empty environment, a separate HOME and a placeholder key. npm installs them into the folder that the
variable KAIZEN_AGENT_COMMANDS names.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agents.model import INPUT_TOKENS, OUTPUT_TOKENS, Behavior, Model, model

SCRIPTS = Path(sys.executable).parent
COMMANDS = Path(os.environ["KAIZEN_AGENT_COMMANDS"]).absolute() / "node_modules/.bin"
NOTE = "reviewed by the stand-in"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "demo"
    (root / ".claude/agents").mkdir(parents=True)
    (root / ".claude/agents/reviewer.md").write_text("---\ndescription: Reviews\n---\nReview the last commit.\n")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run([SCRIPTS / "kaizen-agentic", "schedule", "init", "--agent", "reviewer"], cwd=root, check=True)
    return root


def claude(_: Model) -> list[str]:
    permissions = ["--permission-mode", "acceptEdits", "--allowedTools", "Bash(kaizen-agentic:*)"]
    return [str(COMMANDS / "claude"), "-p", "--output-format", "json", *permissions]


def codex(running: Model) -> list[str]:
    provider = f'{{name="stand-in", base_url="{running.address}/v1", wire_api="responses", env_key="OPENAI_API_KEY"}}'
    return [
        *(str(COMMANDS / "codex"), "exec", "--json", "--skip-git-repo-check"),
        *("--dangerously-bypass-approvals-and-sandbox", "-c", "model_provider=standin"),
        *("-c", f"model_providers.standin={provider}", "-c", "model=stand-in", "-"),
    ]


def copilot(_: Model) -> list[str]:
    return [str(COMMANDS / "copilot"), "--allow-tool=write", "--allow-tool=shell(kaizen-agentic:*)"]


def run(
    repo: Path, tmp_path: Path, running: Model, words: list[str], *options: str
) -> subprocess.CompletedProcess[str]:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    path = os.pathsep.join([str(SCRIPTS), os.path.dirname(_node()), "/usr/bin", "/bin"])
    (home / ".profile").write_text(f"export PATH={shlex.quote(path)}\n")  # Codex starts login shells
    env = {
        "PATH": path,
        "HOME": str(home),
        "ANTHROPIC_API_KEY": "placeholder",
        "OPENAI_API_KEY": "placeholder",
        "ANTHROPIC_BASE_URL": running.address,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "COPILOT_PROVIDER_TYPE": "anthropic",
        "COPILOT_PROVIDER_BASE_URL": running.address,
        "COPILOT_PROVIDER_API_KEY": "placeholder",
        "COPILOT_MODEL": "stand-in",
        "COPILOT_OFFLINE": "true",
        "NO_PROXY": "127.0.0.1",
    }
    return subprocess.run(
        [SCRIPTS / "kaizen-agentic", "schedule", "run", "reviewer", *options, "--", *words],
        cwd=repo,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def _node() -> str:
    found = subprocess.run(["sh", "-c", "command -v node"], check=True, capture_output=True, text=True)
    return found.stdout.strip()


def record(repo: Path) -> dict[str, Any]:
    lines = (repo / ".kaizen/metrics/reviewer/executions.jsonl").read_text().splitlines()
    assert len(lines) == 1
    found: dict[str, Any] = json.loads(lines[0])
    return found


def note_command(repo: Path) -> str:
    return f"kaizen-agentic memory note reviewer --text {shlex.quote(NOTE)} --target {shlex.quote(str(repo))}"


AGENTS = pytest.mark.parametrize("words", [claude, codex, copilot])


@AGENTS
def test_the_agent_gets_the_bundle_and_runs_a_command_of_the_session_close(
    repo: Path, tmp_path: Path, words: Any
) -> None:
    with model(note_command(repo)) as running:
        bundle = subprocess.run(
            [SCRIPTS / "kaizen-agentic", "schedule", "prepare", "reviewer"],
            cwd=repo,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        done = run(repo, tmp_path, running, words(running))
        assert done.returncode == 0, done.stdout + done.stderr
        assert any(json.dumps(bundle.strip())[1:-1] in request for request in running.requests), (
            "the whole bundle arrives"
        )
    assert NOTE in (repo / ".kaizen/agents/reviewer/memory.md").read_text()
    found = record(repo)
    assert found["success"] is True
    if words is copilot:  # it does not report tokens
        return
    metadata = found["metadata"]
    assert metadata["gen_ai.usage.input_tokens"] >= INPUT_TOKENS
    assert metadata["gen_ai.usage.output_tokens"] >= OUTPUT_TOKENS
    assert metadata["turns"] >= 1
    assert metadata["gen_ai.conversation.id"]
    if words is claude:
        assert metadata["cost_usd"] >= 0


@AGENTS
def test_a_failing_model_is_a_recorded_failure(repo: Path, tmp_path: Path, words: Any) -> None:
    behavior: Behavior = "fail"
    with model(note_command(repo), behavior) as running:
        done = run(repo, tmp_path, running, words(running), "--timeout", "2m")
    assert done.returncode == 1, done.stdout + done.stderr
    assert record(repo)["success"] is False


@AGENTS
def test_a_hanging_model_is_a_timeout(repo: Path, tmp_path: Path, words: Any) -> None:
    behavior: Behavior = "hang"
    with model(note_command(repo), behavior) as running:
        done = run(repo, tmp_path, running, words(running), "--timeout", "8s")
    assert done.returncode == 1
    assert record(repo)["metadata"]["reason"] == "timeout"


@pytest.mark.parametrize(
    ("command", "answer"), [("git log -1 --format=%s", "the first commit"), ("npm test", "requires approval")]
)
def test_claude_code_reads_the_history_and_refuses_other_commands(
    repo: Path, tmp_path: Path, command: str, answer: str
) -> None:
    who = ("-c", "user.name=n", "-c", "user.email=e")
    subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "the first commit"], cwd=repo, check=True)
    with model(command) as running:
        assert run(repo, tmp_path, running, claude(running)).returncode == 0
        [result] = [
            block for block in json.loads(running.requests[-1])["messages"][-1]["content"] if "tool_use_id" in block
        ]
    assert answer in result["content"]
