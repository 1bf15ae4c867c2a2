"""`schedule prepare --emit nats://` with a real NATS server with JetStream, and with faulty servers."""

import asyncio
import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import nats
import pytest
from drill.servers import start_nats
from kaizen_schedule_core import PreparedEvent
from kaizen_schedule_core.events import PREPARED_SUBJECT

PROGRAMS = Path(sys.executable).parent
MANIFEST = 'version: "1"\nagents:\n  coach: {cadence: weekly}\n  optimization: {cadence: monthly}\n'
GREETING = b'INFO {"server_id":"x","version":"2","max_payload":1048576,"headers":true}\r\n'
SECONDS = 30.0  # much more than the limit of five, because machines can be busy


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "demo"
    (root / ".kaizen").mkdir(parents=True)
    (root / ".kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    return root


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Start a server with JetStream but without a stream, and yield its URL."""
    with start_nats(tmp_path, "--jetstream") as running:
        yield running.address


def with_client(url: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        client = await nats.connect(url)
        try:
            return await work(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(run())


def make_stream(url: str) -> None:
    with_client(url, lambda stream: stream.add_stream(name="kaizen", subjects=[PREPARED_SUBJECT]))


def messages(url: str) -> list[tuple[dict[str, Any], str]]:
    """Return the events in the stream, each with its message id."""

    async def read(stream: Any) -> list[tuple[dict[str, Any], str]]:
        count = (await stream.stream_info("kaizen")).state.messages
        found = [await stream.get_msg("kaizen", number) for number in range(1, count + 1)]
        return [(json.loads(one.data), one.headers["Nats-Msg-Id"]) for one in found]

    result: list[tuple[dict[str, Any], str]] = with_client(url, read)
    return result


def prepare(repo: Path, target: str, agent: str = "coach", *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAMS / "kaizen-agentic"), "schedule", "prepare", agent, "--target", str(repo), *words]
    return subprocess.run([*command, "--emit", target], capture_output=True, text=True, check=False, timeout=SECONDS)


def assert_not_published(done: subprocess.CompletedProcess[str], words: str) -> None:
    assert done.returncode == 4, done.stderr
    assert done.stdout.startswith("# Orientation: agent `coach` in `demo`"), "the bundle must be printed"
    assert "error[KZ331]" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_repeated_prepare_publishes_one_event(repo: Path, server: str) -> None:
    make_stream(server)
    for _ in range(3):
        done = prepare(repo, server)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("# Orientation: agent `coach`")
    [(event, identity)] = messages(server)
    parsed = PreparedEvent.model_validate(event)
    assert (identity, parsed.agent, parsed.repo, parsed.root) == (parsed.id, "coach", "demo", str(repo))
    assert parsed.bundle.bytes == len(done.stdout.encode())


def test_new_bundle_other_agent_and_unscheduled_run_publish_new_events(repo: Path, server: str) -> None:
    make_stream(server)
    assert prepare(repo, server).returncode == 0
    (repo / "README.md").write_text("# New\n", encoding="utf-8")
    assert prepare(repo, server).returncode == 0
    assert prepare(repo, server, "optimization").returncode == 0
    assert prepare(repo, server, "coach", "--unscheduled").returncode == 0
    found = messages(server)
    assert [event["agent"] for event, _ in found] == ["coach", "coach", "optimization", "coach"]
    assert len({identity for _, identity in found}) == 4


def test_server_without_a_stream_is_an_error(repo: Path, server: str) -> None:
    assert_not_published(prepare(repo, server), "has no stream with the subject")


def test_server_without_jetstream_is_an_error(repo: Path, tmp_path: Path) -> None:
    with start_nats(tmp_path) as running:
        assert_not_published(prepare(repo, running.address), "has no stream with the subject")


def test_server_that_is_down_is_an_error(repo: Path) -> None:
    assert_not_published(prepare(repo, "nats://127.0.0.1:1"), "cannot publish to")


@pytest.mark.parametrize(
    "greeting", [b"", b'INFO {"server_id":"x","version":"2","max_payload":1048576,"headers":true}\r\n']
)
def test_server_without_acknowledgement_is_an_error(repo: Path, greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            connection.sendall(greeting)
            while connection.recv(65536):
                pass
            connection.close()

        threading.Thread(target=serve, daemon=True).start()
        begun = time.monotonic()
        done = prepare(repo, f"nats://127.0.0.1:{listening.getsockname()[1]}")
        assert time.monotonic() - begun < SECONDS
    assert_not_published(done, "did not acknowledge within 5 seconds")


def test_server_that_closes_the_connection_is_an_error(repo: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            connection.sendall(GREETING)
            connection.recv(65536)
            connection.sendall(b"PONG\r\n")
            connection.recv(65536)
            connection.close()

        threading.Thread(target=serve, daemon=True).start()
        done = prepare(repo, f"nats://127.0.0.1:{listening.getsockname()[1]}")
    assert done.returncode == 4
    assert done.stdout.startswith("# Orientation")
    assert "error[KZ331]" in done.stderr


def acknowledges(payload: bytes) -> Callable[[socket.socket], None]:
    """Return a server that acknowledges each message with this payload."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(GREETING)
        heard = b""
        while data := connection.recv(65536):
            heard += data
            if b"PING" in data:
                connection.sendall(b"PONG\r\n")
            if sent := re.search(rb"HPUB \S+ (\S+) ", heard):
                [number] = re.findall(rb"SUB \S+ +(\d+)\r\n", heard)
                connection.sendall(b"MSG %s %s %d\r\n%s\r\n" % (sent[1], number, len(payload), payload))
                heard = b""

    return serve


def greets(greeting: bytes) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.sendall(greeting)
        while connection.recv(65536):
            pass

    return serve


@pytest.mark.parametrize(
    "serve",
    [
        greets(b"HTTP/1.1 200 OK\r\n\r\n"),
        greets(b"SSH-2.0-OpenSSH_9\r\n"),
        greets(b"INFO [1]\r\n"),
        greets(b"INFO {nonsense\r\n"),
        greets(bytes(range(256)) * 1000),
        greets(b"-ERR '\x1b[31m'\r\n"),
        acknowledges(b"hello"),
        acknowledges(b"[]"),
        acknowledges(b"{}"),
        acknowledges(b'{"error": {"code": 503, "err_code": 1, "description": "full \\u001b[31m"}}'),
    ],
    ids=[
        *["http", "ssh", "list", "broken", "binary", "escape", "not JSON", "not a mapping"],
        *["without a stream", "refused"],
    ],
)
def test_invalid_response_of_a_server_is_an_error(repo: Path, serve: Callable[[socket.socket], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        done = prepare(repo, f"nats://127.0.0.1:{listening.getsockname()[1]}")
    assert_not_published(done, "cannot publish to")
    assert "\x1b" not in done.stderr


def test_credentials_are_used_but_not_shown(repo: Path, tmp_path: Path) -> None:
    with start_nats(tmp_path, "--jetstream", "--user", "runner", "--pass", "s3cret") as running:
        url = running.address
        right, wrong = (re.sub("//", f"//runner:{word}@", url) for word in ("s3cret", "wr0ng"))
        make_stream(right)
        assert prepare(repo, right).returncode == 0
        assert len(messages(right)) == 1
        for target in (wrong, url):
            done = prepare(repo, target)
            assert (done.returncode, "wr0ng" in done.stderr, "runner" in done.stderr) == (4, False, False)
            assert "add user and password to the address" in done.stderr


def test_failed_prepare_publishes_no_event(repo: Path, server: str) -> None:
    make_stream(server)
    assert prepare(repo, server, "nobody").returncode == 1
    assert messages(server) == []
