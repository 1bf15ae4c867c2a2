"""`conformance run` with a resolver in the current directory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_schedule_cli.render.width import TERMINAL, cells
from kaizen_schedule_core import conformance

if TYPE_CHECKING:
    from conftest import Cli

OURS = "kaizen_schedule_core:discover_kaizen_scheduled_repos"
CASES = [str(case) for case in conformance.cases()]
FAULTY = """\
from kaizen_schedule_core import discover_kaizen_scheduled_repos

print("imported")


class Fleet:
    @staticmethod
    def resolve(**question):
        print("called")
        question.pop("domain", None)
        return discover_kaizen_scheduled_repos(**question)


NUMBER = 7
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another project, which is the current folder."""
    (tmp_path / "theirs.py").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "broken.py").write_text("def resolve(:\n", encoding="utf-8")
    (tmp_path / "raising.py").write_text("raise OSError('no\\n  \\x1b[31mserver')\n", encoding="utf-8")
    (tmp_path / "leaving.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_resolver_of_core_passes_every_case(cli: Cli) -> None:
    ran = cli("conformance", "run", "--resolver", OURS)
    assert (ran.code, ran.err) == (0, "")
    heading, *rows = ran.out.splitlines()
    assert heading.split() == ["CASE", "RESULT", "WHAT"]
    assert [row.split()[:2] for row in rows[: len(CASES)]] == [[name, "passed"] for name in CASES]
    assert rows[len(CASES) :] == ["", f"{len(CASES)} of {len(CASES)} cases passed"]


def test_json_output(cli: Cli) -> None:
    ran = cli("conformance", "run", "--resolver", OURS, "--format", "json")
    assert ran.code == 0
    assert ran.json == {
        "version": "1",
        "resolver": OURS,
        "passed": True,
        "cases": [{"case": name, "passed": True, "failures": []} for name in CASES],
    }
    assert list(ran.json) == ["version", "resolver", "passed", "cases"]


def test_faulty_resolver_fails_with_reasons(cli: Cli, project: Path) -> None:
    ran = cli.process("conformance", "run", "--resolver", "theirs:Fleet.resolve", cwd=project)
    assert ran.code == 1
    table, *expected = ran.out.split("\n\n")
    failed = [row.split()[0] for row in table.splitlines() if row.split()[1] == "FAILED"]
    assert failed == ["entry-duplicate-root-domain", "select-all-together", "select-domain"]
    assert expected[2] == (
        "select-domain: With domain, only entries with exactly that domain run.\n"
        + "".join(
            f"  unexpected: repo {repo} agent coach\n"
            for repo in ("capital", "longer", "none-given", "nothing", "other")
        ).rstrip("\n")
    )
    assert expected[-1] == f"{len(CASES) - 3} of {len(CASES)} cases passed\n"
    assert max(map(cells, ran.out.splitlines())) <= TERMINAL
    assert "Traceback" not in ran.output


def test_output_of_the_resolver_is_not_part_of_the_result(cli: Cli, project: Path) -> None:
    ran = cli.process("conformance", "run", "--resolver", "theirs:Fleet.resolve", "--format", "json", cwd=project)
    expected = json.loads(ran.out)
    assert (ran.code, expected["passed"]) == (1, False)
    assert [row["failures"] for row in expected["cases"] if row["case"] == "select-all-together"] == [
        ["unexpected: repo domain agent coach"]
    ]
    assert ran.err.splitlines() == ["imported", *["called"] * len(CASES)]


def test_modules_in_the_current_directory_do_not_shadow_ours(project: Path) -> None:
    for name in ("yaml", "tempfile", "subprocess"):
        (project / f"{name}.py").write_text("raise ImportError('not the one of this package')\n", encoding="utf-8")
    script = Path(sys.executable).with_name("kaizen-agentic")
    command = [str(script), "conformance", "run", "--resolver", "theirs:Fleet.resolve"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "ImportError" in done.stderr + done.stdout) == (1, False)
    assert done.stdout.endswith(f"{len(CASES) - 3} of {len(CASES)} cases passed\n")


@pytest.mark.parametrize(
    ("resolver", "sentence"),
    [
        ("theirs", '"theirs" must have the form module:callable'),
        ("theirs:", '"theirs:" must have the form module:callable'),
        (":resolve", '":resolve" must have the form module:callable'),
        ("theirs:Fleet:resolve", '"theirs:Fleet:resolve" must have the form module:callable'),
        ("the irs:resolve", '"the irs:resolve" must have the form module:callable'),
        ("..theirs:resolve", '"..theirs:resolve" must have the form module:callable'),
        ("", '"" must have the form module:callable'),
        ("nobodys:resolve", "the module nobodys cannot be imported (ModuleNotFoundError: No module named 'nobodys')"),
        ("broken:resolve", "the module broken cannot be imported (SyntaxError: invalid syntax (broken.py, line 1))"),
        ("raising:resolve", "the module raising cannot be imported (OSError: no \\x1b[31mserver)"),
        ("leaving:resolve", "the module leaving cannot be imported (SystemExit: 0)"),
        ("theirs:nothing", "the module theirs has no nothing"),
        ("theirs:Fleet.nothing", "the module theirs has no Fleet.nothing"),
        ("theirs:NUMBER", "theirs:NUMBER cannot be called: it is of type int"),
    ],
)
def test_invalid_resolver_is_wrong_usage(cli: Cli, project: Path, resolver: str, sentence: str) -> None:
    ran = cli.process("conformance", "run", "--resolver", resolver, cwd=project)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == f"Error: Invalid value for --resolver: {sentence}"
    assert "Traceback" not in ran.err


def test_resolver_is_required(cli: Cli) -> None:
    ran = cli("conformance", "run")
    assert (ran.code, ran.out) == (2, "")
    assert "Missing option '--resolver'" in ran.err
