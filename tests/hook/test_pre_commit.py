"""The hook of this repository in a repository that uses it, and the hooks that this repository uses."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRE_COMMIT = str(Path(sys.executable).with_name("pre-commit"))
GOOD = 'version: "1"\nagents:\n  coach:\n    cadence: weekly\n'
Commit = Callable[[str], subprocess.CompletedProcess[str]]


def run(*words: str, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=check, env=ENV)


AUTHOR = {f"GIT_{who}_{what}": "tester@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
ENV = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | AUTHOR


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Create a repository with all files of this one; the environments of pre-commit are in the same folder."""
    folder = tmp_path_factory.mktemp("hook")
    workspace = folder / "workspace"
    for name in run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout.splitlines():
        if (ROOT / name).is_file():
            (workspace / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, workspace / name, follow_symlinks=False)
    commit_all(workspace)
    ENV["PRE_COMMIT_HOME"] = str(folder / "cache")
    yield workspace
    del ENV["PRE_COMMIT_HOME"]


def commit_all(repository: Path) -> None:
    run("git", "init", "-q", cwd=repository)
    run("git", "add", "-A", cwd=repository)
    run("git", "commit", "-q", "--allow-empty", "-m", "all", cwd=repository)


@pytest.fixture(scope="module")
def commit(workspace: Path) -> Commit:
    """Return a function that writes a manifest into a repository with the hook, and runs pre-commit."""
    user = workspace.parent / "user"
    user.mkdir()
    commit_all(user)
    revision = run("git", "rev-parse", "HEAD", cwd=workspace).stdout.strip()
    (user / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {workspace}\n    rev: {revision}\n    hooks:\n      - id: kaizen-schedule-validate\n"
    )

    def attempt(manifest: str) -> subprocess.CompletedProcess[str]:
        (user / ".kaizen").mkdir(exist_ok=True)
        (user / ".kaizen/schedule.yml").write_text(manifest)
        run("git", "add", "-A", cwd=user)
        return run(PRE_COMMIT, "run", "--color", "never", cwd=user, check=False)

    return attempt


def test_hooks_of_this_repository_pass(workspace: Path) -> None:
    (workspace / ".venv").symlink_to(sys.prefix)
    done = run(PRE_COMMIT, "run", "--all-files", "--color", "never", cwd=workspace, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed\n") == 3


def test_valid_manifest_passes(commit: Commit) -> None:
    done = commit(GOOD)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "kaizen schedule validate" in done.stdout
    assert "Passed" in done.stdout


def test_invalid_manifest_fails_and_shows_the_line(commit: Commit) -> None:
    done = commit(GOOD.replace("weekly", "weekley"))
    assert done.returncode == 1
    assert "error[KZ203]" in done.stdout
    assert ".kaizen/schedule.yml:4:14" in done.stdout
    assert 'did you mean "weekly"?' in done.stdout


def test_a_changed_agent_file_is_checked(commit: Commit, workspace: Path) -> None:
    assert commit(GOOD).returncode == 0
    user = workspace.parent / "user"
    run("git", "commit", "-q", "-m", "opted in", cwd=user)
    agent = user / "agents" / "agent-coach.md"
    agent.parent.mkdir()
    agent.write_text("---\nname: trainer\ndescription: d\ncategory: c\n---\nx\n")
    done = commit(GOOD)
    assert done.returncode == 1
    assert "agents/agent-coach.md:2:" in done.stdout
    agent.unlink()
