"""`schedule run`: real commands, signals, locks and pings."""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from filelock import FileLock
from kaizen_schedule_cli import app
from kaizen_schedule_cli.session.output import Kept
from kaizen_schedule_cli.session.process import run_command
from kaizen_schedule_cli.session.program import program_words

if TYPE_CHECKING:
    from conftest import Cli


class Ran(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


RUN = [sys.executable, "-m", "kaizen_schedule_cli", "schedule", "run", "coach"]
METRICS = f"{sys.executable} -m kaizen_schedule_cli metrics record coach"


@pytest.fixture
def demo(cli: Cli, bare: Path) -> Path:
    assert cli("schedule", "init").code == 0
    return bare


@pytest.fixture
def run(cli: Cli, demo: Path) -> Any:
    def run(script: str, *options: str, env: dict[str, str] | None = None) -> Any:
        return cli.process("schedule", "run", "coach", *options, "--", "sh", "-c", script, cwd=demo, env=env)

    return run


def records(root: Path) -> list[dict[str, Any]]:
    path = root / ".kaizen/metrics/coach/executions.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def logs(root: Path) -> list[Path]:
    return sorted((root / ".kaizen/runs/coach").glob("*.log"))


def alive(marker: str) -> bool:
    return subprocess.run(["pgrep", "-f", marker], capture_output=True, check=False).returncode == 0


def test_the_bundle_arrives_on_stdin_and_the_output_is_that_of_the_command(cli: Cli, demo: Path, run: Any) -> None:
    bundle = cli.process("schedule", "prepare", "coach", cwd=demo).out
    digest = cli("schedule", "prepare", "coach", "--format", "json").json["digest"]
    ran = run("cat; echo problem >&2")
    assert (ran.code, ran.out) == (0, bundle)
    assert ran.err.startswith("problem\ncoach succeeded after ")
    [record] = records(demo)
    assert (record["success"], record["metadata"]["exit_status"]) == (True, 0)
    assert record["metadata"]["digest"] == digest
    assert record["metadata"]["slot"].startswith(f"{demo.name}/coach/")
    assert len(record["session_id"]) == 32
    [log] = logs(demo)
    # The two streams are read from two pipes, so either can come first.
    assert log.read_text() in (ran.out + "problem\n", "problem\n" + ran.out)
    assert (demo / ".kaizen/runs/.gitignore").read_text() == "*\n"


def test_the_bundle_can_be_a_file_which_is_removed(cli: Cli, demo: Path) -> None:
    words = ["schedule", "run", "coach", "--", "sh", "-c", 'cat "$1"; echo "$1" >&2; cat', "x", "{bundle}"]
    bundle = cli.process("schedule", "prepare", "coach", cwd=demo).out
    ran = cli.process(*words, cwd=demo)
    assert ran.out == bundle
    assert not os.path.exists(ran.err.split("\n")[0])


def test_the_command_runs_in_the_root_from_anywhere(cli: Cli, demo: Path) -> None:
    ran = cli.process("schedule", "run", "coach", "--target", demo, "--", "pwd", cwd=Path("/"))
    assert ran.out == f"{demo}\n"


@pytest.mark.parametrize(
    ("script", "metadata", "why"),
    [
        ("exit 3", {"exit_status": 3}, "exit status 3"),
        ("kill -9 $$", {"reason": "signal", "signal": "SIGKILL"}, "ended by SIGKILL"),
        ("exec 0<&-; exit 1", {"exit_status": 1}, "exit status 1"),
    ],
)
def test_a_failure_is_recorded_and_exits_1(
    demo: Path, run: Any, script: str, metadata: dict[str, object], why: str
) -> None:
    ran = run(script)
    assert ran.code == 1
    assert f"coach failed ({why})" in ran.err
    [record] = records(demo)
    assert record["success"] is False
    assert metadata.items() <= record["metadata"].items()


def test_a_command_that_ignores_its_input_succeeds(demo: Path, run: Any) -> None:
    (demo / "README.md").write_text("# x\n")
    assert run("exec 0<&-; exit 0").code == 0


def test_a_timeout_ends_the_command_and_is_recorded(demo: Path, run: Any) -> None:
    ran = run("echo begun; sleep 1000.25", "--timeout", "1s")
    assert (ran.code, ran.out) == (1, "begun\n")
    assert "coach failed (timed out) after 1." in ran.err
    [record] = records(demo)
    assert record["metadata"]["reason"] == "timeout"
    assert not alive("sleep 1000.25")


def test_children_that_ignore_sigterm_are_killed_after_the_grace_time(tmp_path: Path) -> None:
    script = "trap '' TERM; (trap '' TERM; sleep 1000.5) & setsid sh -c 'trap \"\" TERM; sleep 1000.75' & sleep 1000.5"
    out: list[bytes] = []
    ended = run_command(
        ["sh", "-c", script],
        folder=str(tmp_path),
        env=os.environ,
        stdin=subprocess.DEVNULL,
        out=out.append,
        err=out.append,
        timeout=0.3,
        grace=0.5,
    )
    assert (ended.status, ended.timed_out) == (-signal.SIGKILL, True)
    assert not alive("sleep 1000.5|sleep 1000.75")


def test_no_child_outlives_the_command(run: Any) -> None:
    begun = time.monotonic()
    assert run("setsid sleep 1001.5 & sleep 1001.5 & exit 0").code == 0
    assert time.monotonic() - begun < 8
    assert not alive("sleep 1001.5")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_passed_on_recorded_and_exits_130(demo: Path, number: int) -> None:
    script = "trap 'echo got it; exit 0' INT TERM; echo ready; while :; do sleep 0.05; done"
    process = subprocess.Popen([*RUN, "--", "sh", "-c", script], cwd=demo, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.communicate(timeout=30)[0] == "got it\n"
    assert process.returncode == 130
    [record] = records(demo)
    assert record["success"] is False
    assert record["metadata"]["signal"] == signal.Signals(number).name


@pytest.mark.parametrize(
    ("own", "status", "success"), [("--success", 0, True), ("--failure", 0, False), ("--success", 5, False)]
)
def test_a_record_of_the_agent_becomes_part_of_the_one_record(
    demo: Path, run: Any, own: str, status: int, *, success: bool
) -> None:
    ran = run(f"{METRICS} {own} --quality 0.7 --time 9; {METRICS} --failure; exit {status}")
    assert ran.code == (0 if success else 1)
    assert "will be recorded" in ran.out
    assert "this record was ignored" in ran.out
    [record] = records(demo)
    assert (record["success"], record["quality_score"], record["metadata"]["exit_status"]) == (success, 0.7, status)
    assert record["execution_time_s"] < 9
    assert list((demo / ".kaizen/runs/coach").glob("*.json")) == []


def test_a_record_outside_of_a_run_is_written_at_once(cli: Cli, demo: Path) -> None:
    ran = cli.process("metrics", "record", "coach", "--success", cwd=demo, env={"KAIZEN_SESSION_ID": "0" * 32})
    assert ran.out.startswith("recorded success of coach")
    assert len(records(demo)) == 1


CLAUDE = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "num_turns": 3,
    "total_cost_usd": 0.125,
    "usage": {"input_tokens": 10, "output_tokens": 20, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 2},
    "session_id": "abc",
}
CODEX = [
    {"type": "thread.started", "thread_id": "t1"},
    {"type": "item.completed", "item": {"text": "turn.failed"}},
    {"type": "turn.completed", "usage": {"input_tokens": 30, "cached_input_tokens": 4, "output_tokens": 6}},
]


def lines(*values: object) -> str:
    return "\n".join(map(json.dumps, values))


@pytest.mark.parametrize(
    ("output", "code", "expected"),
    [
        (lines(CLAUDE), 0, (3, 17, 20, "abc", 0.125)),
        (json.dumps(CLAUDE, indent=2), 0, (3, 17, 20, "abc", 0.125)),
        (json.dumps([{"type": "system"}, CLAUDE]), 0, (3, 17, 20, "abc", 0.125)),
        (lines({"type": "system"}, CLAUDE) + "\nbye\n", 0, (3, 17, 20, "abc", 0.125)),
        (lines({**CLAUDE, "is_error": True}), 1, (3, 17, 20, "abc", 0.125)),
        (lines({**CLAUDE, "subtype": "error_max_turns"}), 1, (3, 17, 20, "abc", 0.125)),
        (
            lines({**CLAUDE, "usage": None, "total_cost_usd": "free", "num_turns": -1}),
            0,
            (None, None, None, "abc", None),
        ),
        (lines(*CODEX), 0, (1, 30, 6, "t1", None)),
        (lines(*CODEX, {"type": "turn.failed", "error": {"message": "x"}}), 1, (2, 30, 6, "t1", None)),
        ('{"type": "result", broken\n', 0, (None, None, None, None, None)),
        ('{"type": "result", "is_error": false, "total_cost_usd": NaN}', 0, (None, None, None, None, None)),
    ],
)
def test_the_result_of_known_commands_is_recorded(
    demo: Path, run: Any, output: str, code: int, expected: tuple[object, ...]
) -> None:
    (demo / "output").write_text(output)
    ran = run("cat output")
    assert (ran.code, ran.out) == (code, output)
    [record] = records(demo)
    metadata = record["metadata"]
    names = ("turns", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.conversation.id", "cost_usd")
    assert tuple(metadata.get(name) for name in names) == expected
    assert metadata.get("reason") == ("error" if code else None)


def test_tokens_and_cost_are_shown(cli: Cli, demo: Path, run: Any) -> None:
    (demo / "output").write_text(json.dumps(CLAUDE))
    assert "cost 0.12 USD" in run("cat output").err
    run("cat output")
    shown = cli("metrics", "show", "coach", "--format", "json").json
    assert (shown["cost_usd"], shown["input_tokens"], shown["output_tokens"]) == (0.25, 34, 40)
    assert "total cost_usd" in cli("metrics", "show", "coach").out


def test_a_run_waits_for_another_or_is_skipped(demo: Path, run: Any) -> None:
    script = "echo ready; while ! [ -e go ]; do sleep 0.05; done"
    first = subprocess.Popen([*RUN, "--", "sh", "-c", script], cwd=demo, stdout=subprocess.PIPE)
    assert first.stdout is not None
    assert first.stdout.readline() == b"ready\n"
    skipped = run("true", "--overlap", "skip")
    assert (skipped.code, skipped.out) == (4, "")
    assert "error[KZ333]: another run is in progress in this checkout" in skipped.err
    impatient = run("true", "--wait", "1s")
    assert impatient.code == 4
    assert "did not end within 1 seconds" in impatient.err
    words = [*RUN[:-1], "optimization", "--", "true"]
    second = subprocess.Popen(words, cwd=demo, stderr=subprocess.PIPE)
    assert second.stderr is not None
    assert second.stderr.readline() == b"optimization waits for another run in this checkout\n"
    (demo / "go").touch()
    assert first.wait(30) == 0
    assert second.wait(30) == 0
    first.stdout.close()
    second.stderr.close()
    assert len(records(demo)) == 1


def test_the_lock_of_a_dead_run_is_free(demo: Path, run: Any) -> None:
    first = subprocess.Popen([*RUN, "--", "sh", "-c", "echo $$; exec sleep 30"], cwd=demo, stdout=subprocess.PIPE)
    assert first.stdout is not None
    child = int(first.stdout.readline())
    first.kill()
    first.wait(10)
    first.stdout.close()
    os.kill(child, signal.SIGKILL)
    assert run("true", "--overlap", "skip").code == 0


@pytest.mark.parametrize("word", ["nosuchcommand", "./nosuch", "./not-executable", "./folder"])
def test_a_command_that_cannot_be_started_exits_4_and_records_nothing(cli: Cli, demo: Path, word: str) -> None:
    (demo / "not-executable").write_text("#!/bin/sh\n")
    (demo / "folder").mkdir()
    ran = cli.process("schedule", "run", "coach", "--", word, cwd=demo)
    assert (ran.code, ran.out) == (4, "")
    assert "error[KZ332]" in ran.err
    assert records(demo) == []


def test_a_file_that_is_not_a_program_exits_4(cli: Cli, demo: Path) -> None:
    (demo / "text").write_text("no interpreter\n")
    (demo / "text").chmod(0o755)
    ran = cli.process("schedule", "run", "coach", "--", "./text", cwd=demo)
    assert ran.code == 4
    assert "cannot be started: exec format error" in ran.err
    assert list((demo / ".kaizen/runs/coach").glob("*")) == []


@pytest.mark.parametrize(
    ("agent", "code"), [("nosuch", "KZ320"), ("scope-analyst", "KZ322"), ("tdd-workflow", "KZ323")]
)
def test_an_agent_that_is_not_scheduled_exits_1(cli: Cli, demo: Path, agent: str, code: str) -> None:
    ran = cli.process("schedule", "run", agent, "--", "touch", "started", cwd=demo)
    assert ran.code == 1
    assert f"error[{code}]" in ran.err
    assert not (demo / "started").exists()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--timeout", "soon", "--", "true"],
        ["--overlap", "skip", "--wait", "1m", "--", "true"],
        ["--ping", "ftp://x", "--", "true"],
        ["sh", "-c", "true"],
    ],
)
def test_wrong_options_exit_2(cli: Cli, demo: Path, words: list[str]) -> None:
    ran = cli.process("schedule", "run", "coach", *words, cwd=demo)
    assert ran.code == 2
    assert records(demo) == []


