"""User units of systemd: a timer and a service for each job."""

from kaizen_schedule_core.clock.cron import Cron
from kaizen_schedule_core.engines.job import ExportedFile, Job, Settings, run_words

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_MONTHS, _DAYS, _HOURS, _MINUTES = 12, 31, 24, 60
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "$$", "%": "%%", "\n": "\\n", "\t": "\\t"})


def systemd_files(job: Job, settings: Settings) -> list[ExportedFile]:
    """Return the units of a job, whose names contain the repository and the agent."""
    name = f"kaizen-{job.repo}-{job.agent}"
    comment = f"# {settings.comment(job)}\n"
    path = ":".join([*settings.search, "/usr/local/bin", "/usr/bin", "/bin"])
    command = " ".join(_quoted(word) for word in run_words(job, settings, target=job.root))
    service = f"""\
{comment}[Unit]
Description=Run agent {job.agent} of {job.repo}

[Service]
Type=oneshot
WorkingDirectory={job.root.replace("%", "%%")}
Environment={_quoted(f"PATH={path}", dollar=False)}
EnvironmentFile=-%h/.config/kaizen/environment
ExecStart={command}
# The run ends its own processes at its time limit; this is the last resort.
TimeoutStartSec={2 * settings.seconds + 60}
KillMode=mixed
"""
    timer = f"""\
{comment}[Unit]
Description=Fire agent {job.agent} of {job.repo}

[Timer]
OnCalendar={on_calendar(job.cron, job.timezone)}
# No random delay, and missed runs are not caught up. systemd does not start a service that is still running.
AccuracySec=1s
RandomizedDelaySec=0
Persistent=false

[Install]
WantedBy=timers.target
"""
    return [ExportedFile(path=f"{name}.service", text=service), ExportedFile(path=f"{name}.timer", text=timer)]


def on_calendar(cron: Cron, timezone: str) -> str:
    """Return the calendar expression with the fires of a cron."""
    weekdays = ""
    if cron.weekdays_restricted:
        weekdays = ",".join(_WEEKDAYS[value] for value in cron.weekdays) + " "
    months, days = _values(cron.months, _MONTHS), _values(cron.days, _DAYS)
    return f"{weekdays}*-{months}-{days} {_values(cron.hours, _HOURS)}:{_values(cron.minutes, _MINUTES)}:00 {timezone}"


def _values(values: tuple[int, ...], count: int) -> str:
    if len(values) == count:
        return "*"
    return ",".join(f"{value:02}" for value in values)


def _quoted(word: str, *, dollar: bool = True) -> str:
    """Return a word in double quotes as systemd reads them; `dollar` is false where variables are not expanded."""
    text = word.translate(_ESCAPES)
    if not dollar:
        text = text.replace("$$", "$")
    return f'"{text}"'
