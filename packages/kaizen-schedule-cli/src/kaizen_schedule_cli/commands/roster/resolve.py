"""`roster resolve`: the runs of a fleet."""

from kaizen_schedule_core.diagnostics import plural
from kaizen_schedule_core.fleet.resolution import ScheduledRun

from kaizen_schedule_cli.answers.roster import ResolveAnswer, ResolvedRun
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Format, OutputFormat
from kaizen_schedule_cli.commands.roster_options import ReadQuery, resolve, roster_options
from kaizen_schedule_cli.render.fleet import counts_text, runs_text
from kaizen_schedule_cli.render.streams import write_json, write_stderr, write_stdout


@as_command("kaizen-agentic roster resolve --roster roster.yml --format json")
@roster_options
def command(read_query: ReadQuery, output: OutputFormat = Format.TEXT) -> None:
    """List the selected runs and their commands."""
    resolution = resolve(read_query())
    answer = ResolveAnswer(scheduled_runs=tuple(map(_run, resolution.runs)))
    if output is Format.JSON:
        write_json(answer)
    else:
        write_stdout(runs_text(answer))
    write_stderr(f"\n{plural(len(answer.scheduled_runs), 'run')} from {counts_text(resolution)}")
    if not answer.scheduled_runs:
        write_stderr("To see why, run kaizen-agentic roster explain with the same options.")


def _run(run: ScheduledRun) -> ResolvedRun:
    return ResolvedRun(
        repo=run.repo,
        root=run.root,
        agent=run.agent,
        cadence=run.cadence,
        cron=run.cron.text,
        timezone=run.timezone,
        enabled=run.enabled,
        prepare_command=run.prepare_command,
    )
