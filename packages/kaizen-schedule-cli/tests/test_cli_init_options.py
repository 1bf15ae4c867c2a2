"""The options of `schedule init`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_schedule_core.manifest.scaffold import SCAFFOLD
from kaizen_schedule_core.source.yaml.parser import parse_yaml

if TYPE_CHECKING:
    from conftest import Cli

Tree = Callable[[Path], dict[str, tuple[str, bytes | str]]]
MANIFEST = ".kaizen/schedule.yml"


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("--agents coach,keepaTodofile --timezone Asia/Tokyo", "0 problems"),
        ("--agents tdd-workflow", "0 problems"),
        ("--engagement acme", "0 problems"),
        ("--engagement acme --bootstrap-cadence weekly --repo other", "0 problems"),
        ("--engagement acme --bootstrap-cadence hourly", "2 infos"),
        ("--engagement acme --bootstrap-cadence hourly --timezone UTC --stagger 30m", "0 problems"),
        ("--stagger 2h --repo my.repo", "0 problems"),
    ],
)
def test_what_init_writes_is_valid(cli: Cli, line: str, expected: str) -> None:
    assert cli("schedule", "init", *line.split()).code == 0
    ran = cli("schedule", "validate")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, f"1 manifest checked, {expected}")


def test_agents_zone_and_engagement_reach_the_manifest(cli: Cli, bare: Path) -> None:
    line = "--agents coach,optimization --timezone Asia/Tokyo --engagement acme --bootstrap-cadence hourly"
    assert cli("schedule", "init", *line.split()).code == 0
    rows = cli("schedule", "list", "--format", "json").json["agents"]
    assert [(row["agent"], row["cadence"], row["timezone"], row["enabled"]) for row in rows] == [
        ("coach", "daily", "Asia/Tokyo", True),
        ("optimization", "daily", "Asia/Tokyo", True),
    ]
    assert len({row["cron"] for row in rows}) == 2
    text = (bare / MANIFEST).read_text(encoding="utf-8")
    assert "# Engagement acme, bootstrap cadence: hourly." in text
    assert text.count("staggered by bare") == 2


def test_a_repositorys_own_agent_can_be_asked_for(cli: Cli, bare: Path) -> None:
    (bare / "agents").mkdir()
    own = "---\nname: gardener\ndescription: Weeds the backlog\ncategory: care\n---\n\nWeed it.\n"
    (bare / "agents/agent-gardener.md").write_text(own, encoding="utf-8")
    assert cli("schedule", "init", "--agents", "gardener, coach").code == 0
    assert "  # Weeds the backlog\n  gardener:\n" in (bare / MANIFEST).read_text(encoding="utf-8")


def test_the_same_words_give_the_same_minutes_in_another_folder(cli: Cli, bare: Path) -> None:
    first = cli("schedule", "init", "--dry-run", "--stagger", "3h", "--repo", "shop").out
    other = bare / "other"
    other.mkdir()
    assert (
        cli("schedule", "init", "--dry-run", "--stagger", "3h", "--repo", "shop", "--target", str(other)).out == first
    )
    assert cli("schedule", "init", "--dry-run", "--stagger", "3h", "--target", str(other)).out != first


def test_a_dry_run_prints_the_manifest_and_writes_nothing(cli: Cli, bare: Path) -> None:
    ran = cli("schedule", "init", "--dry-run")
    assert (ran.code, ran.out) == (0, SCAFFOLD)
    assert "would write .kaizen/schedule.yml\n" in ran.err
    assert "nothing was written" in ran.err
    assert list(bare.iterdir()) == []


def test_a_dry_run_fails_where_the_run_would(cli: Cli, bare: Path, tree: Tree) -> None:
    assert cli("schedule", "init").code == 0
    before = tree(bare)
    ran = cli("schedule", "init", "--dry-run")
    assert (ran.code, ran.out) == (1, "")
    assert "KZ326" in ran.err
    ran = cli("schedule", "init", "--dry-run", "--force", "--agents", "coach")
    assert (ran.code, "would replace .kaizen/schedule.yml\n" in ran.err) == (0, True)
    assert tree(bare) == before


@pytest.mark.parametrize("old", [b"mine: yes", b"\xff\xfe", b""])
def test_force_replaces_the_manifest_and_prints_it(cli: Cli, bare: Path, old: bytes) -> None:
    assert cli("schedule", "init").code == 0
    (bare / MANIFEST).write_bytes(old)
    (bare / MANIFEST).chmod(0o640)
    ran = cli("schedule", "init", "--force", "--agents", "coach")
    assert ran.code == 0
    assert "replaced .kaizen/schedule.yml\n" in ran.out
    assert "kept .kaizen/schedule.schema.json\n" in ran.out
    assert list(parse_yaml((bare / MANIFEST).read_text(encoding="utf-8"), file="x").value["agents"]) == ["coach"]
    assert (bare / MANIFEST).stat().st_mode & 0o777 == 0o640


@pytest.mark.usefixtures("bare")
def test_force_in_a_fresh_folder_is_an_ordinary_init(cli: Cli) -> None:
    assert "wrote .kaizen/schedule.yml\n" in cli("schedule", "init", "--force").out


@pytest.mark.parametrize("kind", ["folder", "dangling", "outside"])
def test_force_replaces_nothing_but_a_file_of_this_repository(
    cli: Cli, bare: Path, tmp_path: Path, tree: Tree, kind: str
) -> None:
    (bare / ".kaizen").mkdir()
    outside = tmp_path / "outside.yml"
    outside.write_text("mine", encoding="utf-8")
    if kind == "folder":
        (bare / MANIFEST).mkdir()
    else:
        (bare / MANIFEST).symlink_to(outside if kind == "outside" else "missing")
    before = tree(bare)
    assert (cli("schedule", "init", "--force").code, tree(bare)) == (4, before)
    assert outside.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("--agents coash", 1, 'did you mean "coach"'),
        ("--agents ../coach", 1, "KZ320"),
        ("--agents coach,,optimization", 2, "coach,optimization"),
        ("--agents coach,coach", 2, "duplicate name"),
        ("--timezone Berlin", 2, "Europe/Berlin"),
        ("--timezone europe/berlin", 2, "Europe/Berlin"),
        ("--repo x", 2, "--stagger"),
        ("--bootstrap-cadence daily", 2, "--engagement"),
        ("--engagement a/b", 2, "invalid slug"),
        ("--engagement x --bootstrap-cadence monthly", 2, "hourly, daily, weekly"),
        ("--engagement x --bootstrap-cadence hourli", 2, 'did you mean "hourly"'),
        ("--stagger 1h --repo a;b", 2, "invalid slug"),
        ("--stagger 60", 2, "15m"),
        ("--stagger 30s", 2, "write 1m to"),
        ("--stagger 2d", 2, "write 1m to 660m"),
        ("--engagement x --bootstrap-cadence hourly --stagger 2h", 2, "write 1m to 60m"),
    ],
)
def test_what_is_wrong_is_reported_and_nothing_written(cli: Cli, bare: Path, line: str, code: int, words: str) -> None:
    ran = cli("schedule", "init", *line.split())
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert list(bare.iterdir()) == []


def test_a_folder_whose_name_is_not_a_slug_needs_repo(cli: Cli, bare: Path) -> None:
    (bare / "my shop").mkdir()
    ran = cli("schedule", "init", "--stagger", "1h", "--target", "my shop")
    assert (ran.code, "--repo" in ran.err, 'invalid slug "my shop"' in ran.err) == (2, True, True)


EXISTING = """\
version: "1"
timezone: America/New_York
agents:
  coach:
    cadence: monthly  # ours
