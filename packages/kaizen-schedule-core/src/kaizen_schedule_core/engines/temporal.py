"""A Temporal Schedule for each job, as the JSON of CreateScheduleRequest."""

import json
from base64 import b64encode

from kaizen_schedule_core.engines.job import ExportedFile, Job, Settings, run_words

WORKFLOW = "RunKaizenAgent"
"""The type of the workflow, whose argument is the list of words of `schedule run`."""
TASK_QUEUE = "kaizen-sessions"


def temporal_files(job: Job, settings: Settings) -> list[ExportedFile]:
    """Return the schedule of a job. The worker that you write runs the words in its argument."""
    name = f"kaizen-{job.repo}-{job.agent}"
    words = json.dumps(run_words(job, settings, target=job.root))
    schedule = {
        "schedule_id": name,
        "schedule": {
            "spec": {"cron_string": [job.cron.text], "timezone_name": job.timezone},
            "action": {
                "start_workflow": {
                    "workflow_id": name,
                    "workflow_type": {"name": WORKFLOW},
                    "task_queue": {"name": TASK_QUEUE},
                    "input": {"payloads": [{"metadata": {"encoding": _base64("json/plain")}, "data": _base64(words)}]},
                    "workflow_run_timeout": f"{2 * settings.seconds + 60}s",
                }
            },
            "policies": {"overlap_policy": "SCHEDULE_OVERLAP_POLICY_SKIP", "catchup_window": f"{settings.seconds}s"},
            "state": {"notes": settings.comment(job)},
        },
    }
    return [ExportedFile(path=f"{name}.json", text=json.dumps(schedule, indent=2, ensure_ascii=False) + "\n")]


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
