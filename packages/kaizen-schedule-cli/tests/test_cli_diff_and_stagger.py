"""`schedule diff` and `schedule stagger`: changes of a manifest, shown and made."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_activity_defs import packaged_definitions

if TYPE_CHECKING:
    from conftest import Cli

MANIFEST = """\
version: "1"
timezone: Europe/Berlin
agents:
  coach:
    cadence: weekly   # a word
    cron: "0 9 * * 1"  # Mondays at 09:00; in quotes
    enabled: true
  optimization: {cadence: weekly, enabled: true}
  tdd-workflow:
    cadence: monthly # by default
"""


@pytest.fixture
def demo(bare: Path) -> Path:
    """A Git repository with a committed manifest."""
    (bare / ".kaizen").mkdir()
    manifest(bare, MANIFEST)
    commit(bare)
    return bare


def manifest(root: Path, text: str) -> None:
    (root / ".kaizen/schedule.yml").write_text(text, encoding="utf-8")


def commit(root: Path) -> None:
    who = ("-c", "user.name=n", "-c", "user.email=e")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "--allow-empty", "-m", "m")):
        subprocess.run(["git", *words], cwd=root, check=True)


def test_nothing_changed(cli: Cli, demo: Path) -> None:
    del demo
    ran = cli("schedule", "diff", "--check")
    assert (ran.code, ran.out, ran.err) == (0, "", "The schedule is that of HEAD.\n")
    assert cli("schedule", "diff", "--format", "json").json == {"version": "1", "base": "HEAD", "changes": []}
    assert cli("schedule", "diff", "--format", "markdown").out == "The schedule is that of `HEAD`.\n"


def test_changes_of_agents(cli: Cli, demo: Path) -> None:
    changed = MANIFEST.replace('"0 9 * * 1"', '"30 7 * * 2"').replace("enabled: true}", "enabled: false}")
    manifest(
        demo, changed.partition("  tdd-")[0] + "  todo-keeper: {cadence: daily}\n".replace("todo-keeper", "reviewer")
    )
    (demo / ".claude/agents").mkdir(parents=True)
    (demo / ".claude/agents/reviewer.md").write_text("---\ndescription: d\n---\nReview.\n", encoding="utf-8")
    ran = cli("schedule", "diff", "--format", "json", "--check")
    assert ran.code == 3
    rows = {row["agent"]: row for row in ran.json["changes"]}
    assert {agent: row["change"] for agent, row in rows.items()} == {
        "coach": "changed",
        "optimization": "paused",
        "reviewer": "added",
        "tdd-workflow": "removed",
    }
    assert list(rows["coach"]) == ["agent", "change", "before", "after", "next_before", "next_after"]
    assert rows["coach"]["after"]["cron"] == "30 7 * * 2"
    assert rows["optimization"]["next_after"] is None
    assert rows["reviewer"]["before"] is None
    text = cli("schedule", "diff").out
    assert max(map(len, text.splitlines())) <= 80
    assert (
        "| `coach` | changed | weekly, 0 9 * * 1, Europe/Berlin | weekly, 30 7 * * 2, Europe/Berlin |"
        in cli("schedule", "diff", "--format", "markdown").out
    )
    manifest(demo, MANIFEST.replace("Europe/Berlin", "UTC"))
    assert {row["change"] for row in cli("schedule", "diff", "--format", "json").json["changes"]} == {"changed"}


def test_a_manifest_that_is_new_or_gone_or_was_broken(cli: Cli, demo: Path) -> None:
    (demo / ".kaizen/schedule.yml").unlink()
    rows = cli("schedule", "diff", "--format", "json").json["changes"]
    assert {row["change"] for row in rows} == {"removed"}
    commit(demo)
    assert cli("schedule", "diff").code == 4, "there is no manifest"
    subprocess.run(["git", "update-ref", "-d", "HEAD"], cwd=demo, check=True)
    manifest(demo, MANIFEST)
    rows = cli("schedule", "diff", "--format", "json").json["changes"]
    assert {row["change"] for row in rows} == {"added"}, "there is no commit"
    (demo / ".kaizen/schedule.yml").unlink()
    commit(demo)
    manifest(demo, MANIFEST)
    rows = cli("schedule", "diff", "--format", "json").json["changes"]
    assert {row["change"] for row in rows} == {"added"}
    manifest(demo, "agents: [")
    commit(demo)
    assert cli("schedule", "diff").code == 1
    manifest(demo, MANIFEST)
    ran = cli("schedule", "diff", "--format", "json")
    assert {row["change"] for row in ran.json["changes"]} == {"added"}
    assert "warning: the manifest of HEAD is invalid: KZ115" in ran.err


@pytest.mark.parametrize("revision", ["nosuch", "--output=x", "HEAD:.kaizen/schedule.yml", "^HEAD"])
def test_an_unknown_revision_exits_2(cli: Cli, demo: Path, revision: str) -> None:
    ran = cli("schedule", "diff", "--", revision)
    assert ran.code == 2
    assert "Git has no commit" in ran.err
    assert not (demo / "x").exists()


def test_a_symlink_at_the_revision_exits_4(cli: Cli, demo: Path) -> None:
    (demo / ".kaizen/schedule.yml").rename(demo / ".kaizen/other.yml")
    (demo / ".kaizen/schedule.yml").symlink_to("other.yml")
    commit(demo)
    ran = cli("schedule", "diff")
    assert ran.code == 4
    assert "HEAD:.kaizen/schedule.yml is not a regular file" in ran.err


def test_outside_of_a_git_repository(cli: Cli, bare: Path) -> None:
    (bare / ".kaizen").mkdir()
    manifest(bare, MANIFEST)
    ran = cli("schedule", "diff")
    assert ran.code == 4
    assert "is not in a Git repository" in ran.err


def test_definitions_that_no_longer_select_an_agent(cli: Cli, demo: Path) -> None:
    catalog = demo.parent / "catalog"
    catalog.mkdir()
    for definition in packaged_definitions():
        text = definition.text
        if "coach" in definition.id:
            text = text.replace("enabled: false", "enabled: true")
        (catalog / f"{definition.id}.md").write_text(text, encoding="utf-8")
    manifest(demo, MANIFEST.replace("cadence: weekly   #", "cadence: daily   #"))
    words = ("schedule", "diff", "--catalog", catalog)
    [row] = cli(*words, "--format", "json").json["changes"]
    assert row["no_longer_fired_by"] == ["kaizen-weekly-coach-orientation"]
    assert "no longer fired by kaizen-weekly-coach-orientation" in " ".join(cli(*words).out.split())
    assert "is no longer fired by `kaizen-weekly-coach-orientation`" in cli(*words, "--format", "markdown").out


def test_start_times_are_spread_in_place(cli: Cli, demo: Path) -> None:
    path = demo / ".kaizen/schedule.yml"
    path.write_text(MANIFEST + '  scope-analyst: {cadence: daily, cron: "7 9 * * *"}\n', encoding="utf-8")
    dry = cli("schedule", "stagger", "--window", "2h", "--repo", "demo", "--dry-run")
    assert path.read_text(encoding="utf-8").startswith(MANIFEST)
    assert dry.err == "Dry run: nothing was written.\n"
    ran = cli("schedule", "stagger", "--window", "2h", "--repo", "demo")
    assert (ran.code, ran.out) == (0, dry.out)
    text = path.read_text(encoding="utf-8")
    crons = {line.split()[0]: " ".join(line.split()[-5:]) for line in ran.out.splitlines()[1:]}
    assert (
        text
        == f"""\
