"""The group of commands `kaizen-agentic schedule`, to which each room of this folder adds its own."""

from __future__ import annotations

from kaizen_schedule_cli.commands.options import group

app = group("The manifest of a repository, and the bundle of an agent.")
