"""The files that `schedule init` writes: a commented manifest, and its sidecar files."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from kaizen_schedule_core.clock.cadence import DEFAULT_TIMEZONE, Cadence
from kaizen_schedule_core.repo.agents import ListedAgent
from kaizen_schedule_core.repo.paths import SCHEMA_PATH
from kaizen_schedule_core.source.yaml.quoting import yaml_string

_WIDTH = 80  # the default of yamllint
_MOST_OFFERED = 20
_HEAD = """\
# yaml-language-server: $schema=schedule.schema.json
#
# The kaizen agents that run in this repository, and when. This file opts the
# repository in.
# Check it after every change:  kaizen-agentic schedule validate
---"""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedAgent:
    """One agent of a new manifest: its values, and the comments on it (`about`) and on its cron (`when`).

    Without `cron`, the manifest contains none.
    """

    name: str
    cadence: Cadence
    about: str
    cron: str | None = None
    when: str = ""
    enabled: bool = True


EXAMPLE = (
    PlannedAgent(
        name="coach",
        cadence="weekly",
        about="Reviews how work is done in this repository and proposes one improvement.",
        cron="0 9 * * 1",
        when="Mondays at 09:00",
    ),
    PlannedAgent(
        name="optimization",
        cadence="weekly",
        about="Reviews the cost and results of the agents' runs.",
        cron="0 10 * * 1",
        when="Mondays at 10:00",
    ),
    PlannedAgent(
        name="tdd-workflow",
        cadence="monthly",
        about="Paused: set enabled to true to run it on the 1st of each month.",
        enabled=False,
    ),
)
"""The agents of the contract's example manifest (section 2)."""


def manifest_text(
    agents: Sequence[PlannedAgent], *, timezone: str = DEFAULT_TIMEZONE, remarks: Sequence[str] = ()
) -> str:
    """Return the manifest with comments, in block style; it is valid if its values are valid."""
    lines = [_HEAD]
    for remark in remarks:
        lines += wrap(remark, _WIDTH, initial_indent="# ", subsequent_indent="# ") or ["#"]
    lines += ['version: "1"', ""]
    lines += ["# The time zone of all crons (an IANA name).", f"timezone: {timezone}", "", "agents:"]
    about_cadence, about_cron = "  # daily, weekly or monthly", "; in quotes"
    for agent in agents:
        lines += wrap(agent.about, _WIDTH, initial_indent="  # ", subsequent_indent="  # ")
        lines += [f"  {yaml_string(agent.name)}:", f"    cadence: {agent.cadence}{about_cadence}"]
        if agent.cron is not None:
            lines.append(f'    cron: "{agent.cron}"  # {agent.when}{about_cron}')
        lines += [f"    enabled: {str(agent.enabled).lower()}", ""]
        about_cadence, about_cron = "", ""  # explained once
    return "\n".join(lines[:-1]) + "\n"


SCAFFOLD = manifest_text(EXAMPLE)


def offered_agents(agents: Sequence[ListedAgent]) -> str:
    """Return comments for the end of a manifest that offer more agents; without `# `, they are valid entries."""
    if not agents:
        return ""
    lines = ["", "# Other agents of this repository. Uncomment two lines to schedule one:"]
    for agent in agents[:_MOST_OFFERED]:
        lines += [f"#   {yaml_string(agent.agent)}:", "#     cadence: weekly"]
    if len(agents) > _MOST_OFFERED:
        lines.append(f"# {len(agents) - _MOST_OFFERED} more: kaizen-agentic schedule agents")
    return "\n".join(lines) + "\n"


def schema_text() -> str:
    """Return the JSON Schema of the manifest, which `schedule schema` prints and `schedule init` writes.

    It is packaged as a file, which `invoke generate` writes, so that commands start quickly.
    """
    with open(os.path.join(os.path.dirname(__file__), "schedule.schema.json"), encoding="utf-8") as schema:
        return schema.read()


def sidecar_files() -> dict[str, str]:
    """Return the texts of the files next to a manifest by path; they are written before it."""
    return {
        ".kaizen/.gitattributes": "* text=auto eol=lf\n*.jsonl merge=union\nagents/*/memory.md merge=union\n",
        ".kaizen/.gitignore": "*.lock\n*.bak*\nsummary.json\n",
        SCHEMA_PATH: schema_text(),
    }
