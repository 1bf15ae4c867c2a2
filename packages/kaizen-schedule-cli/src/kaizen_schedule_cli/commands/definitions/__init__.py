"""`kaizen-agentic definitions`: the ActivityDefinitions, what they would create, and the catalog that holds them."""
# ruff: noqa: I001 - the imports stand in the order of the help

from __future__ import annotations

from kaizen_schedule_cli.commands.definitions.group import app
from kaizen_schedule_cli.commands.definitions import drafts, cataloguing

__all__ = ["app", "cataloguing", "drafts"]