"""


@pytest.mark.parametrize(
    "words", [("--stagger", "2h"), ("--timezone", "UTC"), ("--engagement", "phase-one", "--bootstrap-cadence", "daily")]
)
def test_force_does_not_drop_what_it_was_not_asked_to_replace(cli: Cli, bare: Path, words: tuple[str, ...]) -> None:
    path = bare / ".kaizen/schedule.yml"
    path.parent.mkdir()
    path.write_text(EXISTING, encoding="utf-8")
    ran = cli("schedule", "init", "--force", *words)
    assert (ran.code, ran.out) == (2, "")
    assert "pass --agent too" in ran.err
    assert path.read_text(encoding="utf-8") == EXISTING


def test_force_keeps_the_zone_and_a_copy(cli: Cli, bare: Path) -> None:
    path = bare / ".kaizen/schedule.yml"
    path.parent.mkdir()
    path.write_text(EXISTING, encoding="utf-8")
    assert cli("schedule", "init", "--force", "--agents", "optimization").code == 0
    assert "timezone: America/New_York\n" in path.read_text(encoding="utf-8")
    ran = cli("schedule", "init", "--force")
    assert "The old manifest is .kaizen/schedule.yml.bak2." in ran.err
    assert (path.parent / "schedule.yml.bak").read_text(encoding="utf-8") == EXISTING
