"""`schedule export`: the files with which an engine fires the agents of a repository."""

import os

from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.engines import ENGINES
from kaizen_schedule_core.engines.job import Job
from kaizen_schedule_core.repo.roots import git_root, repo_name, repository_root

from kaizen_schedule_cli.commands.export_options import (
    Check,
    Claim,
    Export,
    GitUrl,
    Image,
    Install,
    Output,
    State,
    TimeLimit,
    To,
    Words,
    check_engine,
    read_settings,
    run_export,
)
from kaizen_schedule_cli.commands.lazy import as_command
from kaizen_schedule_cli.commands.manifests import load_valid_manifest
from kaizen_schedule_cli.commands.options import Format, OutputFormat, RepoSlug, Target, UsageError


@as_command(
    "kaizen-agentic schedule export --to systemd --output units -- codex exec --json --sandbox workspace-write -"
)
def command(
    words: Words = None,
    *,
    to: To,
    target: Target = ".",
    repo: RepoSlug = None,
    output_folder: Output = None,
    check: Check = False,
    timeout: TimeLimit = "1h",
    state: State = "commit",
    install: Install = None,
    image: Image = None,
    claim: Claim = None,
    git_url: GitUrl = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Write the files with which an engine fires this repository's agents.

    Each file runs `schedule run` for an enabled agent. Workflows are written to their directory; for other engines,
    pass --output.
    """
    check_engine(to)
    root = repository_root(target)
    manifest, document = load_valid_manifest(root, target)
    slug = repo or repo_name(root)
    own = ENGINES[to].folder
    top = git_root(root) or root
    if output_folder is None and own is None:
        raise UsageError(f"Missing option '--output': the directory for the files of {to}.")
    jobs = []
    for name, schedule in manifest.agents.items():
        if schedule.enabled:
            place = root if own is None else os.path.relpath(root, top)
            jobs.append(Job(repo=slug, root=place, agent=name, cron=schedule.cron, timezone=manifest.timezone))
    settings = read_settings(
        words,
        source=f"schedule export --to {to} of {slug}",
        timeout=timeout,
        state=state,
        install=install,
        image=image,
        claim=claim,
        git_url=git_url,
        here=to in {"systemd", "crontab", "temporal"},
    )

    def problem(job: Job, message: str, hint: str) -> Diagnostic:
        return document.diagnose(values.ENGINE_FAILS, message, ("agents", job.agent), key=True, hint=hint)

    folder = output_folder or os.path.join(top, own or "")
    export = Export(engine=to, jobs=jobs, settings=settings, folder=folder, problem=problem)
    run_export(export, check=check, output=output)