def test_metrics_that_cannot_be_written_stop_the_run_before_it_starts(cli: Cli, demo: Path) -> None:
    (demo / ".kaizen/metrics").write_text("a file")
    ran = cli.process("schedule", "run", "coach", "--", "touch", "started", cwd=demo)
    assert ran.code == 4
    assert not (demo / "started").exists()


def test_a_run_that_cannot_be_recorded_exits_4(run: Any) -> None:
    ran = run("rm -r .kaizen/metrics; echo > .kaizen/metrics")
    assert ran.code == 4
    assert "error[KZ1" in ran.err


def test_a_log_that_cannot_be_written_is_a_warning(demo: Path, run: Any) -> None:
    ran = run("rm -r .kaizen/runs; echo > .kaizen/runs")
    assert ran.code == 0
    assert "warning[KZ1" in ran.err
    assert len(records(demo)) == 1


def test_an_invalid_record_of_the_agent_is_a_warning(demo: Path, run: Any) -> None:
    ran = run("echo broken > .kaizen/runs/coach/$KAIZEN_SESSION_ID.json")
    assert ran.code == 0
    assert "warning[KZ241]: the record that the agent left is invalid: not valid JSON" in ran.err
    assert len(records(demo)) == 1


def test_a_manifest_that_becomes_invalid_does_not_matter(demo: Path, run: Any) -> None:
    assert run("echo broken > .kaizen/schedule.yml").code == 0
    assert len(records(demo)) == 1


