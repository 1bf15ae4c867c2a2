"""`roster check`: the prerequisites of a runner; nothing is written."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kaizen_schedule_cli.runner_check import check_runner
from kaizen_schedule_core.fleet.roster import load_roster

if TYPE_CHECKING:
    from conftest import Cli

MANIFEST = 'version: "1"\nagents:\n  coach: {cadence: weekly}\n'
ROSTER = """\
version: "1"
repos:
  - {slug: here, local_path: here}
  - {slug: elsewhere, host_paths: {other-host: /srv/elsewhere}}
  - {slug: gone, local_path: gone}
"""
Tree = Callable[[Path], dict[str, tuple[str, bytes | str]]]


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout and its roster, on a machine that has the command on its PATH."""
    (tmp_path / "here/.kaizen").mkdir(parents=True)
    (tmp_path / "here/.kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "roster.yml").write_text(ROSTER.partition("  - {slug: else")[0], encoding="utf-8")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def index() -> Iterator[str]:
    """A package index that has two of the three packages; one with all three under /moved, and one for who signs in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            has = self.path in {"/simple/kaizen-schedule-core/", "/simple/kaizen-activity-defs/"}
            if self.path.startswith("/locked/"):
                has = self.headers["authorization"] in {"Basic dTpwQHNz", "Basic dTrigqw="}  # u:p@ss, u:€
            moved = self.path.startswith("/moved/")
            self.send_response(302 if moved else 200 if has else 404)
            self.send_header("location", self.path.replace("/moved/", "/locked/"))
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    server.shutdown()
    server.server_close()


def found(cli: Cli, *words: str, code: int) -> dict[str, bool]:
    ran = cli("roster", "check", "--roster", "roster.yml", "--format", "json", *words)
    assert ran.code == code, ran.output
    assert list(ran.json) == ["version", "passed", "checks"]
    assert ran.json["passed"] is (code == 0)
    return {check["check"]: check["passed"] for check in ran.json["checks"]}


def test_runner_that_is_ready(cli: Cli, runner: Path, tree: Tree) -> None:
    before = tree(runner)
    assert set(found(cli, code=0).values()) == {True}
    assert tree(runner) == before, "looking writes nothing"
    text = cli("roster", "check", "--roster", "roster.yml")
    assert "4 checks, 0 failed" in text.err


def test_paths_missing_on_this_host(cli: Cli, runner: Path) -> None:
    (runner / "roster.yml").write_text(ROSTER, encoding="utf-8")
    assert found(cli, code=1) == {"command": True, "paths of this host": False, "checkouts": True, "metrics": True}
    text = cli("roster", "check", "--roster", "roster.yml", "--host", "runner-7").out
    assert "elsewhere" not in text, "an entry of another host is not checked"
    assert "gone does not exist" in " ".join(text.split())


def test_command_not_on_the_path(cli: Cli, runner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(runner))
    assert found(cli, code=1)["command"] is False


@pytest.mark.parametrize(
    "script",
    ["#!/bin/sh\necho kaizen-agentic 0.0.1\n", "#!/bin/sh\nexit 3\n", "#!/no/shell\n", "#!/bin/sh\nexec sleep 60\n"],
)
def test_other_version_or_failing_command(runner: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = runner / "bin/kaizen-agentic"
    program.parent.mkdir()
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    command, *others = check_runner(load_roster("roster.yml"), seconds=1)
    assert (command.check, command.passed) == ("command", False)
    assert ("timed out after 1 seconds" in command.detail) == ("sleep" in script)
    assert all(check.passed for check in others)


def test_metrics_that_cannot_be_written(cli: Cli, runner: Path) -> None:
    (runner / "here/.kaizen/metrics").write_text("a file", encoding="utf-8")
    assert found(cli, code=1)["metrics"] is False


def test_unreadable_checkout(cli: Cli, runner: Path) -> None:
    (runner / "here/.kaizen/schedule.yml").unlink()
    (runner / "here/.kaizen/schedule.yml").mkdir()
    assert found(cli, code=1)["checkouts"] is False


def test_index_must_have_all_three_packages(cli: Cli, runner: Path, index: str) -> None:
    del runner
    ran = cli("roster", "check", "--roster", "roster.yml", "--index-url", index, "--format", "json")
    assert ran.code == 1
    expected = [(check["passed"], check["detail"]) for check in ran.json["checks"] if check["check"] == "index"]
    assert expected == [
        (True, "kaizen-schedule-core: HTTP status 200"),
        (True, "kaizen-activity-defs: HTTP status 200"),
        (False, "kaizen-schedule-cli: HTTP status 404"),
    ]


def test_index_is_requested_as_pip_does(cli: Cli, runner: Path, index: str) -> None:
    """With the user and the password of its address, which are never shown, and following redirects."""
    del runner
    url = index.replace("http://", "http://u:p%40ss@").replace("/simple", "/moved")
    ran = cli("roster", "check", "--roster", "roster.yml", "--index-url", url)
    assert (ran.code, "7 checks, 0 failed" in ran.err) == (0, True)
    assert "p%40ss" not in ran.output
    assert cli("roster", "check", "--roster", "roster.yml", "--index-url", "simple").code == 2


def test_password_with_any_character_is_sent_in_utf_8(cli: Cli, runner: Path, index: str) -> None:
    del runner
    for password in ("%E2%82%AC", "€"):
        url = index.replace("http://", f"http://u:{password}@").replace("/simple", "/locked")
        ran = cli("roster", "check", "--roster", "roster.yml", "--index-url", url)
        assert (ran.code, "7 checks, 0 failed" in ran.err) == (0, True), ran.output


@pytest.mark.parametrize("address", ["u:q%FFq@127.0.0.1:1", "u:q\udcffq@127.0.0.1:1", "u:qq@[", "u:q\u2100q@h"])
def test_invalid_credentials_are_wrong_usage_and_not_shown(cli: Cli, runner: Path, address: str) -> None:
    del runner
    ran = cli("roster", "check", "--roster", "roster.yml", "--index-url", f"http://{address}/simple")
    assert (ran.code, ran.out) == (2, "")
    assert "--index-url: " in ran.err
    printed = ran.err.rpartition("Error: ")[2].lower()
    assert not [part for part in ("q", "\u2100", "0xff", "%ff", "udcff") if part in printed]


def test_metrics_that_point_outside_cannot_be_recorded(cli: Cli, runner: Path) -> None:
    (runner / "outside").mkdir()
    (runner / "here/.kaizen/metrics").symlink_to(runner / "outside")
    assert found(cli, code=1)["metrics"] is False


def test_skipped_entries_are_not_counted(cli: Cli, runner: Path) -> None:
    with (runner / "roster.yml").open("a", encoding="utf-8") as roster:
        roster.write("  - {slug: here}\n  - {slug: off, kaizen_schedule_enabled: false}\n  - 7\n")
    assert "0 of 4 entries have an existing path" in cli("roster", "check", "--roster", "roster.yml").out


def test_unreachable_index(cli: Cli, runner: Path) -> None:
    del runner
    assert found(cli, "--index-url", "http://127.0.0.1:1/simple", code=1)["index"] is False


def test_missing_roster_is_4(cli: Cli, runner: Path) -> None:
    (runner / "roster.yml").unlink()
    assert cli("roster", "check", "--roster", "roster.yml").code == 4
