"""A Kubernetes CronJob for each job."""

import hashlib
import json
import re
from dataclasses import replace
from textwrap import indent

from kaizen_schedule_core.engines.job import CannotExport, ExportedFile, Job, Settings, numeric_cron, run_words
from kaizen_schedule_core.engines.state import COMMIT_STATE

_LONGEST_NAME = 52  # the controller adds eleven characters
_CHECKOUT = "/repo"
_SECRET = "kaizen-agent"  # noqa: S105 - the name of a Secret
_CLONE = 'git clone --quiet -- "$GIT_URL" /repo'
_RUN_AND_COMMIT = """\
cd /repo
status=0
"$@" || status=$?
"""


def kubernetes_files(job: Job, settings: Settings) -> list[ExportedFile]:
    """Return the manifest of the CronJob of a job. Raises CannotExport without an image, or without a checkout."""
    image = settings.image
    if image is None:
        raise CannotExport("Kubernetes needs an image with kaizen-agentic and the agent command", "pass --image IMAGE")
    if (settings.claim is None) == (settings.git_url is None):
        raise CannotExport("Kubernetes needs a checkout", "pass --claim NAME or --git-url URL")
    settings = _for_repo(settings, job.repo)
    name = resource_name(f"kaizen-{job.repo}-{job.agent}")
    text = f"""\
# {settings.comment(job)}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {name}
  labels:
    app.kubernetes.io/managed-by: kaizen-agentic
spec:
  schedule: {_text(numeric_cron(job.cron))}
  timeZone: {_text(job.timezone)}
  concurrencyPolicy: Forbid
  # A start that is later than this is skipped; missed runs are not caught up.
  startingDeadlineSeconds: {settings.seconds}
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: {2 * settings.seconds + 300}
      template:
        spec:
          restartPolicy: Never
          automountServiceAccountToken: false
{_init_containers(settings)}\
          containers:
            - name: agent
              image: {_text(image)}
              workingDir: {_CHECKOUT}
              command:
{_command(job, settings)}\
              env:
                - name: KAIZEN_AGENT
                  value: {_text(job.agent)}
{_keys(settings)}\
              securityContext:
                allowPrivilegeEscalation: false
              volumeMounts:
                - name: checkout
                  mountPath: {_CHECKOUT}
          volumes:
            - name: checkout
{_volume(settings)}"""
    return [ExportedFile(path=f"{name}.yaml", text=text)]


def resource_name(name: str) -> str:
    """Return a name for a CronJob; a name that is changed or cut gets a hash, so that it stays unique."""
    plain = re.sub("[^a-z0-9-]+", "-", name.lower()).strip("-")
    if plain == name and len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{plain[: _LONGEST_NAME - 7].rstrip('-')}-{digest}"


def _for_repo(settings: Settings, repo: str) -> Settings:
    """Return the settings with {repo} replaced, for a fleet."""
    claim, git_url = settings.claim, settings.git_url
    if claim is not None:
        claim = claim.replace("{repo}", repo)
    if git_url is not None:
        git_url = git_url.replace("{repo}", repo)
    return replace(settings, claim=claim, git_url=git_url)


def _init_containers(settings: Settings) -> str:
    if settings.git_url is None:
        return ""
    return f"""\
          initContainers:
            - name: clone
              image: {_text(settings.image or "")}
              command: ["sh", "-c", {_text(_CLONE)}]
              env:
                - name: GIT_URL
                  value: {_text(settings.git_url)}
              securityContext:
                allowPrivilegeEscalation: false
              volumeMounts:
                - name: checkout
                  mountPath: {_CHECKOUT}
"""


def _volume(settings: Settings) -> str:
    if settings.claim is None:
        return "              emptyDir: {}\n"
    return f"              persistentVolumeClaim:\n                claimName: {_text(settings.claim)}\n"


def _keys(settings: Settings) -> str:
    """Return the variables of the agent's key, from a Secret that can be missing."""
    lines = []
    for key in settings.keys:
        lines.append(f"                - name: {key}\n                  valueFrom:\n                    secretKeyRef:")
        lines.append(f"                      name: {_SECRET}\n                      key: {key}")
        lines.append("                      optional: true")
    return "\n".join(lines) + "\n"


def _command(job: Job, settings: Settings) -> str:
    """Return the items of the command: `schedule run`, and a script around it if the checkout is a clone."""
    words = run_words(job, settings, target=_CHECKOUT)
    if settings.git_url is None:
        return _items(words)
    script = _RUN_AND_COMMIT
    if settings.state == "commit":
        script += COMMIT_STATE
    block = "                - |\n" + indent(_literal(script + "exit $status\n"), " " * 18)
    return _items(["sh", "-c"]) + block + _items(["sh", *words])


def _items(words: list[str]) -> str:
    return "".join(f"                - {_text(_literal(word))}\n" for word in words)


def _literal(text: str) -> str:
    """Return a text without references to variables, which Kubernetes would replace."""
    return text.replace("$(", "$$(")


def _text(value: str) -> str:
    """Return a string for YAML, which reads JSON."""
    return json.dumps(value, ensure_ascii=False)
