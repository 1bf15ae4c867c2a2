"""Run the commands of the release page with a package index on loopback: upload, install each package alone, run."""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/PACKAGE_RELEASE.md"
DIST = ROOT / ".nox/.cache/dist"
START_UP_S = 60.0
PACKAGES = {
    "kaizen-schedule-core": ["kaizen-schedule-core"],
    "kaizen-activity-defs": ["kaizen-activity-defs", "kaizen-schedule-core"],
    "kaizen-schedule-cli": ["kaizen-activity-defs", "kaizen-schedule-cli", "kaizen-schedule-core"],
}
ROSTER = 'version: "1"\nrepos:\n  - {slug: demo, domain: custodian, local_path: demo}\n'


def command(word: str) -> str:
    """Return the only shell block of the page that contains this text."""
    found = [
        block
        for block in re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
        if word in block
    ]
    assert len(found) == 1, f"{len(found)} blocks of {PAGE.name} contain {word!r}, expected 1"
    return str(found[0])


def environment(index: str) -> dict[str, str]:
    """Return the environment of a user: tools on the PATH, our index, pinned dependencies."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    tokens = {"TWINE_USERNAME": "nobody", "TWINE_PASSWORD": "nothing"}
    return {**os.environ, **tokens, "PATH": path, "INDEX_URL": index, "PIP_CONSTRAINT": str(ROOT / "constraints.txt")}


def shell(script: str, cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run(["bash", "-euc", script], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout


def files() -> dict[str, Path]:
    """Return the wheels from the build session by package."""
    wheels = {path.name.split("-")[0].replace("_", "-"): path for path in DIST.glob("*.whl")}
    assert sorted(wheels) == sorted(PACKAGES), "run nox -s build to create the wheels"
    return wheels


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start an index without a fallback, upload the built files with the page's command, and yield its URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    folder = tmp_path_factory.mktemp("index")
    options = ["--interface", "127.0.0.1", "--port", str(port), "--disable-fallback", "-P", ".", "-a", "."]
    program = str(Path(sys.executable).with_name("pypi-server"))
    with subprocess.Popen([program, "run", *options, str(folder)]) as server:
        try:
            wait_until_open(port, server)
            url = f"http://127.0.0.1:{port}"
            shell(command("twine upload"), ROOT, environment(url))
            yield url
        finally:
            server.terminate()


def wait_until_open(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_UP_S
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the package index did not start: see its output above")


def install(package: str, then: str, index: str, folder: Path) -> list[str]:
    """Install into a new environment with the page's commands, and return the output of `then`.

    pip's report must list exactly the built files that the package needs, from this index.
    """
    script = command("runner/bin/pip install --extra").replace("kaizen-schedule-cli", package)
    script = script.replace("pip install", "pip install --quiet --report report.json")
    printed = shell(script.replace("kaizen-agentic --version", then), folder, environment(index))
    report = json.loads((folder / "report.json").read_text())
    given = {
        entry["metadata"]["name"]: entry["download_info"]["archive_info"]["hashes"]["sha256"]
        for entry in report["install"]
        if entry["download_info"]["url"].startswith(index)
    }
    built = files()
    assert given == {name: hashlib.sha256(built[name].read_bytes()).hexdigest() for name in PACKAGES[package]}
    return printed.splitlines()


@pytest.mark.parametrize("package", ["kaizen-schedule-core", "kaizen-activity-defs"])
def test_library_is_installed_from_the_index(package: str, index: str, tmp_path: Path) -> None:
    module = package.replace("-", "_")
    assert install(package, f"python -c 'import {module}; print({module}.__name__)'", index, tmp_path) == [module]


def test_runner_is_installed_and_checked(index: str, tmp_path: Path) -> None:
    version = files()["kaizen-schedule-cli"].name.split("-")[1]
    assert install("kaizen-schedule-cli", "kaizen-agentic --version", index, tmp_path)[0] == f"kaizen-agentic {version}"
    env = environment(index)
    shell(command("pip config"), tmp_path, env)
    assert f"{index}/simple/" in shell("runner/bin/pip config list", tmp_path, env)
    (tmp_path / "roster.yml").write_text(ROSTER)
    env["PATH"] = os.pathsep.join([str(tmp_path / "runner/bin"), os.environ.get("PATH", os.defpath)])
    shell("mkdir demo && git init -q demo && kaizen-agentic schedule init --target demo", tmp_path, env)
    assert shell(command("roster check"), tmp_path, env).count("HTTP status 200") == len(PACKAGES)
    elsewhere = command("roster check").replace("$INDEX_URL/simple/", "$INDEX_URL/elsewhere/")
    with pytest.raises(AssertionError, match="kaizen-schedule-core: HTTP status 404"):
        shell(elsewhere, tmp_path, env)
