"""The exit codes of every command, in one place."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import kaizen_schedule_core as core


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
    Exit.FINDINGS: "findings: the input is at fault, or a step failed",
    Exit.USAGE: "wrong usage: options, an unparsable time",
    Exit.DIFFERENT: "something differs: drift, --check",
    Exit.UNAVAILABLE: "could not be had: absent, no permission, unreachable",
    Exit.OUR_FAULT: "a fault of ours, with a report to send",
    Exit.INTERRUPTED: "interrupted",
}


def exit_for(diagnostics: Iterable[core.Diagnostic]) -> Exit:
    """The exit code that diagnostics amount to: what could not be had weighs more than findings."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "error"]
    if any(core.CODES[diagnostic.code].unavailable for diagnostic in errors):
        return Exit.UNAVAILABLE
    return Exit.FINDINGS if errors else Exit.CLEAN
