"""The group of commands `kaizen-agentic definitions`, to which each room of this folder adds its own."""

from __future__ import annotations

from typing import Annotated

import typer

from kaizen_schedule_cli.commands.options import group

app = group("The definitions, what they would create, and the catalog that holds them.")

DefinitionId = Annotated[str, typer.Argument(metavar="ID", help="The definition's id.")]
