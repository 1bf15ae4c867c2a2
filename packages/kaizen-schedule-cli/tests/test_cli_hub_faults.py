"""Failures of a State Hub, with real servers on loopback: exit 4 in time, never an empty success."""

from __future__ import annotations

import base64
import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kaizen_schedule_core import RosterError, discover_kaizen_scheduled_repos, resolve_roster
from kaizen_schedule_core.fleet.hub import load_hub

if TYPE_CHECKING:
    from conftest import Cli

Answer = Callable[[BaseHTTPRequestHandler], None]
MANIFEST = 'version: "1"\nagents:\n  coach:\n    cadence: weekly\n'
LONGEST = 25.0  # seconds; the client gives up after ten, and machines are busy


class Hub(ThreadingHTTPServer):
    """A server whose answers are taken in turn, the last one again and again; it remembers what it was asked."""

    daemon_threads = True

    def __init__(self, *answers: Answer) -> None:
        hub = self
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stopped = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                try:
                    hub.answers[min(len(hub.asked), len(hub.answers)) - 1](self)
                except OSError:
                    self.close_connection = True  # the client had enough

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def start() -> Iterator[Callable[..., Hub]]:
    """Starts hubs, and stops them in the end."""
    hubs: list[Hub] = []

    def call(*answers: Answer) -> Hub:
        hub = Hub(*answers)
        hubs.append(hub)
        threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return hub

    yield call
    for hub in hubs:
        hub.stopped.set()
        hub.shutdown()
        hub.server_close()


