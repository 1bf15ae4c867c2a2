"""Each contract of import-linter fails for a planted import."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
CORE, DEFS, CLI = "kaizen_schedule_core", "kaizen_activity_defs", "kaizen_schedule_cli"
CORE_LAYERS = "A layer of core imports only from the layers below it"
PLANTED = [
    (CORE_LAYERS, f"{CORE}.source.text", f"{CORE}.clock.cron"),
    (CORE_LAYERS, f"{CORE}.source.text", f"{CORE}.files.reading"),
    (CORE_LAYERS, f"{CORE}.source.document", f"{CORE}.manifest.model"),
    (CORE_LAYERS, f"{CORE}.fleet.roster", f"{CORE}.bundle.seal"),
    (CORE_LAYERS, f"{CORE}.repo.agents", f"{CORE}.fleet.roster"),
    (
        "source.yaml and source.models do not import each other, and use documents and text",
        f"{CORE}.source.yaml.parser",
        f"{CORE}.source.models.fields",
    ),
    ("A layer of the CLI imports only from the layers below it", f"{CLI}.render.tables", f"{CLI}.exits"),
    ("A layer of the CLI imports only from the layers below it", f"{CLI}.answers.roster", f"{CLI}.commands.options"),
    ("A layer of the definitions imports only from the layers below it", f"{DEFS}.model", f"{DEFS}.catalog"),
    ("No package has an import cycle", f"{CORE}.repo.roots", f"{CORE}.manifest.opt_in"),
    ("Each package imports only from the packages below it", f"{CORE}.names", f"{DEFS}.model"),
    ("Only the CLI uses terminal libraries", f"{CORE}.names", "rich"),
    ("No package uses click, nox or Invoke", f"{CLI}.app", "click"),
    ("No package uses click, nox or Invoke", f"{CLI}.app", "nox"),
    ("The clock uses no network, file lock, YAML or models", f"{CORE}.clock.zones", "urllib3"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the packages and the settings; lint-imports prefers packages in the current directory."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    for package in ROOT.glob("packages/*/src/*"):
        if package.is_dir() and package.suffix != ".egg-info":
            shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def broken(folder: Path) -> set[str]:
    """Return the names of the broken contracts."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, check=False)
    results = " ".join(done.stdout.partition("Broken contracts")[0].split())
    assert all(
        f"{contract['name']} KEPT" in results or f"{contract['name']} BROKEN" in results for contract in CONTRACTS
    )
    return {contract["name"] for contract in CONTRACTS if f"{contract['name']} BROKEN" in results}


def test_no_contract_is_broken(copy: Path) -> None:
    assert broken(copy) == set()


@pytest.mark.parametrize(("name", "importer", "imported"), PLANTED)
def test_a_planted_import_breaks_its_contract(copy: Path, name: str, importer: str, imported: str) -> None:
    file = copy / f"{importer.replace('.', '/')}.py"
    before = file.read_text(encoding="utf-8")
    file.write_text(f"import {imported}\n{before}", encoding="utf-8")
    try:
        assert name in broken(copy)
    finally:
        file.write_text(before, encoding="utf-8")


def test_every_contract_has_a_planted_import() -> None:
    assert {name for name, _, _ in PLANTED} == {contract["name"] for contract in CONTRACTS}
