"""Project files are consistent with each other and with the packages."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = [".github/workflows/ci.yml", ".gitea/workflows/ci.yml"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_changelog_has_the_version_of_the_packages() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)
    manifests = sorted(ROOT.glob("packages/*/pyproject.toml"))
    assert [tomllib.loads(path.read_text())["project"]["version"] for path in manifests] == [released[0]] * 3
    assert re.findall(r"^## (.*)$", read("CHANGELOG.md"), re.MULTILINE)[0] == "[Unreleased]"


def test_contributing_lists_every_folder() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {f"{name.partition('/')[0]}/" for name in tracked.splitlines() if "/" in name}
    for parent in ("tests", "tools"):
        folders.remove(f"{parent}/")
        folders |= {f"{path.parent.relative_to(ROOT)}/" for path in ROOT.glob(f"{parent}/*/__init__.py")}
    listed = re.findall(r"`([\w./-]+/)`", "".join(re.findall(r"^\| `.*?\|", read("CONTRIBUTING.md"), re.MULTILINE)))
    assert len(folders) >= 18
    assert sorted(listed) == sorted(folders)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflow_has_read_permission_and_runs_one_script(name: str) -> None:
    workflow: dict[str, Any] = yaml.safe_load(read(name))
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["group"]
    [job] = workflow["jobs"].values()
    assert job["timeout-minutes"] <= 60
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    pins = re.findall(r"uses: (\S+)(.*)$", read(name), re.MULTILINE)
    assert pins
    for action, comment in pins:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_both_workflows_pin_the_same_actions() -> None:
    pins = [dict(re.findall(r"uses: (\S+)@(\S+)", read(name))) for name in WORKFLOWS]
    assert {action: pins[0][action] for action in pins[1]} == pins[1]


def test_hooks_and_constraints_pin_the_same_ruff() -> None:
    [pinned] = re.findall(r"^ruff==.*$", read("constraints.txt"), re.MULTILINE)
    [local] = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    needed = [need for hook in local["hooks"] for need in hook.get("additional_dependencies", ())]
    assert needed == [pinned] * 2


def test_this_repository_uses_its_published_hook() -> None:
    [offered] = yaml.safe_load(read(".pre-commit-hooks.yaml"))
    [local] = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    [own] = [hook for hook in local["hooks"] if hook["id"] == offered["id"]]
    assert own["entry"] == f".venv/bin/{offered['entry']}"
    assert own["name"] == offered["name"]
    assert re.search(own["files"], ".kaizen/schedule.yml")
