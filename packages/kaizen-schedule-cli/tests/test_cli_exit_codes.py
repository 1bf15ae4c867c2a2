"""Exit codes by cause (contract section 4)."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_schedule_cli.exits import Exit

if TYPE_CHECKING:
    from conftest import Cli

COMMAND_LINES = Path(__file__).parent / "data/command-lines.txt"


def lines_of(code: str) -> list[str]:
    """Return the command lines with an exit code."""
    lines = [line.partition(" ") for line in COMMAND_LINES.read_text(encoding="utf-8").splitlines()]
    return [line for found, _, line in lines if found == code]


CLEAN = lines_of("0")

FINDINGS = lines_of("1")

USAGE = [*lines_of("2"), "", "memory note coach --text 'a\x1bb'", "metrics record coach --success --session-id 'a\nb'"]
EMPTY = lines_of("2-empty")


@pytest.fixture
def words(repo: Path, make_roster: Callable[..., Path]) -> Callable[[str], list[str]]:
    roster = make_roster(repo)
    return lambda line: shlex.split(line.replace("{roster}", shlex.quote(str(roster))))


@pytest.mark.parametrize("line", CLEAN)
def test_clean_is_0(cli: Cli, words: Callable[[str], list[str]], line: str) -> None:
    ran = cli(*words(line))
    assert (ran.code, "error" in ran.err) == (0, False), ran.err


@pytest.mark.parametrize("line", FINDINGS)
def test_findings_are_1(cli: Cli, words: Callable[[str], list[str]], line: str) -> None:
    ran = cli(*words(line))
    assert ran.code == 1, ran.err
    tried = "smoke" in line or "conformance" in line  # their table is the answer
    assert ("FAIL" in ran.out) if tried else (ran.out == "" and "error[KZ" in ran.err)
    assert "Traceback" not in ran.output


@pytest.mark.parametrize("line", USAGE)
def test_wrong_usage_is_2(cli: Cli, words: Callable[[str], list[str]], line: str) -> None:
    ran = cli(*words(line))
    assert ran.code == 2, ran.output
    assert "Usage: " in ran.output or "requires an argument" in ran.output
    assert "Traceback" not in ran.output
    assert "\x1b" not in ran.output
    if len(line.split()) > 1:  # a group alone shows its help
        assert ran.out == ""
        assert "Error: " in ran.err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("schedule prepare coach --max-bytes 10k", '--max-bytes\': it must be a whole number, not "10k"'),
        ("schedule prepare coach --max-bytes 0", '--max-bytes\': it must be 1 or more, not "0"'),
        ("schedule next --count many", '--count\': it must be a whole number, not "many"'),
        ("metrics record coach --success --time soon", '--time\': it must be a number, not "soon"'),
        ("schedule list --format xml", "--format': 'xml' is not one of 'text', 'json'."),
    ],
)
def test_value_of_the_wrong_type(cli: Cli, words: Callable[[str], list[str]], line: str, expected: str) -> None:
    ran = cli(*words(line))
    assert ran.code == 2
    assert ran.err.rstrip().endswith(f"Error: Invalid value for '{expected}")


@pytest.mark.parametrize("line", EMPTY)
def test_empty_value_is_wrong_usage(
    cli: Cli, words: Callable[[str], list[str]], monkeypatch: pytest.MonkeyPatch, repo: Path, line: str
) -> None:
    monkeypatch.setenv("KAIZEN_STATE_HUB_URL", "http://127.0.0.1:1")
    before = (repo / ".kaizen/schedule.yml").read_bytes()
    ran = cli(*words(line))
    assert (ran.code, ran.out) == (2, ""), ran.output
    option = [word for word in line.split() if word.startswith("--")][-1]
    assert f"{option}: the value is empty: pass a value, or omit the option" in " ".join(ran.err.split())
    assert (repo / ".kaizen/schedule.yml").read_bytes() == before


def test_wrong_usage_writes_nothing(cli: Cli, words: Callable[[str], list[str]], repo: Path) -> None:
    for line in USAGE:
        cli(*words(line))
    assert sorted(path.name for path in repo.rglob("*")) == [".kaizen", "schedule.yml"]


@pytest.mark.parametrize("line", ["schedule list", "schedule prepare coach", "schedule validate"])
def test_a_manifest_with_one_error_is_invalid_as_a_whole(cli: Cli, manifest: Path, line: str) -> None:
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("monthly", "monthy"), encoding="utf-8")
    ran = cli(*line.split())
    assert ran.code == 1
    assert 'error[KZ203]: unknown cadence "monthy"' in (ran.out if "validate" in line else ran.err)
    assert "validate" in line or ran.out == ""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "KZ114"),
        (b"# only words\n", "KZ114"),
        (b"agents: [", "KZ115"),
        (b'version: "1"\nagents: {coach: {cadence: weekly}}\n\xff\n', "KZ110"),
        (b'version: "1\x00"\n', "KZ111"),
        (b"#" * (256 * 1024 + 1), "KZ112"),
        (b"[" * 10_000, "KZ113"),
        (b'version: "2"\nwhatever: [1]\n', "KZ206"),
        (b"- a list\n", "KZ2"),
    ],
    ids=["empty", "comment", "syntax", "encoding", "nul", "large", "deep", "newer", "shape"],
)
def test_input_at_fault_is_1_everywhere(cli: Cli, manifest: Path, data: bytes, code: str) -> None:
    manifest.write_bytes(data)
    for line in ("schedule validate", "schedule list", "schedule prepare coach"):
        ran = cli(*line.split())
        assert (line, ran.code) == (line, 1)
        assert f"error[{code}" in ran.output, ran.output
        assert ran.output.count("error[") == 1 or code == "KZ2"


def test_warnings_alone_are_0(cli: Cli, repo: Path) -> None:
    (repo / ".kaizen/schedule.schema.json").write_text("{}", encoding="utf-8")
    ran = cli("schedule", "validate")
    assert ran.code == 0
    assert "warning[" in ran.out
    assert ran.out.endswith("1 manifest checked, 1 warning\n")


@pytest.mark.parametrize("command", ["resolve", "explain"])
def test_broken_repositories_and_zero_runs_are_answers(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tmp_path: Path, command: str
) -> None:
    roster = make_roster(make_repo("bad", "version: ["), tmp_path / "gone", {"slug": "invalid slug"})
    ran = cli("roster", command, "--roster", roster, "--format", "json")
    assert (ran.code, "3 repositories" in ran.err) == (0, True)


def test_the_codes_are_those_of_the_contract() -> None:
    assert [int(code) for code in Exit] == [0, 1, 2, 3, 4, 70, 130]
