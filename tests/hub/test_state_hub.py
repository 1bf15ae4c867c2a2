"""The reference hub as a process on loopback, tested with HTTP requests, with our client, and with schemathesis."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from kaizen_schedule_core import discover_kaizen_scheduled_repos, resolve_roster
from kaizen_schedule_core.fleet.hub import load_hub
from kaizen_schedule_core.fleet.roster import load_roster

ROOT = Path(__file__).resolve().parents[2]
ROSTER = ROOT / "pilot-roster/roster.yml"
SLUGS = ["activity-core", "kaizen-agentic", "the-custodian"]
Start = Callable[..., str]


@pytest.fixture
def start() -> Iterator[Start]:
    """Yield a function that starts a hub on a free port and returns its URL; stop all hubs at the end."""
    running: list[subprocess.Popen[str]] = []

    def call(*words: str, roster: Path = ROSTER) -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", "state_hub", "--roster", str(roster), "--port", "0", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url), "the first line must be the URL"
        return url

    yield call
    for process in running:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def request(method: str, url: str, body: object = None) -> tuple[int, Any]:
    with urllib3.PoolManager() as pool:
        data = None if method == "GET" else json.dumps(body)
        headers = {"content-type": "application/json"}
        response = pool.request(method, url, body=data, headers=headers, retries=False, redirect=False)
        return response.status, json.loads(response.data) if response.data else None


def test_complete_roster_is_a_plain_list(start: Start) -> None:
    status, rows = request("GET", f"{start()}/repos/")
    assert status == 200
    assert [row["slug"] for row in rows] == SLUGS
    assert list(rows[0]) == ["slug", "domain", "host_paths", "local_path", "kaizen_schedule_enabled"]
    assert all(os.path.isabs(row["local_path"]) for row in rows)
    assert {row["kaizen_schedule_enabled"] for row in rows} == {None}


def test_hub_and_roster_file_give_equal_results(start: Start) -> None:
    hub, file = load_hub(start()), load_roster(str(ROSTER))
    assert hub.digest == file.digest
    by_hub, by_file = (discover_kaizen_scheduled_repos(roster=roster) for roster in (hub, file))
    assert by_hub == by_file
    assert by_hub["scheduled_runs"]


def test_path_without_a_trailing_slash_is_not_found(start: Start) -> None:
    assert request("GET", f"{start()}/repos")[0] == 404


def test_flag_is_set_stored_and_used_as_a_filter(start: Start, tmp_path: Path) -> None:
    database = str(tmp_path / "hub.sqlite")
    url = start("--database", database)

    def selected(query: str) -> list[str]:
        return [row["slug"] for row in request("GET", f"{url}/repos/?{query}")[1]]

    assert selected("kaizen_schedule_enabled=false") == []
    for flag, disabled in ((False, True), (True, False), (None, False), (False, True)):
        status, row = request("PATCH", f"{url}/repos/the-custodian/", {"kaizen_schedule_enabled": flag})
        assert (status, row["slug"], row["kaizen_schedule_enabled"]) == (200, "the-custodian", flag)
        assert selected("kaizen_schedule_enabled=false") == SLUGS[2:] * disabled
        assert selected("kaizen_schedule_enabled=true") == SLUGS[: 3 - disabled]
    assert selected("domain=custodian") == SLUGS
    assert selected("domain=nobody") == []
    url = start("--database", database)
    assert selected("kaizen_schedule_enabled=false") == ["the-custodian"], "the flag must be kept after a restart"
    outcomes = {found.repo: found.outcome for found in resolve_roster(roster=url).outcomes}
    assert outcomes["the-custodian"] == "hub-disabled"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kaizen_schedule_enabled": "no"},
        {"kaizen_schedule_enabled": 0},
        {"kaizen_schedule_enabled": True, "slug": "x"},
        [],
        "",
    ],
    ids=["empty", "text", "number", "extra-key", "list", "string"],
)
def test_invalid_body_changes_nothing(start: Start, body: object) -> None:
    url = start()
    before = request("GET", f"{url}/repos/")
    assert request("PATCH", f"{url}/repos/the-custodian/", body)[0] == 422
    assert request("GET", f"{url}/repos/") == before


def test_unknown_slug_is_not_found(start: Start) -> None:
    status, problem = request("PATCH", f"{start()}/repos/nobody/", {"kaizen_schedule_enabled": False})
    assert (status, problem) == (404, {"detail": "no repository has the slug nobody"})


@pytest.mark.parametrize("roster", ["absent.yml", "wrong.yml"])
def test_invalid_roster_is_reported_and_no_hub_starts(tmp_path: Path, roster: str) -> None:
    (tmp_path / "wrong.yml").write_text('version: "1"\nrepos: [{slug: "a b"}]\n', encoding="utf-8")
    command = [sys.executable, "-m", "state_hub", "--roster", str(tmp_path / roster), "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert roster in done.stderr


def test_schemathesis_finds_no_problem(start: Start, tmp_path: Path) -> None:
    schemathesis = Path(sys.executable).with_name("schemathesis")
    options = ["--checks", "all", "--seed", "7", "--max-examples", "30", "--no-color"]
    done = subprocess.run(
        [schemathesis, "run", f"{start()}/openapi.json", *options],
        cwd=tmp_path,  # it writes a folder to the current directory
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    generated = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert generated is not None
    assert int(generated[1]) == int(generated[2]) > 50
