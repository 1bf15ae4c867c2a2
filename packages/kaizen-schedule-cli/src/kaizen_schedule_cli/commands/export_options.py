"""Options of `schedule export` and `roster export`, and the export itself."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Annotated, Literal

import typer
from kaizen_schedule_core.clock.engine_clocks import ENGINE_CLOCKS
from kaizen_schedule_core.clock.stepping import NoNextFire
from kaizen_schedule_core.clock.times import parse_duration, utc_text
from kaizen_schedule_core.clock.zones import load_zone
from kaizen_schedule_core.commands import PROGRAM
from kaizen_schedule_core.diagnostics import Diagnostic, did_you_mean, escape_control_chars, quoted
from kaizen_schedule_core.engines import ENGINES
from kaizen_schedule_core.engines.fidelity import Difference, differences
from kaizen_schedule_core.engines.job import CannotExport, ExportedFile, Job, Settings
from kaizen_schedule_core.engines.writing import apply_changes, plan_changes
from kaizen_schedule_core.errors import KaizenError

from kaizen_schedule_cli.answers import utc_or_none
from kaizen_schedule_cli.answers.export import ExportAnswer, ExportDifference
from kaizen_schedule_cli.commands.options import Format, read_value, text_option
from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout
from kaizen_schedule_cli.render.tables import table

DEFAULT_COMMAND = (
    "claude",
    "-p",
    "--output-format",
    "json",
    "--permission-mode",
    "acceptEdits",
    "--allowedTools",
    "Bash(kaizen-agentic:*)",
)
"""Claude Code with the least permissions for a session: it edits files, and runs the commands of the session close."""

To = Annotated[str, text_option("--to", "ENGINE", f"The engine: {', '.join(ENGINES)}.")]
Output = Annotated[str | None, text_option("--output", "DIR", "Directory of the files.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 3 if files are out of date.")]
TimeLimit = Annotated[str, typer.Option("--timeout", metavar="45m", help="Time limit of a run.")]
State = Annotated[
    Literal["commit", "none"], typer.Option("--state", help="Push memory and metrics from a temporary checkout.")
]
Install = Annotated[str | None, text_option("--install", "COMMAND", "Shell command that installs kaizen-agentic.")]
Image = Annotated[str | None, text_option("--image", "IMAGE", "Container image, for kubernetes.")]
Claim = Annotated[str | None, text_option("--claim", "NAME", "Volume claim with the checkout, for kubernetes.")]
GitUrl = Annotated[str | None, text_option("--git-url", "URL", "Repository to clone, for kubernetes.")]
Words = Annotated[
    list[str] | None, typer.Argument(metavar="COMMAND", help="The agent command [default: claude -p, see the docs].")
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """An export of jobs to an engine. `problem` makes a diagnostic for a job from a message and a hint."""

    engine: str
    jobs: Sequence[Job]
    settings: Settings
    folder: str
    problem: Callable[[Job, str, str], Diagnostic]


def check_engine(engine: str, allowed: Iterable[str] = ENGINES) -> None:
    """Raise typer.BadParameter for an unknown engine."""
    names = tuple(allowed)
    if engine not in names:
        near = did_you_mean(engine, names) or f"use one of {', '.join(names)}"
        raise typer.BadParameter(f"unknown engine {quoted(engine)}: {near}", param_hint="--to")


def read_settings(
    words: list[str] | None,
    *,
    source: str,
    timeout: str,
    state: Literal["commit", "none"],
    install: str | None,
    image: str | None,
    claim: str | None,
    git_url: str | None,
    here: bool,
) -> Settings:
    """Return the settings from the options; `here` if the files are for this machine, with the paths of programs."""
    command = tuple(words or DEFAULT_COMMAND)
    program = PROGRAM
    search: tuple[str, ...] = ()
    if here:
        program, search = _programs(command)
    return Settings(
        command=command,
        timeout=read_value("--timeout", lambda: parse_duration(timeout)),
        source=source,
        program=program,
        search=search,
        state=state,
        install=install,
        version=version("kaizen-schedule-cli"),
        image=image,
        claim=claim,
        git_url=git_url,
        zone=_machine_zone(),
    )


def _programs(command: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the path of kaizen-agentic, and the directories of it and of the agent command."""
    program = shutil.which(PROGRAM) or os.path.join(os.path.dirname(sys.executable), PROGRAM)
    found = [os.path.abspath(program)]
    agent = shutil.which(command[0])
    if agent is not None:
        found.append(os.path.abspath(agent))
    return found[0], tuple(dict.fromkeys(map(os.path.dirname, found)))


