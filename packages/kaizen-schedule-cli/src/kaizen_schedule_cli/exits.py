"""The exit codes of every command, in one place."""

from collections.abc import Iterable
from enum import IntEnum

from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import Diagnostic


class Exit(IntEnum):
    """What the exit status of a command means."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    DIFFERENT = 3
    UNAVAILABLE = 4
    OUR_FAULT = 70
    INTERRUPTED = 130


MEANINGS = {
    Exit.CLEAN: "clean; warnings and infos alone are 0",
    Exit.FINDINGS: "findings: the input is at fault (syntax, shape, meaning, encoding, too large, too deep, empty, a "
    "newer version); an agent unknown, undeclared or disabled; `schedule init` on an existing file (nothing written, "
    "and said so); a failed step of `roster smoke`, `roster check` or `conformance run`",
    Exit.USAGE: "wrong usage: options, an unparsable time",
    Exit.DIFFERENT: "something differs: drift, `--check`",
    Exit.UNAVAILABLE: "could not be had: absent (an absent manifest names `schedule init`), a folder, FIFO or device "
    "in its place, no permission, a symlink loop or one leading outside, changed while read; a hub that is unreachable "
    "or talks nonsense; a roster that is empty, has shrunk, or could not be had (one whose bytes are wrong is 1)",
    Exit.OUR_FAULT: "a fault of ours, with a report to send",
    Exit.INTERRUPTED: "interrupted",
}
"""Each code in full; the reference page is generated from it (contract section 4)."""


def exit_for(diagnostics: Iterable[Diagnostic]) -> Exit:
    """Return the exit code for diagnostics: 4 if an error is an unavailable file, else 1 for any error, else 0."""
    code = Exit.CLEAN
    for diagnostic in diagnostics:
        if diagnostic.severity == "error":
            if CODES[diagnostic.code].unavailable:
                return Exit.UNAVAILABLE
            code = Exit.FINDINGS
    return code