def test_the_log_is_bounded_and_redacted_and_the_last_twenty_are_kept(demo: Path, run: Any) -> None:
    folder = demo / ".kaizen/runs/coach"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"20260101T0000{number:02}Z.log").write_text("")
    secret = "ghp_" + "a1B2" * 9
    ran = run(f"echo {secret}; head -c 5000000 /dev/zero | tr '\\0' x; echo end")
    assert ran.code == 0
    assert len(ran.out) > 5_000_000
    found = logs(demo)
    assert len(found) == 20
    text = found[-1].read_text()
    assert len(text) < 1_100_000
    assert text.startswith("[redacted:github-token]\nx")
    assert text.endswith("xend\n")
    assert "bytes are left out here]" in text


def test_a_closed_output_does_not_stop_the_run(demo: Path) -> None:
    script = "yes | head -c 1000000; sleep 0.2; echo end; exit 7"
    process = subprocess.Popen([*RUN, "--", "sh", "-c", script], cwd=demo, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(30) == 1
    [record] = records(demo)
    assert record["metadata"]["exit_status"] == 7
    assert logs(demo)[0].read_text().endswith("end\n")


def test_output_that_cannot_be_passed_on_is_a_warning(demo: Path) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run([*RUN, "--", "echo", "text"], cwd=demo, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 0
    assert b"warning: output of the command was lost: No space left on device; see the log\n" in ran.stderr
    assert logs(demo)[0].read_text() == "text\n"


PATHS: list[str] = []


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        PATHS.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[str]]]:
    PATHS.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/uuid", PATHS
        server.shutdown()


