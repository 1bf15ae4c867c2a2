"""Files that are generated completely."""

from __future__ import annotations

from kaizen_schedule_core import manifest_schema
from kaizen_schedule_core.events import prepared_schema

from reference.command_line import command_line_page
from reference.definitions import definition_pages
from reference.diagnostics import diagnostics_pages
from reference.exit_codes import exit_codes_page
from reference.outcomes import outcomes_page


def generated_files() -> dict[str, str]:
    """Return the text of each generated file by its path in the checkout."""
    return {
        "packages/kaizen-schedule-core/src/kaizen_schedule_core/manifest/schedule.schema.json": manifest_schema(),
        ".kaizen/schedule.schema.json": manifest_schema(),
        "docs/prepared-event.schema.json": prepared_schema(),
        "docs/reference/cli.md": command_line_page(),
        "docs/reference/exit-codes.md": exit_codes_page(),
        "docs/reference/outcomes.md": outcomes_page(),
        **diagnostics_pages(),
        **definition_pages(),
    }
