"""The exit codes of all commands."""

from collections.abc import Iterable
from enum import IntEnum

from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import Diagnostic


class Exit(IntEnum):
    """The exit codes."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    DIFFERENT = 3
    UNAVAILABLE = 4
    OUR_FAULT = 70
    INTERRUPTED = 130


def exit_for(diagnostics: Iterable[Diagnostic]) -> Exit:
    """Return the exit code for diagnostics: 4 if something is unavailable, 1 for other errors, 0 without errors."""
    code = Exit.CLEAN
    for diagnostic in diagnostics:
        if diagnostic.severity == "error":
            if CODES[diagnostic.code].unavailable:
                return Exit.UNAVAILABLE
            code = Exit.FINDINGS
    return code
