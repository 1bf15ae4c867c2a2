"""The built site on loopback, and one browser for all tests."""

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.site.built import SITE
from tests.site.checks import Watch

Serve = Callable[[Path], str]
FLAGS = [
    "--no-sandbox",  # required for root, as in CI
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
WINDOW = ViewportSize(width=1280, height=900)


class Quiet(SimpleHTTPRequestHandler):
    """A file server without a log."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Return a function that serves a directory on a free loopback port until the tests end, and returns its URL."""
    servers = []

    def start(folder: Path) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(serve: Serve) -> str:
    """The URL of the built site."""
    assert (SITE / "index.html").is_file(), "the site is not built: run nox -s docs"
    return serve(SITE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's chromium; without it, fail with the command that installs it."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is not installed here; install it with\napt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def watch(chromium: Browser) -> Iterator[Watch]:
    """Yield one page in the light scheme that collects errors, shared by all tests."""
    context = chromium.new_context(viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
    yield Watch(context.new_page())
    context.close()


@pytest.fixture
def fresh(chromium: Browser) -> Iterator[Page]:
    """Yield a page in a new context, as on a first visit."""
    context = chromium.new_context(viewport=WINDOW, color_scheme="light", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()