def send(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def rows(*slugs: str, **fields: object) -> Answer:
    return send(json.dumps([{"slug": slug, "local_path": f"/missing/{slug}", **fields} for slug in slugs]).encode())


def redirect(target: str) -> Answer:
    return send(b"", 302, location=target)


def say(text: bytes) -> Answer:
    """Something that need not be HTTP."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)
        close(handler)

    return answer


def hang(handler: BaseHTTPRequestHandler) -> None:
    assert isinstance(handler.server, Hub)
    handler.server.stopped.wait(30)


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    drop_by_drop(handler, b"[" + b" " * 10_000)


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    drop_by_drop(handler, b"HTTP/1.1 200 OK\r\nx-slow: " + b"x" * 10_000)


def drop_by_drop(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    assert isinstance(handler.server, Hub)
    for byte in data:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if handler.server.stopped.wait(0.05):
            return


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A gigabyte."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1024):
        handler.wfile.write(b" " * 2**20)


def close(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    send(b'[{"slug": "a"', 200, content_length="1000")(handler)
    close(handler)


FAULTS: dict[str, tuple[Answer, str, str]] = {
    "hangs": (hang, "KZ402", "did not respond within"),
    "drips": (drip, "KZ402", "did not respond within"),
    "drips its headers": (drip_headers, "KZ402", "did not respond within"),
    "hangs up": (close, "KZ402", "cannot be reached"),
    "500": (send(b"oops", 500), "KZ403", "status 500"),
    "503": (send(b"[]", 503), "KZ403", "status 503"),
    "404": (send(b"no", 404), "KZ403", "/repos/"),
    "401": (send(b"no", 401), "KZ403", "USER:PASSWORD"),
    "204": (send(b"", 204), "KZ403", "status 204"),
    "truncated": (send(b'[{"slug": "a"}'), "KZ404", "unexpected end"),
    "broken": (send(b'[{"slug": "a"]'), "KZ404", "unexpected character 14"),
    "cut short": (cut_short, "KZ404", "is incomplete"),
    "chunk of negative size": (send(b"-5\r\n[]\r\n", transfer_encoding="chunked"), "KZ404", "is incomplete"),
    "no HTTP": (say(b"SSH-2.0-OpenSSH_9\r\n"), "KZ402", "not HTTP"),
    "html": (send(b"<html><body>Sign in</body></html>"), "KZ404", "<html>"),
    "latin-1": (send('[{"slug": "caf\xe9"}]'.encode("latin-1")), "KZ404", "is not UTF-8"),
    "utf-16": (send('[{"slug": "a"}]'.encode("utf-16")), "KZ404", "is not UTF-8"),
    "compressed": (send(gzip.compress(b"[" + b" " * 10**7), content_encoding="gzip"), "KZ404", "uncompressed"),
    "nothing": (send(b""), "KZ404", "is not JSON"),
    "gigabyte": (endless, "KZ404", "larger than 64 MiB"),
    "deep": (send(b"[" * 200_000), "KZ404", "is invalid JSON: nested deeper than 64"),
    "deep inside": (
        send(b'[{"slug": "a", "x": ' + b"[" * 63 + b"]" * 63 + b"}]"),
        "KZ404",
        "is invalid JSON: nested deeper than 64",
    ),
    "huge number": (send(b"[" + b"9" * 100_000 + b"]"), "KZ404", "too many digits"),
    "no number": (send(b'[{"slug": "a", "x": NaN}]'), "KZ404", "NaN is not a number"),
    "endless number": (send(b'[{"slug": "a", "x": -Infinity}]'), "KZ404", "-Infinity is not a number"),
    "key twice": (send(b'[{"slug": "a", "slug": "b"}]'), "KZ404", 'duplicate key "slug"'),
    "envelope": (send(b'{"items": [{"slug": "a"}], "next": 2}'), "KZ404", "a page could hide"),
    "null": (send(b"null"), "KZ404", "must be a list"),
    "empty": (send(b"[]"), "KZ401", "check the entries in the hub"),
    "circle": (redirect("/repos/"), "KZ403", "redirected more than"),
    "elsewhere": (redirect("http://example.invalid/repos/"), "KZ403", "another host"),
    "to another port": (redirect("http://127.0.0.1:1/repos/"), "KZ403", "another host or port"),
    "to a file": (redirect("file:///etc/passwd"), "KZ403", "an invalid address"),
    "to nonsense": (redirect("http://["), "KZ403", "an invalid address"),
    "without a target": (send(b"", 302), "KZ403", "redirected more than"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_hub_failure_is_exit_4_with_a_hint(
    cli: Cli, start: Callable[..., Hub], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    answer, code, words = FAULTS[fault]
    if words == "did not respond within":
        monkeypatch.setattr("kaizen_schedule_cli.commands.roster_options.load_hub", partial(load_hub, timeout=1.0))
    hub = start(answer)
    begun = time.monotonic()
    ran = cli("roster", "resolve", "--hub", hub.url, "--format", "json")
    assert (ran.code, ran.out) == (4, "")
    assert f"error[{code}]" in ran.err
    assert words in ran.err
    assert "\n   = " in ran.err or "| ^" in ran.err, "it says what to do"
    assert time.monotonic() - begun < LONGEST
    assert "Traceback" not in ran.err


PAGED = [
    ({"link": '</repos/?page=2>; rel="next"'}, "name a next page"),
    ({"link": "</repos/?page=2>;rel=next"}, "name a next page"),
    ({"Link": '</repos/?page=1>; rel="first", </repos/?page=2>; title="b"; REL="prefetch Next"'}, "name a next page"),
    ({"X_Next_Page": "2"}, "name a next page"),
    ({"X_Total_Count": "3"}, "is a page: 2 of 3 entries"),
    ({"x_total": " 40 "}, "is a page: 2 of 40 entries"),
    ({"content_range": "items 0-1/3"}, "is a page: 2 of 3 entries"),
]
WHOLE = [
    {"link": '</repos/>; rel="self", </next>; rel="prev", <a;rel=next>; rel="next-archive last"'},
    {"x_total_count": "2", "x_next_page": "", "content_range": "items 0-1/*"},
    {"x_total_count": "many", "x_total": "-3"},
]


@pytest.mark.parametrize(("headers", "words"), PAGED, ids=str)
def test_page_of_a_roster_is_refused(cli: Cli, start: Callable[..., Hub], headers: dict[str, str], words: str) -> None:
    hub = start(send(b'[{"slug": "a"}, {"slug": "b"}]', 200, **headers))
    ran = cli("roster", "resolve", "--hub", hub.url, "--format", "json")
    assert (ran.code, ran.out) == (4, "")
    assert "error[KZ404]" in ran.err
    assert words in ran.err
    assert "a page could hide repositories" in ran.err


@pytest.mark.parametrize("headers", WHOLE, ids=str)
def test_headers_of_a_complete_roster_are_accepted(
    cli: Cli, start: Callable[..., Hub], headers: dict[str, str]
) -> None:
    hub = start(send(b'[{"slug": "a"}, {"slug": "b"}]', 200, **headers))
    assert cli("roster", "resolve", "--hub", hub.url).code == 0


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ([send(b"", 503), send(b"", 503), hang], "KZ403", "responded with status 503"),
        ([send(b"", 503), hang], "KZ403", "responded with status 503"),
        ([send(b"", 502), send(b"", 503)], "KZ403", "responded with status 503"),
        ([close], "KZ402", "cannot be reached: remote end closed"),
        ([send(b"", 503), drip], "KZ402", "did not respond within"),
    ],
    ids=["then hang", "once", "pause", "closed", "then body"],
)
def test_last_failure_within_a_short_timeout_is_reported(
    start: Callable[..., Hub], answers: list[Answer], code: str, words: str
) -> None:
    with pytest.raises(RosterError) as caught:
        load_hub(start(*answers).url, timeout=0.4)
    [problem] = caught.value.diagnostics
    assert problem.code == code
    assert words in problem.message


def test_port_without_a_server(cli: Cli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ran = cli("roster", "explain", "--hub", f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert (ran.code, ran.out) == (4, "")
    assert "cannot be reached: connection refused" in ran.err


def test_shrunken_fleet_is_exit_4_until_it_is_accepted(cli: Cli, start: Callable[..., Hub], tmp_path: Path) -> None:
    hub = start(rows(*"abcdefghij"), rows(*"abcde"))
    state = tmp_path / "fleet.json"
    words = ("roster", "resolve", "--hub", hub.url, "--state", state)
    assert cli(*words).code == 0
    remembered = state.read_bytes()
    for _ in range(2):
        ran = cli(*words, "--format", "json")
        assert (ran.code, ran.out) == (4, "")
        assert "error[KZ405]" in ran.err
        assert "entries remain: 5, down from 10" in ran.err
        assert state.read_bytes() == remembered
    assert cli(*words, "--allow-shrink").code == 0
    assert cli(*words).code == 0


def test_temporary_errors_are_retried(cli: Cli, start: Callable[..., Hub]) -> None:
    hub = start(send(b"", 502), close, rows("a"))
    ran = cli("roster", "explain", "--hub", hub.url)
    assert (ran.code, len(hub.asked)) == (0, 3)


def test_permanent_errors_are_not_retried(cli: Cli, start: Callable[..., Hub]) -> None:
    hub = start(send(b"", 404))
    assert cli("roster", "explain", "--hub", hub.url).code == 4
    assert len(hub.asked) == 1


def test_redirect_on_the_same_host_is_followed(cli: Cli, start: Callable[..., Hub]) -> None:
    hub = start(redirect("/v2/repos/"), rows("a"))
    assert cli("roster", "explain", "--hub", f"{hub.url}/").code == 0
    assert [path for path, _ in hub.asked] == ["/repos/", "/v2/repos/"]


def test_invalid_entries_affect_no_other(cli: Cli, start: Callable[..., Hub], tmp_path: Path) -> None:
    (tmp_path / "good/.kaizen").mkdir(parents=True)
    (tmp_path / "good/.kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    body: list[Any] = [
        {"slug": "good", "local_path": str(tmp_path / "good"), "id": 7, "owner": {"name": "x"}},
        {"slug": "relative", "local_path": "here"},
        {"slug": "typed", "local_path": 7},
        {"slug": "hostile", "local_path": "/srv/\ud800\x1b[31m"},
        {"slug": "quiet", "local_path": "/x", "domain": "\x1b]0;\ud800"},
        {"local_path": "/x"},
        None,
        {"slug": "gone", "local_path": "/missing", "domain": "custodian"},
    ]
    hub = start(send(json.dumps(body).encode()))
    ran = cli("roster", "explain", "--hub", hub.url, "--domain", "custodian", "--format", "json")
    assert {repo["repo"]: repo["outcome"] for repo in ran.json["repos"]} == {
        "good": "filtered",
        "relative": "invalid-entry",
        "typed": "invalid-entry",
        "hostile": "invalid-entry",
        "quiet": "filtered",
        "#6": "invalid-entry",
        "#7": "invalid-entry",
        "gone": "path-missing",
    }
    assert "\x1b" not in ran.output
    ran = cli("roster", "resolve", "--hub", hub.url, "--format", "json")
    assert [run["repo"] for run in ran.json["scheduled_runs"]] == ["good"]
    assert "1 run from 8 repositories: 5 invalid-entry" in ran.err, "it says why the others do not run"


def test_file_and_hub_with_the_same_content_give_the_same_result(
    cli: Cli, start: Callable[..., Hub], tmp_path: Path
) -> None:
    (tmp_path / "good/.kaizen").mkdir(parents=True)
    (tmp_path / "good/.kaizen/schedule.yml").write_text(MANIFEST, encoding="utf-8")
    entries = [
        {"slug": "good", "domain": "custodian", "host_paths": {"h": str(tmp_path / "good")}, "local_path": None},
        {"slug": "gone", "domain": None, "host_paths": {}, "local_path": "/missing", "kaizen_schedule_enabled": True},
        {"slug": "off", "local_path": "/missing", "kaizen_schedule_enabled": False},
    ]
    roster = tmp_path / "roster.yml"
    roster.write_text(json.dumps({"version": "1", "repos": entries}), encoding="utf-8")
    hub = start(send(json.dumps(entries).encode()))
    for words in ((), ("--domain", "custodian"), ("--window", "1h"), ("--cadence", "daily")):
        command = ("roster", "explain", "--host", "h", "--now", "2026-06-15T07:30:00Z", "--format", "json", *words)
        by_file, by_hub = cli(*command, "--roster", roster).json, cli(*command, "--hub", hub.url).json
        assert by_hub["roster"].pop("source") != by_file["roster"].pop("source")
        assert by_hub == by_file
    assert {path for path, _ in hub.asked} == {"/repos/"}, "the whole list is asked for, whatever is selected"


def echo(handler: BaseHTTPRequestHandler) -> None:
    send(handler.headers["authorization"].encode())(handler)


def echo_as_key(handler: BaseHTTPRequestHandler) -> None:
    send(json.dumps({handler.headers["authorization"]: 1}).encode())(handler)


def echo_as_status(handler: BaseHTTPRequestHandler) -> None:
    say(handler.headers["authorization"].encode() + b"\r\n")(handler)


@pytest.mark.parametrize(
    "answer",
    [send(b"", 401), rows("a"), send(b"<html>"), send(b"[]"), echo, echo_as_key, echo_as_status],
    ids=["refused", "good", "html", "empty", "echo", "echo as key", "echo as status"],
)
def test_credentials_are_sent_but_not_shown(cli: Cli, start: Callable[..., Hub], answer: Answer) -> None:
    hub = start(answer)
    url = hub.url.replace("http://", "http://reader:s%40cret@")
    for output in ("text", "json"):
        ran = cli("roster", "explain", "--hub", url, "--format", output)
        assert "cret" not in ran.output
        assert "reader" not in ran.output
        assert base64.b64encode(b"reader:s@cret").decode() not in ran.output
    expected = "Basic " + base64.b64encode(b"reader:s@cret").decode()
    assert {headers["authorization"] for _, headers in hub.asked} == {expected}


def test_password_is_sent_in_utf_8_and_other_encodings_are_wrong_usage(cli: Cli, start: Callable[..., Hub]) -> None:
    hub = start(rows("a"))
    assert cli("roster", "explain", "--hub", hub.url.replace("http://", "http://u:%E2%82%AC@")).code == 0
    assert hub.asked[0][1]["authorization"] == "Basic " + base64.b64encode("u:€".encode()).decode()
    ran = cli("roster", "explain", "--hub", hub.url.replace("http://", "http://u:%FF@"))
    assert (ran.code, len(hub.asked)) == (2, 1)
    assert "--hub: user and password are not UTF-8" in ran.err
    assert "ff" not in ran.err.lower().replace("utf", "")


def test_credentials_are_not_sent_to_another_host(cli: Cli, start: Callable[..., Hub]) -> None:
    other = start(rows("a"))
    hub = start(redirect(other.url.replace("127.0.0.1", "localhost") + "/repos/"))
    assert cli("roster", "explain", "--hub", hub.url.replace("http://", "http://u:p@")).code == 4
    assert other.asked == []


def test_environment_variable_is_used_without_a_roster(
    cli: Cli, start: Callable[..., Hub], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub = start(rows("a"))
    monkeypatch.setenv("KAIZEN_STATE_HUB_URL", hub.url)
    assert cli("roster", "explain").code == 0
    assert len(hub.asked) == 1
    roster = tmp_path / "roster.yml"
    roster.write_text('version: "1"\nrepos:\n  - slug: a\n', encoding="utf-8")
    assert cli("roster", "explain", "--roster", roster).code == 0
    assert len(hub.asked) == 1
    monkeypatch.setenv("KAIZEN_STATE_HUB_URL", "http://u:secret@[")
    ran = cli("roster", "explain")
    assert (ran.code, "secret" in ran.output, "KAIZEN_STATE_HUB_URL" in ran.err) == (2, False, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Missing option '--roster' or '--hub'"),
        (("--hub", "http://127.0.0.1:1", "--roster", "x"), "cannot be combined with --roster"),
        (("--hub", "127.0.0.1:8000"), "http://127.0.0.1:8000"),
        (("--hub", "ftp://127.0.0.1"), "http://127.0.0.1:8000"),
        (("--hub", "http://"), "http://127.0.0.1:8000"),
        (("--hub", "http://127.0.0.1:99999"), "http://127.0.0.1:8000"),
        (("--hub", "http://127.0.0.1/?a=b"), "http://127.0.0.1:8000"),
        (("--hub", "http://a\x1bb"), "http://127.0.0.1:8000"),
        (("--hub", "http://a\\@b"), "http://127.0.0.1:8000"),
        (("--roster", "http://u:secret@127.0.0.1"), "with --hub"),
        (("http://u:secret@127.0.0.1",), "http://127.0.0.1"),
        (("--roster", "x", "--allow-shrink"), "--state"),
    ],
    ids=lambda value: value if isinstance(value, str) else "_".join(value) or "nothing",
)
def test_wrong_usage_is_reported(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], expected: str
) -> None:
    monkeypatch.delenv("KAIZEN_STATE_HUB_URL", raising=False)
    ran = cli("roster", "resolve", *words)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err
    assert "secret" not in ran.err


@pytest.mark.parametrize("path", ["", "/", "/repos", "/repos/", "/hub", "/hub/repos/"])
def test_address_may_have_a_path_and_a_final_slash(cli: Cli, start: Callable[..., Hub], path: str) -> None:
    hub = start(rows("a"))
    assert cli("roster", "explain", "--hub", hub.url + path).code == 0
    assert hub.asked[0][0] == ("/hub/repos/" if path.startswith("/hub") else "/repos/")


def test_url_is_a_roster_in_python(start: Callable[..., Hub]) -> None:
    hub = start(rows("a", "b"))
    assert [outcome.repo for outcome in resolve_roster(roster=hub.url).outcomes] == ["a", "b"]
    with pytest.raises(RosterError) as caught:
        discover_kaizen_scheduled_repos(roster=start(send(b"{}")).url)
    assert caught.value.diagnostics[0].code == "KZ404"
