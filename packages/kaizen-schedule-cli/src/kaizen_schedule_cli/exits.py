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


MEANINGS = {
    Exit.CLEAN: "success; there can be warnings and notes",
    Exit.FINDINGS: "findings: invalid input (syntax, structure, values, encoding, too large, too deep, empty, newer "
    "version); an unknown, undeclared or disabled agent; an existing file for `schedule init` (nothing is written); a "
    "failed step of `roster smoke`, `roster check` or `conformance run`",
    Exit.USAGE: "usage error: invalid options or arguments",
    Exit.DIFFERENT: "differences found: drift, `--check`",
    Exit.UNAVAILABLE: "not available: missing, not a regular file, no permission, a symlink loop or one that points "
    "outside, changed while read; a hub that is unreachable or returns an invalid response; a roster that is empty, "
    "smaller than before, or unreadable (an invalid roster file is 1); an event that was not published",
    Exit.OUR_FAULT: "internal error; prints a report for a bug report",
    Exit.INTERRUPTED: "interrupted",
}
"""The meaning of each code, for the reference page (contract section 4)."""


def exit_for(diagnostics: Iterable[Diagnostic]) -> Exit:
    """Return the exit code for diagnostics: 4 if something is unavailable, else 1 for any error, else 0."""
    code = Exit.CLEAN
    for diagnostic in diagnostics:
        if diagnostic.severity == "error":
            if CODES[diagnostic.code].unavailable:
                return Exit.UNAVAILABLE
            code = Exit.FINDINGS
    return code
