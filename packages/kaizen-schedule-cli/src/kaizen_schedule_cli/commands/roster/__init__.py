"""`kaizen-agentic roster`: what runs over a fleet of repositories, why the rest does not, and whether it did."""
# ruff: noqa: I001 - the imports stand in the order of the help

from __future__ import annotations

from kaizen_schedule_cli.commands.roster.group import app
from kaizen_schedule_cli.commands.roster import resolving, expecting, checking, smoking

__all__ = ["app", "checking", "expecting", "resolving", "smoking"]
