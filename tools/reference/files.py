"""Everything that is generated whole, by its path."""

from __future__ import annotations

from pathlib import Path

from kaizen_schedule_core import manifest_schema
from kaizen_schedule_core.events import prepared_schema

from reference.command_line import command_line_page, options_page
from reference.definitions import definition_pages
from reference.diagnostics import diagnostics_page
from reference.exit_codes import exit_codes_page
from reference.fleet_week import DARK, LIGHT, expected_week, fleet_week
from reference.outcomes import outcomes_page
from reference.python_api import python_api_page


def generated_files(root: Path) -> dict[str, str]:
    """The text of every generated file; `root` is the checkout whose fleet and manifest are shown."""
    week = expected_week(root)
    return {
        "packages/kaizen-schedule-core/src/kaizen_schedule_core/manifest/schedule.schema.json": manifest_schema(),
        ".kaizen/schedule.schema.json": manifest_schema(),
        "docs/prepared-event.schema.json": prepared_schema(),
        "docs/reference/cli.md": command_line_page(),
        "docs/reference/diagnostics.md": diagnostics_page(),
        "docs/reference/exit-codes.md": exit_codes_page(),
        "docs/reference/options.md": options_page(),
        "docs/reference/outcomes.md": outcomes_page(),
        "docs/reference/python-api.md": python_api_page(),
        **definition_pages(),
        "docs/pictures/fleet-week-light.svg": fleet_week(week, LIGHT),
        "docs/pictures/fleet-week-dark.svg": fleet_week(week, DARK),
    }
