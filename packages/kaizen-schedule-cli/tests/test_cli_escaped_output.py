"""Text from files is shown without control characters."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli

HOSTILE = "a\x1b[31m\x1b]0;t\x07\x9b1m\r\x08\x7f\u202e\u2028\u200b\ufeff日"
FIRST = "a\\x1b[31m"


def require_printable(text: str) -> None:
    """Nothing but printable characters and line feeds."""
    odd = {f"U+{ord(char):04X}" for char in text if char != "\n" and not char.isprintable()}
    assert odd == set()
    assert not any(unicodedata.category(char) == "Cf" for char in text)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" if char != "日" else char for char in text)


@pytest.mark.parametrize(
    "text",
    [
        f'version: "1"\nagents: {{coach: {{cadence: "{escaped(HOSTILE)}"}}}}\n',
        f'version: "1"\nagents: {{coach: {{cadence: weekly, cron: "{escaped(HOSTILE)}"}}}}\n',
        f'version: "1"\ntimezone: "{escaped(HOSTILE)}"\nagents: {{coach: {{cadence: weekly}}}}\n',
        f'version: "1"\nagents: {{"{escaped(HOSTILE)}": {{cadence: weekly}}}}\n',
        f'version: "1"\nagents: {{coach: {{cadence: weekly, "{escaped(HOSTILE)}": 1}}}}\n',
        f'version: "{escaped(HOSTILE)}"\nagents: {{coach: {{cadence: weekly}}}}\n',
    ],
    ids=["cadence", "cron", "timezone", "agent", "key", "version"],
)
def test_values_and_keys_of_a_manifest(cli: Cli, manifest: Path, text: str) -> None:
    manifest.write_text(text, encoding="utf-8")
    for words in (["validate"], ["list"], ["prepare", "coach"]):
        ran = cli("schedule", *words)
        assert ran.code == 1
        require_printable(ran.output)
        assert FIRST in ran.output


@pytest.mark.parametrize("char", ["\x1b", "\x9b", "\x07", "\x7f", "\u202e", "\u2028", "\x85", "\u200b", "\u2066"])
def test_raw_characters_in_the_source_line(cli: Cli, manifest: Path, char: str) -> None:
    manifest.write_text(f'version: "1"\nagents: {{coach: {{cadence: "x{char}[31m"}}}}\n', encoding="utf-8")
    ran = cli("schedule", "validate")
    assert ran.code == 1
    require_printable(ran.out)


def test_file_names(cli: Cli, repo: Path) -> None:
    name = "odd\x1b[31m\n\x07.yml"
    (repo / name).write_text("version: 1\n", encoding="utf-8")
    ran = cli("schedule", "validate", name, "gone\x1b[2J")
    assert ran.code == 4
    require_printable(ran.out)
    assert "--> odd\\x1b[31m\\n\\x07.yml:1:" in ran.out
    assert "gone\\x1b[2J does not exist" in ran.out


def test_file_name_that_is_not_utf_8(cli: Cli, repo: Path) -> None:
    (repo / "odd\udcff.yml").write_text("version: 1\n", encoding="utf-8")
    ran = cli("schedule", "validate", "odd\udcff.yml")
    assert ran.code == 1
    require_printable(ran.out)
    assert "--> odd\\udcff.yml:1:" in ran.out


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31m", "a\u202eb", "a\udcffb"])
def test_root_that_is_invalid_in_a_command_is_refused(cli: Cli, tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    for words in (["schedule", "init"], ["schedule", "validate"], ["memory", "init", "coach"]):
        ran = cli(*words, "--target", root)
        assert ran.code == 4
        require_printable(ran.output)
        assert "error[KZ108]" in ran.output
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    "line",
    [
        *["schedule prepare {}", "schedule explain {}", "schedule {}", "schedule list {}"],
        *["schedule list --{}", "schedule list --format {}", "schedule list --target {}"],
        *["schedule validate --now {}", "memory show {}", "metrics show {}"],
        *["roster resolve --roster {}", "roster resolve --roster r.yml --cadence {}"],
        *["roster resolve --roster r.yml --window {}", "definitions show {}"],
    ],
)
def test_command_line_arguments(cli: Cli, repo: Path, line: str) -> None:
    del repo
    ran = cli(*(word.replace("{}", HOSTILE) for word in line.split()))
    assert ran.code in {1, 2, 4}
    assert {char for char in ran.output if unicodedata.category(char) == "Cc"} == {"\n"}


def test_agents_and_memories(cli: Cli, repo: Path) -> None:
    (repo / "agents").mkdir()
    text = f'---\nname: own\ndescription: "{escaped(HOSTILE)}"\ncategory: c\n---\nDo \x1b[31m it.\n'
    (repo / "agents/agent-own.md").write_text(text, encoding="utf-8")
    assert cli("memory", "init", "own").code == 0
    memory = repo / ".kaizen/agents/own/memory.md"
    memory.write_text(memory.read_text(encoding="utf-8") + f"- {HOSTILE}\n\tindented\n", encoding="utf-8")
    for words in (["schedule", "agents"], ["memory", "show", "own"]):
        ran = cli(*words)
        assert ran.code == 0
        require_printable(ran.output)
    bundle = cli("schedule", "prepare", "own", "--unscheduled")
    assert bundle.code == 0
    assert {char for char in bundle.output if unicodedata.category(char) == "Cc"} <= {"\n", "\t"}


def test_rosters(cli: Cli, repo: Path, make_roster: Callable[..., Path], tmp_path: Path) -> None:
    shutil.copytree(repo, tmp_path / "scoped")
    roster = make_roster(
        repo,
        {"slug": HOSTILE},
        {"slug": "path", "local_path": f"/{HOSTILE}"},
        {"slug": "domain", "domain": HOSTILE, "local_path": str(tmp_path / "scoped")},
        {"slug": "host", "host_paths": {HOSTILE: "/x"}},
        {"slug": "typed", "domain": [HOSTILE]},
    )
    for words in (["explain"], ["explain", "--domain", "custodian"], ["resolve"], ["smoke"]):
        ran = cli("roster", *words, "--roster", roster)
        assert ran.code in {0, 1}, ran.err
        assert "domain" in ran.output
        require_printable(ran.output)


@pytest.mark.parametrize(
    "line",
    [
        *["schedule list --all", "schedule agents", "schedule explain KZ104", "metrics show coach"],
        *["roster explain --roster {roster}", "roster smoke --roster {roster}", "definitions list"],
        *["definitions dry-run kaizen-weekly-coach-orientation --roster {roster}", "--help"],
        *["schedule prepare --help", "roster explain --help"],
    ],
)
def test_tables_and_help_fit_80_columns(
    cli: Cli, repo: Path, make_roster: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(repo.parent)
    assert cli("metrics", "record", "coach", "--success", "--target", "demo").code == 0
    words = line.format(roster=make_roster({"slug": "demo", "domain": "custodian", "local_path": "demo"}).name).split()
    ran = cli(
        *words, *(["--target", "demo"] if line.startswith(("schedule list", "schedule agents", "metrics")) else [])
    )
    assert ran.code == 0, ran.err
    assert max(map(len, ran.out.splitlines())) <= 80


def test_every_explanation_fits_80_columns_and_has_both_examples(cli: Cli) -> None:
    from kaizen_schedule_core import CODES

    assert len(CODES) > 40
    for code in CODES:
        ran = cli("schedule", "explain", code)
        lines = ran.out.splitlines()
        assert ran.code == 0
        assert lines[0].startswith(f"{code}: ")
        assert lines.count("wrong:") == lines.count("right:") == 1
        assert lines.index("wrong:") + 1 < lines.index("right:") < len(lines) - 1
        assert max(map(len, lines)) <= 100


def test_definition_in_a_catalog_and_domain_in_a_roster(cli: Cli, manifest: Path) -> None:
    from kaizen_activity_defs import packaged_definitions

    definition = packaged_definitions()[0]
    text = definition.text.replace(f"id: {definition.id}", f'id: "{escaped(HOSTILE)}"', 1)
    text = text.replace("enabled: false", "enabled: true", 1).replace("domain: custodian", "cadence: weekly", 1)
    root = manifest.parent.parent
    (root / "catalog").mkdir()
    (root / "catalog/a.md").write_text(text.replace("cadence: weekly\n      cadence", "cadence", 1), encoding="utf-8")
    (root / "roster.yml").write_text(
        'version: "1"\nrepos:\n- {slug: a, domain: custodian}\n'
        f'- {{slug: here, local_path: ., domain: "{escaped(HOSTILE)}"}}\n',
        encoding="utf-8",
    )
    for words, code in (
        (["explain", "--catalog", "catalog"], 1),  # an id is a slug
        (["explain", "--domain", HOSTILE[:3]], 2),
        (["explain", "--domain", "custodian", "--format", "json"], 0),
    ):
        ran = cli("roster", *words, "--roster", "roster.yml")
        assert ran.code == code, ran.err
        require_printable(ran.output)
        assert FIRST in ran.output.replace("\\\\", "\\")  # JSON doubles it
