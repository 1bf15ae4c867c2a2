"""The group of commands `kaizen-agentic roster`, to which each room of this folder adds its own."""

from __future__ import annotations

from kaizen_schedule_cli.commands.options import group

app = group("What runs over a fleet of repositories.")
