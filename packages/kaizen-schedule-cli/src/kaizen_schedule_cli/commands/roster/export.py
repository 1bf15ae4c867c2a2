"""`roster export`: the files with which an engine fires the runs of a fleet on this host."""

from typing import Annotated

from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import Diagnostic, diagnose
from kaizen_schedule_core.engines.job import Job

from kaizen_schedule_cli.commands.export_options import (
    Check,
    Claim,
    Export,
    GitUrl,
    Image,
    Output,
    TimeLimit,
    Words,
    check_engine,
    read_settings,
    run_export,
)
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.options import Format, OutputFormat, UsageError, text_option
from kaizen_schedule_cli.commands.roster_options import ReadQuery, resolve, roster_options
from kaizen_schedule_cli.render.fleet import counts_text
from kaizen_schedule_cli.render.streams import write_stderr

_ENGINES = ("systemd", "kubernetes")
_To = Annotated[str, text_option("--to", "ENGINE", f"The engine: {' or '.join(_ENGINES)}.")]


@as_command("kaizen-agentic roster export --roster roster.yml --to systemd --output units")
@roster_options
def command(
    read_query: ReadQuery,
    to: _To,
    words: Words = None,
    *,
    output_folder: Output = None,
    check: Check = False,
    timeout: TimeLimit = "1h",
    image: Image = None,
    claim: Claim = None,
    git_url: GitUrl = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Write the files with which systemd or Kubernetes fires the fleet's runs.

    {repo} in --claim and --git-url is replaced by the slug of the repository.
    """
    check_engine(to, _ENGINES)
    if output_folder is None:
        raise UsageError(f"Missing option '--output': the directory for the files of {to}.")
    settings = read_settings(
        words,
        source=f"roster export --to {to}",
        timeout=timeout,
        state="commit",
        install=None,
        image=image,
        claim=claim,
        git_url=git_url,
        here=to == "systemd",
    )
    resolution = resolve(read_query())
    jobs = [
        Job(repo=run.repo, root=run.root, agent=run.agent, cron=run.cron, timezone=run.timezone)
        for run in resolution.runs
    ]

    def problem(job: Job, message: str, hint: str) -> Diagnostic:
        return diagnose(values.ENGINE_FAILS, f"{job.repo}: {message}", file=job.root, hint=hint)

    write_stderr(counts_text(resolution))
    export = Export(engine=to, jobs=jobs, settings=settings, folder=output_folder, problem=problem)
    run_export(export, check=check, output=output)
