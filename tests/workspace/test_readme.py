"""The README: packages, one diagram, and commands that work."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGES = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    lines = [line for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]
    lines += [line for block in blocks("bash") for line in block.splitlines()]
    return [line.removeprefix("$ ").partition("#")[0].strip() for line in lines]


def test_table_links_each_package_once() -> None:
    assert len(PACKAGES) == 3
    rows = re.findall(r"^\| \[([\w-]+)\]\(([^)]+)\) \|", README, re.MULTILINE)
    assert sorted(name for name, _ in rows) == PACKAGES
    assert [(ROOT / link).is_file() and name in link for name, link in rows] == [True] * 3


def test_table_lists_the_dependencies_of_each_package() -> None:
    for package in PACKAGES:
        table = tomllib.loads((ROOT / "packages" / package / "pyproject.toml").read_text(encoding="utf-8"))
        [row] = re.findall(rf"^\| \[{package}\].*$", README, re.MULTILINE)
        needs = [re.split(r"[\[=<>~!; ]", need)[0].lower() for need in table["project"]["dependencies"]]
        foreign = [need for need in needs if not need.startswith("kaizen-")]
        assert foreign
        assert [need for need in foreign if need not in row.lower()] == []


def test_readme_has_one_mermaid_diagram() -> None:
    [picture] = blocks("mermaid")
    assert picture.startswith("flowchart")
    assert "-->" in picture
    assert re.findall(r"!\[", README) == []


def test_two_commands_share_their_set_up() -> None:
    lines = [line for line in commands() if line.startswith("python3 -m venv")]
    assert len(lines) == 2
    setups = {line.rpartition(" && ")[0] for line in lines}
    assert setups == {"python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt"}
    assert {line.rpartition(" && ")[2] for line in lines} == {".venv/bin/invoke pilot-smoke", ".venv/bin/nox"}
    assert (ROOT / "requirements.txt").is_file()


def test_requirements_bring_what_the_two_commands_run() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = {*(f"-e packages/{name}" for name in PACKAGES), "invoke"}
    assert wanted <= set(lines)
    assert any(re.fullmatch(r"nox(\[\w+\])?", line) for line in lines)


def test_first_commands_run_in_order(tmp_path: Path) -> None:
    day = [shlex.split(line) for line in commands() if line.startswith("kaizen-agentic schedule ")]
    assert [words[1:3] for words in day] == [["schedule", word] for word in ("init", "validate", "list", "prepare")]
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for words in day:
        done = subprocess.run(
            [sys.executable, "-m", "kaizen_schedule_cli", *words[1:]], cwd=tmp_path, capture_output=True, check=False
        )
        assert (words, done.returncode) == (words, 0)
        assert done.stdout


def test_shown_diagnostic_is_the_real_output(tmp_path: Path) -> None:
    [shown] = [block for block in blocks("text") if block.startswith("error[")]
    (tmp_path / ".kaizen").mkdir()
    text = 'version: "1"\ntimezone: Europe/Berlin\n\nagents:\n  coach:\n    cadence: weekley\n'
    (tmp_path / ".kaizen/schedule.yml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "kaizen_schedule_cli", "schedule", "validate"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, text=True)
    assert (done.returncode, done.stdout) == (1, shown)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_a_readme_with_its_name(package: str) -> None:
    text = (ROOT / "packages" / package / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {package}\n")
    assert len(text.split()) > 40
