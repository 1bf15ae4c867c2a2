"""`schedule export` and `roster export`: files, changes and refusals. Engines' own tools try them in tests/engines."""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import yaml
from kaizen_schedule_core import parse_cron
from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.clock.engine_clocks import ENGINE_CLOCKS
from kaizen_schedule_core.engines import ENGINES
from kaizen_schedule_core.engines.fidelity import differences
from kaizen_schedule_core.engines.kubernetes import resource_name

if TYPE_CHECKING:
    from conftest import Cli

KUBERNETES = ("--image", "i:1", "--claim", "c")
SUFFIXES = {
    "github-actions": (".yml",),
    "gitea-actions": (".yml",),
    "systemd": (".service", ".timer"),
    "kubernetes": (".yaml",),
    "temporal": (".json",),
    "crontab": (".crontab",),
}


@pytest.fixture
def demo(cli: Cli, bare: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    assert cli("schedule", "init").code == 0
    return bare


def words(engine: str, output: Path) -> list[str]:
    options = list(KUBERNETES) if engine == "kubernetes" else []
    return ["schedule", "export", "--to", engine, "--output", str(output), *options]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_enabled_agent_has_its_files_and_the_paused_one_none(
    cli: Cli, demo: Path, tmp_path: Path, engine: str
) -> None:
    output = tmp_path / "out"
    ran = cli(*words(engine, output), "--format", "json")
    assert ran.code == 0, ran.err
    answer = ran.json
    assert (answer["version"], answer["engine"]) == ("1", engine)
    prefix = "kaizen-" if engine.endswith("-actions") else f"kaizen-{demo.name}-"
    expected = sorted(f"{prefix}{agent}{kind}" for agent in ("coach", "optimization") for kind in SUFFIXES[engine])
    assert answer["files"] == [{"path": path, "change": "created"} for path in expected]
    assert sorted(path.name for path in output.iterdir()) == expected
    for path in output.iterdir():
        text = path.read_text()
        assert f"Written by kaizen-agentic schedule export --to {engine} of {demo.name}, agent " in text
        assert "tdd-workflow" not in text
    texts = {path.name: path.read_text() for path in output.iterdir()}
    assert {file["change"] for file in cli(*words(engine, output), "--format", "json").json["files"]} == {"unchanged"}
    assert {path.name: path.read_text() for path in output.iterdir()} == texts
    assert cli(*words(engine, output), "--check").code == 0


def test_check_finds_drift_and_changes_nothing(cli: Cli, demo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    ran = cli(*words("systemd", output), "--check")
    assert (ran.code, output.exists()) == (3, False)
    assert "created" in ran.out
    assert "The files are out of date" in ran.err
    cli(*words("systemd", output))
    timer = output / f"kaizen-{demo.name}-coach.timer"
    timer.write_text(timer.read_text().replace("09:00:00", "08:00:00"))
    ran = cli(*words("systemd", output), "--check")
    assert ran.code == 3
    assert f"updated    {timer.name}\n" in ran.out
    assert "08:00:00" in timer.read_text()


def test_files_of_agents_that_left_are_removed_and_others_kept(cli: Cli, demo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    cli(*words("systemd", output))
    cli(*words("kubernetes", output))
    (output / "kaizen-mine.timer").write_text("[Timer]\n")
    manifest = demo / ".kaizen/schedule.yml"
    manifest.write_text(manifest.read_text().replace("enabled: true", "enabled: false", 1))
    ran = cli(*words("systemd", output))
    assert ran.code == 0
    assert ran.out.count("removed") == 2
    left = sorted(path.name for path in output.iterdir())
    assert "kaizen-mine.timer" in left
    assert sum(name.endswith(".yaml") for name in left) == 2, "files of another engine are kept"


def test_a_file_that_was_not_exported_is_never_replaced(cli: Cli, demo: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    mine = output / f"kaizen-{demo.name}-coach.timer"
    mine.write_text("mine\n")
    ran = cli(*words("systemd", output))
    assert ran.code == 1
    assert "error[KZ326]" in ran.err
    assert [path.name for path in output.iterdir()] == [mine.name]
    assert mine.read_text() == "mine\n"


def test_workflows_are_written_to_their_directory_in_the_git_root(cli: Cli, bare: Path) -> None:
    inner = bare / "services/my web"
    inner.mkdir(parents=True)
    (bare / ".git").mkdir()
    (inner / ".kaizen").mkdir()
    (inner / ".kaizen/schedule.yml").write_text('version: "1"\nagents:\n  coach:\n    cadence: weekly\n')
    assert cli("schedule", "export", "--to", "gitea-actions", "--target", inner).code == 0
    workflow = yaml.safe_load((bare / ".gitea/workflows/kaizen-coach.yml").read_text())
    assert "--target 'services/my web'" in workflow["jobs"]["run"]["steps"][-2]["run"]
    assert workflow[True]["schedule"] == [{"cron": "TZ=Europe/Berlin 0 9 * * 1"}]


def test_a_temporal_schedule_has_the_words_of_the_run(cli: Cli, demo: Path, tmp_path: Path) -> None:
    assert cli(*words("temporal", tmp_path), "--", "codex", "exec", "-").code == 0
    schedule = json.loads((tmp_path / f"kaizen-{demo.name}-coach.json").read_text())["schedule"]
    assert schedule["spec"] == {"cron_string": ["0 9 * * 1"], "timezone_name": "Europe/Berlin"}
    run = json.loads(b64decode(schedule["action"]["start_workflow"]["input"]["payloads"][0]["data"]))
    assert run[1:4] == ["schedule", "run", "coach"]
    assert run[-4:] == ["--", "codex", "exec", "-"]


def test_a_unit_escapes_what_systemd_would_replace(cli: Cli, demo: Path, tmp_path: Path) -> None:
    assert cli(*words("systemd", tmp_path), "--", "sh", "-c", 'a "b" \\ $c %d\ne').code == 0
    text = (tmp_path / f"kaizen-{demo.name}-coach.service").read_text()
    assert '"sh" "-c" "a \\"b\\" \\\\ $$c %%d\\ne"\n' in text


def test_a_manifest_of_kubernetes_keeps_each_word(cli: Cli, demo: Path, tmp_path: Path) -> None:
    command = ["sh", "-c", "cd /repo\n$(HOME) é\n\n\n", " x ", "- a: 'b'"]
    options = ("--output", str(tmp_path), "--image", "image", "--git-url", "https://example.org/demo.git")
    assert cli("schedule", "export", "--to", "kubernetes", *options, "--", *command).code == 0
    text = (tmp_path / f"kaizen-{demo.name}-coach.yaml").read_text()
    pod = yaml.safe_load(text)["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["command"][-5:] == [word.replace("$(", "$$(") for word in command]


@pytest.mark.parametrize(
    ("engine", "options", "code", "message"),
    [
        ("jenkins", (), 2, "use one of github-actions"),
        ("githubactions", (), 2, 'did you mean "github-actions"?'),
        ("systemd", (), 2, "Missing option '--output'"),
        ("systemd", ("--output", "x", "--timeout", "soon"), 2, "--timeout"),
        ("kubernetes", ("--output", "x"), 1, "pass --image IMAGE"),
        ("kubernetes", ("--output", "x", "--image", "i"), 1, "pass --claim NAME or --git-url URL"),
        ("github-actions", ("--", "sh", "-c", "${{ x }}"), 1, "put the command into a script"),
        ("github-actions", ("--", "sh", "-c", "\x1b"), 1, "put the command into a script"),
        ("crontab", ("--output", "x", "--", "sh", "-c", "a\nb"), 1, "put the command into a script"),
    ],
)
def test_what_an_engine_cannot_take_is_refused(
    cli: Cli, demo: Path, engine: str, options: tuple[str, ...], code: int, message: str
) -> None:
    ran = cli("schedule", "export", "--to", engine, *options)
    assert ran.code == code
    assert message in ran.err.replace("\n     ", " ")
    assert not (demo / "x").exists()


def test_a_crontab_is_only_for_the_zone_of_the_machine(
    cli: Cli, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli(*words("crontab", tmp_path), "--", "echo", "100%").code == 0
    text = (tmp_path / f"kaizen-{demo.name}-coach.crontab").read_text()
    assert text.splitlines()[2] == "CRON_TZ=Europe/Berlin"
    assert text.endswith("-- echo 100\\%\n")
    monkeypatch.setenv("TZ", "UTC")
    ran = cli(*words("crontab", tmp_path))
    assert ran.code == 1
    assert "error[KZ318]" in ran.err


def test_fires_that_differ_are_named_with_an_hour_to_move_to(cli: Cli, demo: Path, tmp_path: Path) -> None:
    manifest = demo / ".kaizen/schedule.yml"
    manifest.write_text(manifest.read_text().replace("0 9 * * 1", "30 2 * * 0"))
    ran = cli(*words("kubernetes", tmp_path))
    assert "coach on " in ran.err
    assert ": kubernetes fires at " in ran.err
    assert re.search(r"the manifest has no fire; at 0[13]:30, no fire differs", ran.err)
    row = cli(*words("kubernetes", tmp_path), "--format", "json").json["differences"][0]
    assert (row["agent"], row["manifest_utc"]) == ("coach", None)
    assert row["engine_utc"].endswith("Z")


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("temporal", []),
        ("systemd", [("2026-10-25", "00:30", "01:30")]),
        ("kubernetes", [("2026-10-25", "00:30", None)]),
        ("github-actions", [("2026-03-29", "01:00", None), ("2026-10-25", "00:30", "01:30")]),
    ],
)
def test_the_differences_of_an_engine(engine: str, expected: list[tuple[str, str, str | None]]) -> None:
    cron = parse_cron("30 2 * * *")
    assert isinstance(cron, Cron)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    found = differences(cron, ZoneInfo("Europe/Berlin"), ENGINE_CLOCKS[engine], start)
    rows = []
    for one in found:
        rows.append((str(one.date), *(f"{at:%H:%M}" if at else None for at in (one.engine, one.manifest))))
    assert rows == expected
    assert all(one.hour in {1, 3} for one in found)


def test_names_of_kubernetes_are_valid_and_unique() -> None:
    assert resource_name("kaizen-demo-coach") == "kaizen-demo-coach"
    names = {resource_name(f"kaizen-{name}") for name in ("A.b", "a.b", "a-b", "x" * 60, "x" * 61)}
    assert len(names) == 5
    assert all(len(name) <= 52 and name == name.lower() for name in names)


def test_a_fleet_is_exported(
    cli: Cli, make_repo: Callable[..., Path], make_roster: Callable[..., Path], tmp_path: Path
) -> None:
    manifest = 'version: "1"\nagents:\n  coach:\n    cadence: weekly\n'
    roster = make_roster(make_repo("one", manifest), make_repo("two", manifest))
    output = tmp_path / "out"
    ran = cli("roster", "export", "--roster", roster, "--to", "systemd", "--output", output)
    assert ran.code == 0, ran.err
    assert sorted(path.name for path in output.iterdir()) == [
        f"kaizen-{repo}-coach.{kind}" for repo in ("one", "two") for kind in ("service", "timer")
    ]
    options = ("--image", "i", "--git-url", "https://git.example/{repo}.git")
    ran = cli("roster", "export", "--roster", roster, "--to", "kubernetes", "--output", output, *options)
    assert ran.code == 0, ran.err
    assert "https://git.example/one.git" in (output / "kaizen-one-coach.yaml").read_text()
    assert cli("roster", "export", "--roster", roster, "--to", "crontab", "--output", output).code == 2
    assert cli("roster", "export", "--roster", roster, "--to", "systemd").code == 2
    assert os.listdir(output) != []
