"""`kaizen-agentic schedule`: the manifest of one repository, and the bundle of one agent."""
# ruff: noqa: I001 - the imports stand in the order of the help

from __future__ import annotations

from kaizen_schedule_cli.commands.schedule.group import app
from kaizen_schedule_cli.commands.schedule import opting_in, validating, agenda, preparing, reference

__all__ = ["agenda", "app", "opting_in", "preparing", "reference", "validating"]