@pytest.mark.parametrize(("script", "end"), [("true", "/0"), ("exit 3", "/3"), ("kill $$", "/fail")])
def test_pings_report_start_and_end(
    demo: Path, run: Any, receiver: tuple[str, list[str]], script: str, end: str
) -> None:
    url, paths = receiver
    run(script, "--ping", f"{url}?create=1")
    [record] = records(demo)
    query = f"?create=1&rid={record['session_id']}"
    assert paths == [f"/uuid/start{query}", f"/uuid{end}{query}"]


def test_a_failing_ping_is_a_warning(run: Any) -> None:
    ran = run("true", "--ping", "http://127.0.0.1:1/x")
    assert ran.code == 0
    assert "warning: the ping /start failed: " in ran.err
    assert "warning: the ping /0 failed: " in ran.err


def test_the_event_is_emitted_before_the_command_and_a_failure_is_a_warning(demo: Path, run: Any) -> None:
    ran = run("cat events.jsonl", "--emit", f"file:{demo}/events.jsonl")
    assert json.loads(ran.out)["agent"] == "coach"
    ran = run("true", "--emit", f"file:{demo}/nosuch/events.jsonl")
    assert ran.code == 0
    assert "warning[KZ101]" in ran.err


@pytest.fixture
def here(demo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `schedule run coach` in this process, with real file descriptors; without coverage of child processes."""

    def here(*words: str) -> Ran:
        monkeypatch.chdir(demo)
        monkeypatch.setattr(sys, "argv", ["kaizen-agentic", "schedule", "run", "coach", *words])
        code = 0
        try:
            app.main()
        except SystemExit as exited:
            code = int(exited.code or 0)
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return here


def test_a_run_in_this_process(demo: Path, here: Any, receiver: tuple[str, list[str]]) -> None:
    url, paths = receiver
    (demo / "output").write_text(lines(*CODEX))
    ran = here("--ping", url, "--emit", f"file:{demo}/events", "--", "sh", "-c", "cat output; cat >&2")
    assert ran.code == 0
    assert ran.out == lines(*CODEX)
    assert "# Orientation: agent `coach`" in ran.err
    assert [path.partition("?")[0] for path in paths] == ["/uuid/start", "/uuid/0"]
    assert len((demo / "events").read_text().splitlines()) == 1
    ran = here("--", "sh", "-c", 'cat "$1" > copy; exit 3', "x", "{bundle}")
    assert ran.code == 1
    assert "coach failed (exit status 3)" in ran.err
    assert (demo / "copy").read_text().startswith("# Orientation")
    assert [record["success"] for record in records(demo)] == [True, False]
    assert [record["metadata"].get("turns") for record in records(demo)] == [1, None]
    assert list((demo / ".kaizen/runs/coach").glob("*.md")) == []


def test_a_timeout_and_a_signal_in_this_process(demo: Path, here: Any) -> None:
    ran = here("--timeout", "1s", "--", "sh", "-c", "sleep 1002.5")
    assert (ran.code, records(demo)[0]["metadata"]["reason"]) == (1, "timeout")
    ran = here("--", "sh", "-c", "setsid sleep 1002.5 & kill -9 $$")
    assert (ran.code, records(demo)[1]["metadata"]["signal"]) == (1, "SIGKILL")
    assert not alive("sleep 1002.5")


def test_the_lock_in_this_process(demo: Path, here: Any) -> None:
    with FileLock(demo / ".kaizen/run.lock"):
        ran = here("--overlap", "skip", "--", "true")
        assert ran.code == 4
        ran = here("--wait", "1s", "--", "true")
        assert "coach waits for another run in this checkout" in ran.err
        assert "did not end within 1 seconds" in ran.err
    assert records(demo) == []


def test_a_record_is_left_for_the_run_in_this_process(
    cli: Cli, demo: Path, here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIZEN_SESSION_ID", "a" * 32)
    assert cli("metrics", "record", "coach", "--success").out.startswith("recorded success")
    waiting = demo / f".kaizen/runs/coach/{'a' * 32}.json"
    waiting.parent.mkdir(parents=True)
    waiting.touch()
    assert "will be recorded" in cli("metrics", "record", "coach", "--success", "--quality", "0.5").out
    assert "this record was ignored" in cli("metrics", "record", "coach", "--failure").out
    assert json.loads(waiting.read_text())["quality_score"] == 0.5
    assert here("--", "./nosuch").code == 4
    assert here("--ping", "http://127.0.0.1:1/x", "--", "true").code == 0
    assert not waiting.exists(), "files of a killed run are removed"
    assert len(records(demo)) == 2


def test_the_program_of_the_session_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "my bin/kaizen-agentic"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", "/usr/bin")
    assert program_words("kaizen-agentic") == "kaizen-agentic"
    assert program_words(str(script)) == f"'{script}'"
    assert program_words("/x/kaizen_schedule_cli/__main__.py") == f"{sys.executable} -m kaizen_schedule_cli"
    monkeypatch.setenv("PATH", str(script.parent))
    assert program_words(str(script)) == "kaizen-agentic"


def test_the_beginning_and_the_end_of_an_output_are_kept() -> None:
    kept = Kept(head=3, tail=4)
    for data in (b"ab", b"cdef", b"ghijklmnop"):
        kept.add(data)
    assert kept.parts() == (b"abc", 9, b"mnop")
