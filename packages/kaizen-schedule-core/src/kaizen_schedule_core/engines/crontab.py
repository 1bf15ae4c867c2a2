"""A block of a crontab for each job."""

from kaizen_schedule_core.engines.job import (
    CannotExport,
    ExportedFile,
    Job,
    Settings,
    numeric_cron,
    run_words,
    shell_line,
)


def crontab_files(job: Job, settings: Settings) -> list[ExportedFile]:
    """Return the block of a job. Raises CannotExport for a zone that is not the machine's: Debian's cron ignores it."""
    if job.timezone != settings.zone:
        message = f"cron of Debian ignores CRON_TZ, and the zone {job.timezone} is not that of this machine"
        raise CannotExport(message, "use another engine, for example systemd, or set the machine's time zone")
    line = shell_line(run_words(job, settings, target=job.root)).replace("%", "\\%")
    if "\n" in line:
        raise CannotExport("a line of a crontab cannot contain a line feed", "put the command into a script")
    path = ":".join([*settings.search, "/usr/local/bin", "/usr/bin", "/bin"])
    text = f"""\
# {settings.comment(job)}
# Runs do not overlap, and missed runs are not caught up.
CRON_TZ={job.timezone}
PATH={path}
{numeric_cron(job.cron)} {line}
"""
    return [ExportedFile(path=f"kaizen-{job.repo}-{job.agent}.crontab", text=text)]
