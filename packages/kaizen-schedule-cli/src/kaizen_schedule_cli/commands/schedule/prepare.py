"""`schedule prepare`: the orientation bundle of an agent."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer
from kaizen_schedule_core.bundle import DEFAULT_MAX_BYTES
from kaizen_schedule_core.bundle.prepare import prepare_bundle
from kaizen_schedule_core.events import prepared_event
from kaizen_schedule_core.manifest.discovery import manifest_of
from kaizen_schedule_core.repo.roots import repository_root

from kaizen_schedule_cli.answers import answer_from
from kaizen_schedule_cli.answers.bundle import PrepareAnswer
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import AgentArgument, RepoSlug, Target, read_value
from kaizen_schedule_cli.render.diagnostics import write_diagnostics
from kaizen_schedule_cli.render.streams import write_json, write_stdout
from kaizen_schedule_cli.session.program import program_words


class _BundleFormat(StrEnum):
    MARKDOWN = "markdown"
    JSON = "json"


@as_command("kaizen-agentic schedule prepare coach > ../orientation.md")
def command(
    agent: AgentArgument,
    target: Target = ".",
    repo: RepoSlug = None,
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", metavar="N", min=1, help="Maximum size of the Markdown in bytes.")
    ] = DEFAULT_MAX_BYTES,
    unscheduled: Annotated[
        bool, typer.Option("--unscheduled", help="Also accept an undeclared or paused agent.")
    ] = False,
    emit: Annotated[
        str | None, typer.Option("--emit", metavar="TARGET", help="Publish an event to file:PATH or nats://HOST:PORT.")
    ] = None,
    output: Annotated[_BundleFormat, typer.Option("--format", help="Output format.")] = _BundleFormat.MARKDOWN,
) -> None:
    """Print the orientation bundle for an agent session."""
    emission = None
    if emit is not None:
        from kaizen_schedule_cli.emit import emit as send
        from kaizen_schedule_cli.emit import read_emission

        emission = read_value("--emit", lambda: read_emission(emit))
    root = repository_root(target)
    shown = manifest_of(target, root).shown
    now = datetime.now(UTC)
    bundle = prepare_bundle(
        root,
        agent,
        repo=repo,
        max_bytes=max_bytes,
        unscheduled=unscheduled,
        shown=shown,
        now=now,
        program=program_words(sys.argv[0]),
    )
    write_diagnostics(bundle.diagnostics)
    if output is _BundleFormat.JSON:
        write_json(answer_from(bundle, PrepareAnswer))
    else:
        write_stdout(bundle.markdown)
    if emission is not None:
        send(emission, prepared_event(bundle, now, scheduled=not unscheduled))