def _machine_zone() -> str | None:
    """Return the time zone of this machine, or None if it is not known."""
    if os.environ.get("TZ"):
        return os.environ["TZ"].removeprefix(":")
    real = os.path.realpath("/etc/localtime")
    _, found, name = real.partition("/zoneinfo/")
    if found:
        return name
    return None


def run_export(export: Export, *, check: bool, output: Format) -> None:
    """Write the files of an export, or check them; print what changes and which fires differ."""
    files, found, problems = _files(export)
    if problems:
        raise KaizenError(problems)
    changes = plan_changes(export.folder, files, source=export.settings.source)
    if not check:
        apply_changes(export.folder, files, changes)
    answer = ExportAnswer(engine=export.engine, files=tuple(changes), differences=_rows(found))
    if output is Format.JSON:
        write_json(answer)
    else:
        if changes:
            rows = [(change.change, change.path) for change in changes]
            write_stdout(f"files in {escape_control_chars(export.folder)}:\n\n{table(('change', 'file'), rows)}")
        for job, difference in found:
            write_stderr(_warning(job, difference, export.engine))
        if not changes:
            write_stderr("No files: there are no runs to export.")
    if check and any(change.change != "unchanged" for change in changes):
        write_stderr("The files are out of date: run the command without --check.")
        raise typer.Exit(Exit.DIFFERENT)


def _files(export: Export) -> tuple[list[ExportedFile], list[tuple[Job, Difference]], list[Diagnostic]]:
    files: list[ExportedFile] = []
    found: list[tuple[Job, Difference]] = []
    problems: list[Diagnostic] = []
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    clock = ENGINE_CLOCKS[export.engine]
    for job in export.jobs:
        try:
            files += ENGINES[export.engine].files(job, export.settings)
            found += [(job, one) for one in differences(job.cron, load_zone(job.timezone), clock, start)]
        except CannotExport as error:
            problems.append(export.problem(job, f"agent {quoted(job.agent)} cannot be exported: {error}", error.hint))
        except NoNextFire:
            message = f"{export.engine} does not find all fires of agent {quoted(job.agent)}"
            hint = "choose an hour that no clock change affects, or fewer hours"
            problems.append(export.problem(job, message, hint))
    names = [file.path for file in files]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        message = f"several agents would have the file {', '.join(sorted(twice))}"
        problems.append(export.problem(export.jobs[0], message, "rename an agent, or export them one after the other"))
    return files, found, problems


def _rows(found: Iterable[tuple[Job, Difference]]) -> tuple[ExportDifference, ...]:
    rows = []
    for job, one in found:
        engine, manifest = utc_or_none(one.engine), utc_or_none(one.manifest)
        rows.append(ExportDifference(agent=job.agent, date=str(one.date), engine_utc=engine, manifest_utc=manifest))
    return tuple(rows)


def _warning(job: Job, one: Difference, engine: str) -> str:
    fires = "does not fire" if one.engine is None else f"fires at {utc_text(one.engine)}"
    expected = "no fire" if one.manifest is None else utc_text(one.manifest)
    text = f"warning: {job.agent} on {one.date}: {engine} {fires}, the manifest has {expected}"
    if one.hour is not None:
        text += f"; at {one.hour:02}:{job.cron.minutes[0]:02}, no fire differs"
    return text
