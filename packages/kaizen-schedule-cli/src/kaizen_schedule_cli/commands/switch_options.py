"""The common options of `definitions enable` and `disable`."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer
from kaizen_activity_defs.switching import SwitchReason

from kaizen_schedule_cli.commands.options import text_option

_REASON_LIMIT = 500

CatalogFolder = Annotated[str, text_option("--catalog", "DIR", "The catalog directory.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Reason, stored in the log of the index.")]


def read_reason(reason: str) -> SwitchReason:
    """Return the user, time and reason for the log in the index. Raises typer.BadParameter."""
    if not reason.strip():
        raise typer.BadParameter("use one line of printable text", param_hint="--reason")
    if len(reason) > _REASON_LIMIT:
        raise typer.BadParameter(f"use at most {_REASON_LIMIT} characters", param_hint="--reason")
    try:
        by = getpass.getuser()
    except (OSError, KeyError):  # a user without a name
        by = "unknown"
    return SwitchReason(by=by, at=datetime.now(UTC), reason=reason)
