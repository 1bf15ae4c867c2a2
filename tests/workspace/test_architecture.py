"""Rules of the workspace that no linter checks."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SIBLINGS: dict[str, set[str]] = {
    "kaizen-schedule-core": set(),
    "kaizen-activity-defs": {"kaizen-schedule-core"},
    "kaizen-schedule-cli": {"kaizen-schedule-core", "kaizen-activity-defs"},
}


def project(package: str) -> dict[str, Any]:
    text = (ROOT / "packages" / package / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def repository_files() -> list[Path]:
    """Return all files that are tracked or not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def test_packages_are_the_three_siblings() -> None:
    assert {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")} == set(SIBLINGS)


def test_packages_share_one_version() -> None:
    assert len({project(package)["version"] for package in SIBLINGS}) == 1


@pytest.mark.parametrize("package", SIBLINGS)
def test_siblings_are_pinned_to_that_version(package: str) -> None:
    table = project(package)
    pins = [re.fullmatch(r"(kaizen-[a-z-]+)(?:\[.+\])?(.*)", need) for need in table["dependencies"]]
    found = {pin[1]: pin[2] for pin in pins if pin}
    assert found == dict.fromkeys(SIBLINGS[package], f"=={table['version']}")


@pytest.mark.parametrize("package", SIBLINGS)
def test_classifiers_list_every_supported_python(package: str) -> None:
    table = project(package)
    classifiers = "\n".join(table["classifiers"])
    minors = [int(minor) for minor in re.findall(r":: 3\.(\d+)$", classifiers, re.MULTILINE)]
    assert minors, "the classifiers contain no Python version"
    assert table["requires-python"] == f">=3.{minors[0]}"
    assert minors == list(range(minors[0], minors[-1] + 1))


def test_packages_support_the_same_pythons() -> None:
    supported = {tuple(c for c in project(name)["classifiers"] if ":: Python ::" in c) for name in SIBLINGS}
    assert len(supported) == 1


def test_ci_runs_the_readme_test_command_and_the_full_checks() -> None:
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    readme = [line.strip() for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()]
    [test_command] = [line for line in ci if line.startswith("python3 -m venv")]
    setup, _, run = test_command.rpartition(" && ")
    assert run == ".venv/bin/nox"
    commands = [line for line in readme if line.startswith(setup)]
    assert len(commands) == len({*commands}) == 2, "the README must have two commands with this set-up"
    assert test_command in commands
    assert ci[-2:] == [test_command, ".venv/bin/nox -t full"]


def test_no_file_contains_the_path_of_this_checkout() -> None:
    here = re.compile(rb"(?<![\w./-])" + re.escape(str(ROOT).encode()) + rb"(?![\w.-])")
    texts = {path: data for path in repository_files() if b"\0" not in (data := path.read_bytes())}
    assert Path(__file__) in texts
    assert [str(path.relative_to(ROOT)) for path, data in texts.items() if here.search(data)] == []


def test_constraints_contain_only_names_and_versions() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines, "constraints.txt is empty"
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    assert lines == sorted(lines, key=str.casefold)


def test_only_one_command_changes_the_import_path() -> None:
    """`conformance run` imports the user's resolver from the current folder."""
    changed = re.compile(rb"sys[.]path|pythonpat[h]", re.IGNORECASE)  # brackets, so that this line does not match
    files = [path for path in repository_files() if path.suffix != ".md"]
    found = {str(path.relative_to(ROOT)) for path in files if changed.search(path.read_bytes())}
    [one] = found
    assert re.fullmatch(r"packages/kaizen-schedule-cli/src/kaizen_schedule_cli/commands/conformance(/\w+)?\.py", one)
