"""Development tasks; the checks are in noxfile.py."""

import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

ROOT = Path(__file__).parent
ROSTER = "pilot-roster/roster.yml"


def python(c: Context, *words: str, env: dict[str, str] | None = None) -> None:
    """Run a module with this interpreter in the root directory, and exit with its exit code if it fails."""
    command = shlex.join([sys.executable, "-m", *words])
    with c.cd(ROOT):
        result = c.run(command, env=env or {}, warn=True, pty=sys.stdout.isatty())
    if result.failed:
        raise Exit(code=result.exited)


def need(package: str, module: str) -> None:
    """Exit with the command that installs a tool if it is missing."""
    if find_spec(module) is None:
        command = shlex.join([sys.executable, "-m", "pip", "install", "-c", "constraints.txt", package])
        raise Exit(f"{package} is not installed. Install it with:\n{command}")


@task(
    help={
        "roster": f"roster file (default: {ROSTER})",
        "report": "also write the report as JSON to this file",
        "hub": "start the reference State Hub and use it instead of the file",
    }
)
def pilot_smoke(c: Context, roster: str = "", report: str = "", hub: bool = False) -> None:  # noqa: FBT001, FBT002
    """Run the smoke test on each repository of a roster."""
    chosen = Path(roster).absolute() if roster else ROOT / ROSTER
    options = ["--session"]
    if chosen.resolve() == (ROOT / ROSTER).resolve():
        options += ["--require", "coach", "--require", "optimization"]
    if report:
        options += ["--report", str(Path(report).absolute())]
    # The smoke test starts kaizen-agentic as a runner does, from the PATH.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    with running_hub(chosen) if hub else nullcontext() as url:
        source = ["--hub", url] if url else ["--roster", os.path.relpath(chosen, ROOT)]
        python(c, "kaizen_schedule_cli", "roster", "smoke", *source, *options, env={"PATH": path})


@contextmanager
def running_hub(roster: Path) -> Iterator[str]:
    """Start the reference State Hub on a free port, yield its URL, and stop it at the end."""
    need("fastapi", "fastapi")
    need("uvicorn", "uvicorn")
    from drill.servers import start_hub

    with tempfile.TemporaryDirectory() as folder:
        try:
            running = start_hub(Path(folder), roster)
        except RuntimeError as error:
            raise Exit(str(error), code=1) from None
        with running:
            yield running.address


@task(help={"roster": f"roster file (default: {ROSTER})", "port": "port on loopback (default: 8000)"})
def hub(c: Context, roster: str = "", port: int = 8000) -> None:
    """Run the reference State Hub until Ctrl-C."""
    need("fastapi", "fastapi")
    need("uvicorn", "uvicorn")
    chosen = Path(roster).absolute() if roster else ROOT / ROSTER
    python(c, "state_hub", "--roster", str(chosen), "--port", str(port))


@task(
    help={"only": "run only this scenario (repeatable)", "report": "also write the table as JSON to this file"},
    iterable=["only"],
)
def drill(_: Context, only: list[str], report: str = "") -> None:
    """Run the end-to-end test on real servers, with faults and at scale, and print a table."""
    for package in ("temporalio", "fastapi", "uvicorn"):
        need(package, package)
    need("nats-py", "nats")
    words = [word for name in only for word in ("--only", name)]
    words += ["--report", str(Path(report).absolute())] if report else []
    # Replace this process, so that the drill receives its signals.
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "drill", *words])  # noqa: S606


@task
def fmt(c: Context) -> None:
    """Format the code and fix what ruff can fix."""
    need("ruff", "ruff")
    python(c, "ruff", "check", "--fix-only")
    python(c, "ruff", "format")


@task
def generate(c: Context) -> None:
    """Write the files that are generated from the code: reference pages, tables, schemas."""
    python(c, "reference")


@task
def docs(c: Context) -> None:
    """Serve the site locally and rebuild it after each change."""
    needed = {
        "mkdocs-material": "material",
        "mkdocstrings-python": "mkdocstrings",
        "griffe-pydantic": "griffe_pydantic",
    }
    for package, module in needed.items():
        need(package, module)
    python(c, "mkdocs", "serve")


@task(help={"title": "the decision in a few words"})
def adr(_: Context, title: str) -> None:
    """Create the next ADR and add it to the index."""
    folder = ROOT / "adr"
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not slug:
        raise Exit("the title must contain a letter or a digit")
    last = max((int(path.name[4:7]) for path in folder.glob("adr-[0-9][0-9][0-9]-*.md")), default=0)
    number = f"{last + 1:03}"
    path = folder / f"adr-{number}-{slug}.md"
    text = (folder / "template.md").read_text(encoding="utf-8")
    today = datetime.now(UTC).date().isoformat()
    text = text.replace("{number}", number).replace("{title}", title).replace("YYYY-MM-DD", today)
    path.write_text(text, encoding="utf-8")
    with (folder / "README.md").open("a", encoding="utf-8") as index:
        index.write(f"| [{number}]({path.name}) | {title} | Proposed | |\n")
    print(f"created {path.relative_to(ROOT)}: now add it to the navigation in mkdocs.yml")
