"""`conformance run`: another project's resolver, put to the kit from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

OURS = "kaizen_schedule_core:discover_kaizen_scheduled_repos"
FAULTY = """\
import kaizen_schedule_core as core

def resolver(**question):
    print("noise")
    try:
        return core.discover_kaizen_scheduled_repos(**question)
    except core.KaizenError:
        return {}

NAME = "no function"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another project, whose folder is the current one."""
    (tmp_path / "faulty.py").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "broken.py").write_text("import nothing_of_that_name\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_our_own_passes(cli: Cli) -> None:
    ran = cli("conformance", "run", "--resolver", OURS)
    assert ran.code == 0
    assert "passed" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    told = cli("conformance", "run", "--resolver", OURS, "--format", "json").json
    assert list(told) == ["version", "resolver", "passed", "cases"]
    assert (told["passed"], told["resolver"]) == (True, OURS)
    assert all(case == {"case": case["case"], "passed": True, "failures": []} for case in told["cases"])


def test_a_faulty_one_is_exit_1_with_the_reasons(cli: Cli, project: Path) -> None:
    ran = cli.process("conformance", "run", "--resolver", "faulty:resolver", cwd=project)
    assert ran.code == 1
    assert "an error became an empty answer" in " ".join(ran.out.split())
    assert "noise" not in ran.out
    ran = cli.process("conformance", "run", "--resolver", "faulty:resolver", "--format", "json", cwd=project)
    failed = [case["case"] for case in ran.json["cases"] if not case["passed"]]
    assert (ran.code, ran.json["passed"]) == (1, False)
    assert "roster-absent" in failed
    assert all(name.startswith("roster-") for name in failed)


@pytest.mark.parametrize(
    ("resolver", "words"),
    [
        ("faulty", "module:callable"),
        ("faulty:", "module:callable"),
        (":resolver", "module:callable"),
        ("faulty:resolver()", "module:callable"),
        ("../faulty:resolver", "module:callable"),
        ("absent_module:resolver", "cannot be imported"),
        ("broken:resolver", "nothing_of_that_name"),
        ("faulty:absent", "has no absent"),
        ("faulty:NAME", "cannot be called"),
        ("fau\x1b[31mlty:x", "module:callable"),
    ],
    ids=range(10),
)
def test_what_cannot_be_called_is_wrong_usage(cli: Cli, project: Path, resolver: str, words: str) -> None:
    ran = cli.process("conformance", "run", "--resolver", resolver, cwd=project)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.err
