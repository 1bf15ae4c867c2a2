"""The engines to which schedules are exported: their files, their clocks, and what they cannot take (ADR-028)."""

from collections.abc import Callable
from typing import NamedTuple

from kaizen_schedule_core.engines.crontab import crontab_files
from kaizen_schedule_core.engines.job import ExportedFile, Job, Settings
from kaizen_schedule_core.engines.kubernetes import kubernetes_files
from kaizen_schedule_core.engines.systemd import systemd_files
from kaizen_schedule_core.engines.temporal import temporal_files
from kaizen_schedule_core.engines.workflows import gitea_files, github_files


class Engine(NamedTuple):
    """An engine: the files of a job, and the directory for them in a repository, if it has one."""

    files: Callable[[Job, Settings], list[ExportedFile]]
    folder: str | None = None


ENGINES = {
    "github-actions": Engine(github_files, ".github/workflows"),
    "gitea-actions": Engine(gitea_files, ".gitea/workflows"),
    "systemd": Engine(systemd_files),
    "kubernetes": Engine(kubernetes_files),
    "crontab": Engine(crontab_files),
    "temporal": Engine(temporal_files),
}
"""The engines by name; their clocks are in `ENGINE_CLOCKS`."""
