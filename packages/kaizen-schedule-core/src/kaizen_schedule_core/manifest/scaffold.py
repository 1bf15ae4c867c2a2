"""What `schedule init` writes: the example manifest with comments, and the files that keep it company."""

from __future__ import annotations

import os

from kaizen_schedule_core.manifest import MANIFEST_PATH, SCHEMA_PATH

SCAFFOLD = """\
# yaml-language-server: $schema=schedule.schema.json
#
# Which kaizen agents run in this repository, and when. The presence of this file is the opt-in.
# Check it after every change:  kaizen-agentic schedule validate
version: "1"

# All crons below are read in this zone (an IANA name).
timezone: Europe/Berlin

agents:
  # Orients on how work is done here and proposes one improvement.
  coach:
    cadence: weekly # daily, weekly or monthly
    cron: "0 9 * * 1" # Mondays at 09:00; always in quotes
    enabled: true

  # Reviews what the agents' runs cost and achieved.
  optimization:
    cadence: weekly
    cron: "0 10 * * 1" # Mondays at 10:00
    enabled: true

  # Declared but paused: set enabled to true to run it on the 1st of each month at 09:00.
  tdd-workflow:
    cadence: monthly
    enabled: false
"""
GITATTRIBUTES_LINES = ("*.jsonl merge=union",)
GITIGNORE_LINES = ("*.lock", "summary.json")


def schema_text() -> str:
    """The JSON Schema of the manifest, as `schedule schema` prints it and `schedule init` writes it.

    It is shipped as a file, made from the models by `invoke generate`, so that light commands need not make it.
    """
    with open(os.path.join(os.path.dirname(__file__), "schedule.schema.json"), encoding="utf-8") as schema:
        return schema.read()


def scaffold_files() -> dict[str, str]:
    """The files that opt a repository in, by path; the manifest comes last, so that it never stands alone."""
    return {
        ".kaizen/.gitattributes": "".join(f"{line}\n" for line in GITATTRIBUTES_LINES),
        ".kaizen/.gitignore": "".join(f"{line}\n" for line in GITIGNORE_LINES),
        SCHEMA_PATH: schema_text(),
        MANIFEST_PATH: SCAFFOLD,
    }
