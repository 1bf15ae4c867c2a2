"""Workflows of GitHub Actions and Gitea Actions, one for each job."""

import json
from textwrap import indent

from kaizen_schedule_core.engines.job import (
    CannotExport,
    ExportedFile,
    Job,
    Settings,
    numeric_cron,
    run_words,
    shell_line,
)
from kaizen_schedule_core.engines.state import COMMIT_STATE

_CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
_PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
_PACKAGES = {
    "claude": "@anthropic-ai/claude-code@2.1.197",
    "codex": "@openai/codex@0.171.0",
    "copilot": "@github/copilot@1.0.102",
}
"""The npm packages of known agent commands."""


def github_files(job: Job, settings: Settings) -> list[ExportedFile]:
    """Return the workflow of a job for GitHub, which has time zones since March 2026."""
    schedule = f"    - cron: {_text(numeric_cron(job.cron))}\n      timezone: {_text(job.timezone)}\n"
    return _workflow(job, settings, schedule, token="github.token")  # noqa: S106 - the name of a token


def gitea_files(job: Job, settings: Settings) -> list[ExportedFile]:
    """Return the workflow of a job for Gitea, which reads the time zone from the cron."""
    schedule = f"    - cron: {_text(f'TZ={job.timezone} {numeric_cron(job.cron)}')}\n"
    return _workflow(job, settings, schedule, token="secrets.GITHUB_TOKEN")  # noqa: S106 - the name of a token


def _workflow(job: Job, settings: Settings, schedule: str, *, token: str) -> list[ExportedFile]:
    run = shell_line(run_words(job, settings, target=job.root))
    if "${{" in run or not run.replace("\n", "").replace("\t", "").isprintable():
        message = "a workflow would evaluate ${{ in the command, or cannot contain its control characters"
        raise CannotExport(message, "put the command into a script")
    access = "write" if settings.state == "commit" else "read"
    text = f"""\
# {settings.comment(job)}
name: {_text(f"kaizen {job.agent}")}

on:
  schedule:
{schedule}  workflow_dispatch:

permissions: {{}}

# A run starts when the run before it has ended.
concurrency:
  group: {_text(f"kaizen-{job.agent}")}
  cancel-in-progress: false

jobs:
  run:
    name: {_text(f"Run {job.agent}")}
    runs-on: ubuntu-latest
    timeout-minutes: {settings.seconds // 60 + 15}
    permissions:
      contents: {access}{_why(settings)}
    steps:
      - uses: {_CHECKOUT}
        with:
          fetch-depth: 0 # the agent can read the history
          persist-credentials: false
      - uses: {_PYTHON}
        with:
          python-version: "3.12"
{_install(settings)}\
      - name: Run the agent
        run: |
{indent(run, " " * 10)}
        env:
{_keys(settings)}{_state(job, settings, token)}"""
    return [ExportedFile(path=f"kaizen-{job.agent}.yml", text=text)]


def _why(settings: Settings) -> str:
    if settings.state == "commit":
        return " # to push memory and metrics"
    return ""


def _install(settings: Settings) -> str:
    command = settings.install
    if command is None:
        command = f"python -m pip install kaizen-schedule-cli=={settings.version}"
    step = f"""\
      - name: Install kaizen-agentic
        run: |
{indent(command, " " * 10)}
        env:
          PIP_INDEX_URL: ${{{{ vars.PIP_INDEX_URL }}}}
"""
    package = _PACKAGES.get(settings.command[0])
    if package is not None and settings.install is None:
        run = f"npm install --global {package} # zizmor: ignore[adhoc-packages] one version"
        step += f"      - name: Install the agent command\n        run: {run}\n"
    return step


def _keys(settings: Settings) -> str:
    return "".join(f"          {key}: ${{{{ secrets.{key} }}}}\n" for key in settings.keys)


def _state(job: Job, settings: Settings, token: str) -> str:
    if settings.state == "none":
        return ""
    return f"""\
      - name: Bring back memory and metrics
        if: ${{{{ !cancelled() }}}}
        run: |
{indent(COMMIT_STATE, " " * 10)}\
        env:
          KAIZEN_AGENT: {_text(job.agent)}
          KAIZEN_TARGET: {_text(job.root)}
          PUSH_TOKEN: ${{{{ {token} }}}}
"""


def _text(value: str) -> str:
    """Return a string for YAML, which reads JSON."""
    return json.dumps(value, ensure_ascii=False)