version: "1"
timezone: Europe/Berlin
agents:
  coach:
    cadence: weekly   # a word
    cron: "{crons["coach"]}"  # Mondays at {_time(crons["coach"])}; in quotes
    enabled: true
  optimization: {{cadence: weekly, cron: "{crons["optimization"]}", enabled: true}}
  tdd-workflow:
    cadence: monthly # by default
    cron: "{crons["tdd-workflow"]}"
  scope-analyst: {{cadence: daily, cron: "7 9 * * *"}}
"""
    )
    assert 9 <= int(crons["coach"].split()[1]) <= 10
    assert cli("schedule", "validate").code == 0
    assert cli("schedule", "stagger", "--window", "2h", "--repo", "demo").err == "Nothing to change.\n"
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# Mondays at 09:00, then lunch", "# Mondays at {}, then lunch"),
        ("# meet bob at 10:30 in zoom", "# meet bob at 10:30 in zoom"),
        ("# backup ends at 06:30, we run at 09:00", "# backup ends at 06:30, we run at {}"),
        ("# at 09:00:30", "# at 09:00:30"),
        ("# at 09:00 am", "# at 09:00 am"),
    ],
)
def test_only_the_old_start_in_a_comment_is_changed(cli: Cli, demo: Path, line: str, expected: str) -> None:
    path = demo / ".kaizen/schedule.yml"
    text = f'version: "1"\nagents:\n  coach:\n    cadence: weekly\n    cron: "0 9 * * 1"  {line}\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert cli("schedule", "stagger").code == 0
    found = path.read_bytes()
    assert found.startswith(b"\xef\xbb\xbf"), "the byte order mark stays"
    cron = found.decode("utf-8-sig").split('"')[3]
    assert found.decode().endswith(f"  {expected.format(_time(cron))}\n")


@pytest.mark.parametrize(
    "agents",
    ["  coach:\n    cadence : weekly\n", "  coach:\n    cadence:\n      weekly\n", "  coach:\n    'cadence': weekly\n"],
)
def test_a_notation_that_cannot_be_edited_is_refused_or_edited_rightly(cli: Cli, demo: Path, agents: str) -> None:
    text = f'version: "1"\nagents:\n{agents}'
    manifest(demo, text)
    ran = cli("schedule", "stagger")
    if ran.code == 2:
        assert "notation that this command does not edit" in ran.err
        assert (demo / ".kaizen/schedule.yml").read_text() == text
    else:
        assert cli("schedule", "list", "--format", "json").json["agents"][0]["cron"] != "0 9 * * 1"


def test_braces_over_several_lines(cli: Cli, demo: Path) -> None:
    manifest(
        demo,
        'version: "1"\nagents: {coach: {\n    cadence: weekly}, '
        "optimization: {cadence: daily, enabled: false,\n    }}\n",
    )
    assert cli("schedule", "stagger").code == 0
    crons = {one["agent"]: one["cron"] for one in cli("schedule", "list", "--all", "--format", "json").json["agents"]}
    assert crons["optimization"] == "0 9 * * *", "a paused agent stays"
    assert crons["coach"] != "0 9 * * 1"


def _time(cron: str) -> str:
    minute, hour, *_ = cron.split()
    return f"{int(hour):02}:{int(minute):02}"


def test_what_cannot_be_spread_stays(cli: Cli, demo: Path) -> None:
    crons = {"coach": "*/15 * * * *", "optimization": "45 23 * * *", "tdd-workflow": "0 */6 * * *"}
    lines = [f'  {agent}: {{cadence: daily, cron: "{cron}"}}\n' for agent, cron in crons.items()]
    manifest(demo, 'version: "1"\nagents:\n' + "".join(lines))
    out = " ".join(cli("schedule", "stagger", "--window", "1h").out.split())
    assert "not changed: it starts several times in an hour" in out
    text = (demo / ".kaizen/schedule.yml").read_text()
    minute, hour, *_ = text.split("optimization")[1].split('"')[1].split()
    assert (int(minute) > 45, hour) == (True, "23"), "it stays on its day"
    assert text.split("tdd-workflow")[1].split('"')[1].split()[1] == "*/6"
    manifest(demo, MANIFEST.replace("\n", "\r\n"))
    assert cli("schedule", "stagger").code == 0
    assert b"\r\n    cron" in (demo / ".kaizen/schedule.yml").read_bytes()
    assert (demo / ".kaizen/schedule.yml").read_bytes().count(b"\n") == (
        demo / ".kaizen/schedule.yml"
    ).read_bytes().count(b"\r\n")
