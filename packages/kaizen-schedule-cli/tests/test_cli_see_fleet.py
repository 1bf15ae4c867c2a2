"""Seeing a fleet: selected rows, missed runs, calendars, metrics, the report, progress and several processes."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kaizen_activity_defs import packaged_definitions
from kaizen_schedule_cli.processes import map_in_processes
from kaizen_schedule_core import Absent, ExecutionRecord, record_run
from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import diagnose

if TYPE_CHECKING:
    from conftest import Cli

NOW = "2026-11-24T12:00:00Z"  # a Tuesday
WEEKLY = 'version: "1"\nagents:\n  coach: {cadence: weekly, cron: "30 7 * * 1"}\n  optimization: {cadence: weekly}\n'
COACH = "kaizen-weekly-coach-orientation"


def make(folder: Path, slugs: list[str], manifest: str = WEEKLY) -> None:
    for slug in slugs:
        (folder / slug / ".kaizen").mkdir(parents=True)
        (folder / slug / ".kaizen/schedule.yml").write_text(manifest, encoding="utf-8")


def record(
    root: Path, at: str, agent: str = "coach", *, success: bool = True, metadata: dict[str, Any] | None = None
) -> None:
    one = ExecutionRecord(timestamp=at, agent=agent, success=success, execution_time_s=90, metadata=metadata)
    record_run(str(root), one)


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """60 repositories, one of them broken, one without a checkout, one on another host."""
    slugs = [f"repo-{number:02}" for number in range(60)]
    make(tmp_path, slugs)
    (tmp_path / "repo-07/.kaizen/schedule.yml").write_text("agents: [", encoding="utf-8")
    (tmp_path / "catalog").mkdir()
    for definition in packaged_definitions():
        (tmp_path / f"catalog/{definition.id}.md").write_text(definition.text, encoding="utf-8")
    rows: list[dict[str, Any]] = [{"slug": slug, "domain": "custodian", "local_path": slug} for slug in slugs]
    rows += [{"slug": "gone", "local_path": "gone"}, {"slug": "there", "host_paths": {"h2": "/srv/there"}}]
    (tmp_path / "roster.yml").write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(cli: Cli, fleet: Path) -> Callable[..., Any]:
    del fleet

    def run(name: str, *words: str) -> Any:
        return cli("roster", name, "--roster", "roster.yml", "--now", NOW, *words)

    return run


def test_slugs_select_entries(ask: Callable[..., Any]) -> None:
    ran = ask("explain", "repo-03", "gone", "--format", "json")
    assert [repo["repo"] for repo in ran.json["repos"]] == ["gone", "repo-03"]
    assert sum(ran.json["counts"].values()) == 2
    assert len(ask("status", "repo-03", "--format", "json").json["rows"]) == 2
    slots = ask("expect", "repo-03", "--since", "2026-11-23", "--format", "json").json["slots"]
    assert {slot["repo"] for slot in slots} == {"repo-03"}
    wrong = ask("status", "repo-03x")
    assert wrong.code == 2
    assert 'the roster has no entry "repo-03x": did you mean "repo-03"?' in " ".join(wrong.err.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("explain", "--outcome", "invalid-manifst"), 'did you mean "invalid-manifest"?'),
        (("explain", "--by", "definition"), "--by definition requires --catalog"),
        (("status", "--state", "overdu"), 'did you mean "overdue"?'),
        (("status", "--state", "a.json", "--state", "b.json"), "several files"),
        (("status", "--output", "x.prom"), "--output requires --format openmetrics"),
        (("status", "repo-03", "--state", "size.json"), "counts the whole fleet"),
        (("expect", "--since", "2027-01-01"), "it must be after --since"),
        (("explain", "--jobs", "0"), "--jobs"),
    ],
)
def test_wrong_options_exit_2(ask: Callable[..., Any], words: tuple[str, ...], message: str) -> None:
    ran = ask(*words)
    assert ran.code == 2
    assert message in " ".join(ran.err.split())


def test_long_tables_show_what_needs_attention(ask: Callable[..., Any]) -> None:
    lines = ask("explain").out.splitlines()
    assert re.findall(r"^(\S+) +([a-z-]+)", "\n".join(lines[1:]), re.MULTILINE)[:2] == [
        ("gone", "path-missing"),
        ("repo-07", "invalid-manifest"),
    ]
    assert lines[-1] == "60 more rows (59 scheduled, 1 no-path-for-host): --all"
    assert len(re.findall(r"^\S", ask("explain", "--all").out, re.MULTILINE)) == 63
    chosen = ask("explain", "--outcome", "scheduled").out.splitlines()
    assert len(chosen) == 43
    assert chosen[-1] == "19 more rows (19 scheduled): --all"
    assert ask("status", "--outcome", "invalid-manifest", "--format", "json").json["rows"] == []
    assert ask("status", "--outcome", "path-missing", "--check").code == 3
    assert len(ask("expect", "--outcome", "scheduled", "--format", "json").json["slots"]) == 118
    assert "Nothing needs attention. 118 more rows (118 never): --all" in ask("status").out


def test_runs_are_grouped_by_what_fires_them(ask: Callable[..., Any], fleet: Path) -> None:
    unfired = ask("status", "--catalog", "catalog", "--format", "json").json["rows"]
    assert {row["state"] for row in unfired} == {"unfired"}
    assert ask("status", "--catalog", "catalog", "--check", "--only-runs").code == 0
    path = fleet / f"catalog/{COACH}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("enabled: false", "enabled: true"), encoding="utf-8")
    text = ask("explain", "--catalog", "catalog", "--by", "definition").out
    assert f"{COACH}, 0 9 * * 1 Europe/Berlin: 59 runs\n  repo-00/coach\n" in text
    assert "no enabled definition: 59 runs\n  repo-00/optimization\n" in text
    assert text.count("and 49 more: --all") == 2
    states = ask("status", "--catalog", "catalog", "--state", "unfired", "--format", "json").json["rows"]
    assert {row["agent"] for row in states} == {"optimization"}


def test_a_state_file_and_states_can_be_combined(ask: Callable[..., Any], fleet: Path) -> None:
    assert ask("status", "--state", "never", "--state", "./size.json", "--format", "json").code == 0
    assert json.loads((fleet / "size.json").read_text())["entries"] == 62


def test_slots_have_the_first_record_from_the_slot_to_the_next_one(ask: Callable[..., Any], fleet: Path) -> None:
    record(fleet / "repo-00", "2026-11-16T06:29:00Z")  # before its slot
    record(fleet / "repo-00", "2026-11-20T12:00:00Z", success=False)  # late, but before the next slot
    record(fleet / "repo-00", "2026-11-21T12:00:00Z")
    answer = ask("expect", "repo-00", "--since", "2026-11-10", "--format", "json").json
    found = [(slot["slot"], slot["recorded"], slot["success"]) for slot in answer["slots"] if slot["agent"] == "coach"]
    assert found == [
        ("repo-00/coach/20261116T0630Z", "2026-11-20T12:00:00Z", False),
        ("repo-00/coach/20261123T0630Z", None, None),
    ]


def test_missed_runs_are_those_without_a_record_whose_grace_is_over(ask: Callable[..., Any], fleet: Path) -> None:
    record(fleet / "repo-00", "2026-11-23T09:00:00Z")
    words = ("expect", "repo-00", "repo-01", "--since", "2026-11-23", "--missed", "--format", "json")
    missed = [slot["slot"] for slot in ask(*words).json["slots"]]
    assert missed == [
        "repo-01/coach/20261123T0630Z",
        "repo-00/optimization/20261123T0800Z",
        "repo-01/optimization/20261123T0800Z",
    ]
    assert ask(*words, "--grace", "3d").json["slots"] == []
    text = ask(*words[:-2]).out
    assert "\nAll times are in Europe/Berlin.\n\nMISSED " in text
    assert "Mon 2026-11-23 07:30+01:00" in text
    (fleet / "repo-01/.kaizen/metrics/coach/executions.jsonl").mkdir(parents=True)
    ran = ask(*words)
    assert [slot["slot"] for slot in ran.json["slots"]] == missed
    assert "warning[KZ102]" in ran.err


def test_many_expected_runs_are_shown_by_day(ask: Callable[..., Any]) -> None:
    text = ask("expect", "--since", "2026-11-22", "--until", "2026-11-29").out
    assert re.search(r"DAY +RUNS +FULLEST HOUR\nMon 2026-11-23 +118 +07:00, 59 runs\n", text)
    assert text.endswith("\n\nEach run: --all\n")
    assert ask("expect").out == ask("expect", "--since", "2026-11-17T12:00:00Z", "--until", NOW).out


def test_a_calendar_has_an_event_for_each_slot(cli: Cli, fleet: Path) -> None:
    period = ("--since", "2026-11-23", "--until", "2026-11-24")
    text = cli.process("roster", "expect", "--roster", "roster.yml", *period, "--format", "ics", cwd=fleet).out
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    uids = re.findall(r"^UID:(.*)\r$", text, re.MULTILINE)
    assert len(uids) == len(set(uids)) == 118
    assert "repo-00/coach/20261123T0630Z" in uids
    words = ("--target", fleet / "repo-00", "--repo", "r" * 90, "--from", "2026-11-22", "--count", "1")
    one = cli.process("schedule", "next", "coach", *words, "--format", "ics").out
    assert max(len(line.encode()) for line in one.splitlines()) <= 75
    assert f"UID:{'r' * 90}/coach/20261123T0630Z" in one.replace("\r\n ", "")


def test_openmetrics(ask: Callable[..., Any], fleet: Path) -> None:
    record(fleet / "repo-00", "2026-11-23T07:00:00Z", metadata={"cost_usd": 0.5})
    record(fleet / "repo-00", "2026-11-24T07:00:00Z", success=False, metadata={"cost_usd": 0.25})
    ran = ask("status", "repo-00", "--format", "openmetrics", "--output", "fleet.prom")
    assert (ran.code, ran.out) == (0, "")
    text = (fleet / "fleet.prom").read_text()
    agent = 'repo="repo-00",agent="coach"'
    for line in (
        f'kaizen_agent_state{{{agent},state="failed"}} 1',
        f"kaizen_agent_last_expected_timestamp_seconds{{{agent}}} 1795415400",
        f"kaizen_agent_last_success_timestamp_seconds{{{agent}}} 1795417200",
        f'kaizen_agent_week_runs{{{agent},result="success"}} 1',
        f'kaizen_agent_week_runs{{{agent},result="failure"}} 1',
        f"kaizen_agent_week_cost_usd{{{agent}}} 0.75",
        'kaizen_roster_entries{outcome="scheduled"} 1',
    ):
        assert f"\n{line}\n" in text
    assert text.endswith("\n# EOF\n")
    assert ask("status", "repo-00", "--format", "openmetrics").out == text


def test_a_repository_is_its_own_roster(cli: Cli, fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fleet / "repo-05")
    rows = cli("roster", "status", "--format", "json").json["rows"]
    assert [(row["repo"], row["agent"]) for row in rows] == [("repo-05", "coach"), ("repo-05", "optimization")]
    assert cli("roster", "explain").code == 2
    monkeypatch.chdir(fleet)
    assert cli("roster", "status").code == 2


def rows_of(page: str) -> list[list[Any]]:
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    found: list[list[Any]] = json.loads(data[1])
    return found


def test_the_report(ask: Callable[..., Any], fleet: Path) -> None:
    record(fleet / "repo-00", "2026-11-23T07:00:00Z", metadata={"cost_usd": 0.5, "gen_ai.usage.input_tokens": 1200})
    record(fleet / "repo-01", "2026-11-09T07:00:00Z")
    record(fleet / "repo-02", "2026-11-23T09:00:00Z", "optimization", success=False, metadata={"exit_status": 3})
    ran = ask("report", "--output", "report.html", "--grace", "4h")
    assert (ran.code, ran.out) == (0, "")
    page = (fleet / "report.html").read_text(encoding="utf-8")
    words = " ".join(re.sub(r"<script[\s\S]*?</script>|<style[\s\S]*?</style>|<[^>]+>", " ", page).split())
    for part in (
        "4 of 62 repositories need attention",
        "Tuesday 2026-11-24 13:00. All times are in Europe/Berlin.",
        "59 of 62 repositories run",
        "Mon 07:00 busiest hour: 59 runs start",
        "$0.50 recorded cost, last 7 days",
        "60 scheduled, ".replace("60", "59").rstrip(", "),
        "repo-07 : invalid-manifest",
        "repo-01/coach : overdue , expected Mon 2026-11-23 07:30; the last record is from Mon 2026-11-09 08:00",
        "repo-02/optimization : failed , the last record is from Mon 2026-11-23 10:00 (exit status 3)",
        "kaizen-agentic roster status repo-01 --roster roster.yml",
        "Mon 11-23 118 2 116",
        "coach 59 1 100 % 1.5 min 1,200 $0.50",
    ):
        assert part in words
    rows = rows_of(page)
    assert len(rows) == 121
    assert [row[:3] for row in rows[:4]] == [
        ["gone", "", "path-missing"],
        ["repo-07", "", "invalid-manifest"],
        ["repo-01", "coach", "overdue"],
        ["repo-02", "optimization", "failed"],
    ]
    assert "http" not in re.sub(r"<script[\s\S]*?</script>", "", page).replace("http-equiv", "")


def test_the_report_of_a_hostile_fleet_is_data(cli: Cli, fleet: Path) -> None:
    (fleet / "repo-00/.kaizen/schedule.yml").write_text(
        'version: "1"\nagents: {coach: {cadence: "</script><b>: &amp;"}}', encoding="utf-8"
    )
    assert cli("roster", "report", "--roster", "roster.yml", "--output", "r.html").code == 0
    page = (fleet / "r.html").read_text(encoding="utf-8")
    assert page.count("</script>") == 2
    assert "<b>:" not in page
    assert any("</script>" in row[4] for row in rows_of(page))


def test_a_report_without_runs(cli: Cli, fleet: Path) -> None:
    paused = WEEKLY.replace("}", ", enabled: false}")
    for number in range(60):
        (fleet / f"repo-{number:02}/.kaizen/schedule.yml").write_text(paused, encoding="utf-8")
    assert cli("roster", "report", "--roster", "roster.yml", "--output", "r.html", "--shard", "1/1").code == 0
    page = (fleet / "r.html").read_text(encoding="utf-8")
    assert "<b>none</b> runs in the next 7 days" in page
    assert "1 path-missing" in page


@pytest.mark.parametrize("words", [("resolve",), ("explain",), ("expect", "--format", "json"), ("status", "--all")])
def test_the_answer_does_not_depend_on_the_number_of_jobs(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    slugs = [f"repo-{number:03}" for number in range(300)]  # more than one part
    make(tmp_path, slugs)
    record(tmp_path / "repo-290", "2026-11-23T07:00:00Z")
    rows = [{"slug": slug, "local_path": slug} for slug in slugs]
    (tmp_path / "roster.yml").write_text(json.dumps({"version": "1", "repos": rows}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    one, two = (cli("roster", *words, "--roster", "roster.yml", "--now", NOW, "--jobs", jobs) for jobs in ("1", "2"))
    assert one == two
    assert one.code == 0


def test_validation_in_several_processes(cli: Cli, tmp_path: Path) -> None:
    make(tmp_path, [f"repo-{number:03}" for number in range(150)])
    (tmp_path / "repo-120/.kaizen/schedule.yml").write_text("agents: [", encoding="utf-8")
    one, two = (cli("schedule", "validate", tmp_path, "--jobs", jobs, "--format", "json") for jobs in ("1", "2"))
    assert one == two
    assert one.code == 1


def test_an_error_in_a_process_is_raised_in_this_one() -> None:
    def fail(number: int) -> int:
        raise ValueError(f"{number} is wrong")

    def refuse(number: int) -> int:
        raise Absent(diagnose(reading.ABSENT, f"{number} does not exist", file="f"))

    with pytest.raises(ValueError, match="0 is wrong"):
        list(map_in_processes(fail, range(4), jobs=2, chunk=1))
    with pytest.raises(Absent) as raised:
        list(map_in_processes(refuse, range(4), jobs=2, chunk=1))
    assert raised.value.diagnostics == (diagnose(reading.ABSENT, "0 does not exist", file="f"),)


def test_a_process_that_is_killed_is_not_our_fault(cli: Cli, fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del fleet
    parent = os.getpid()

    def killed(*_: object) -> str:
        assert os.getpid() != parent
        os.kill(os.getpid(), signal.SIGKILL)
        return ""

    monkeypatch.setattr("kaizen_schedule_core.fleet.resolver._describe", killed)
    monkeypatch.setattr("kaizen_schedule_cli.commands.roster_options._PART", 20)
    ran = cli("roster", "explain", "--roster", "roster.yml", "--jobs", "2")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == "error: a process of this command ended unexpectedly: pass --jobs 1, or free memory\n"


def test_without_shared_memory_one_process_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refused)
    assert list(map_in_processes(str, range(3), jobs=2, chunk=1)) == ["0", "1", "2"]


def test_progress_is_only_shown_on_a_terminal(fleet: Path) -> None:
    del fleet
    code = (
        "import time; from kaizen_schedule_cli.render.progress import progress\n"
        "with progress(1500, 'repositories') as shown:\n"
        "    shown.advance(1); time.sleep(1.1); shown.advance(1249)\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "CI"} | {"TERM": "xterm"}
    for extra, expected in (({}, b"\r\x1b[K1,250 of 1,500 repositories\r\x1b[K"), ({"CI": "true"}, b"")):
        reader, writer = pty.openpty()
        subprocess.run([sys.executable, "-c", code], stderr=writer, env=env | extra, check=True)
        os.set_blocking(reader, False)
        try:
            shown = os.read(reader, 1000)
        except BlockingIOError:
            shown = b""
        assert shown == expected
        os.close(reader)
        os.close(writer)
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, env=env, check=True)
    assert piped.stderr == b""


def test_the_default_time_is_now(cli: Cli, fleet: Path) -> None:
    record(fleet / "repo-00", f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}")
    assert cli("roster", "status", "repo-00", "--state", "ok", "--roster", "roster.yml", "--format", "json").json[
        "rows"
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (COACH, 'write "kaizen-weekly-coach-orientation" as ID="20 9 * * 1"'),
        ("kaizen-weekly-coach=0 9 * * 1", f'did you mean "{COACH}"?'),
        ("kaizen-scheduled-runs-tick=0 * * * *", "is not a weekly definition"),
        (f"{COACH}=20 9 * * 8", "weekday 8 is out of range"),
    ],
)
def test_a_wrong_cron_of_a_definition(cli: Cli, tmp_path: Path, value: str, message: str) -> None:
    ran = cli("definitions", "sync", tmp_path, "--cron", value)
    assert ran.code == 2
    assert message in " ".join(ran.err.split())
    assert list(tmp_path.iterdir()) == []


def test_records_with_extreme_values_do_not_stop_the_fleet(ask: Callable[..., Any], fleet: Path) -> None:
    folder = fleet / "repo-00/.kaizen/metrics/coach"
    folder.mkdir(parents=True)
    lines = [
        {"timestamp": "0001-01-01T00:00:00Z", "agent": "coach", "success": False},
        {"timestamp": "2026-11-23T08:00:00Z", "agent": "coach", "success": True, "execution_time_s": 1.7e308},
        {
            "timestamp": "2026-11-23T09:00:00Z",
            "agent": "coach",
            "success": False,
            "execution_time_s": 1.7e308,
            "metadata": {"reason": "\u001b[31m\u202e", "cost_usd": 1e300},
        },
    ]
    (folder / "executions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    ran = ask("status", "repo-00", "--format", "json")
    assert ran.json["rows"][0]["last_recorded"] == "2026-11-23T09:00:00Z"
    assert "warning[KZ241]: metrics line 1 is invalid" in ran.err
    assert ask("report", "--output", "r.html").code == 0
    page = (fleet / "r.html").read_text(encoding="utf-8")
    assert not re.search("[\x00-\x08\x1b\u202e]", page)
    [row] = [row for row in rows_of(page) if row[:2] == ["repo-00", "coach"]]
    assert row[9] is None, "an extreme time is ignored"
