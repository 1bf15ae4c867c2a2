"""The page of exit codes and output streams, from the enum."""

from __future__ import annotations

from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_core import CODES

from reference.diagnostics import code_address
from reference.markdown import heading, page, table

MEANINGS = {
    Exit.CLEAN: "success; there can be warnings and infos",
    Exit.FINDINGS: "findings: the input is invalid (syntax, structure, values, encoding, too large, too deep, empty, "
    "newer version); an agent is unknown, undeclared or disabled; the file of `schedule init` exists (nothing is "
    "written); or a step of `roster smoke`, `roster check` or `conformance run` failed",
    Exit.USAGE: "usage error: an option or an argument is invalid",
    Exit.DIFFERENT: "differences found: with `--check`, `definitions sync` found drift, or `roster status` found an "
    "agent whose state is overdue, failed or unreadable, or an entry that is missing or broken",
    Exit.UNAVAILABLE: "not available: a file is missing, not a regular file, without permission, behind a symlink that "
    "loops or points outside, or changed while it was read; a hub is unreachable or returns an invalid response; a "
    "roster is empty, smaller than before, or unreadable (for an invalid roster file, the code is 1); or an event was "
    "not published",
    Exit.OUR_FAULT: "internal error; the command prints a text to include in a bug report",
    Exit.INTERRUPTED: "interrupted",
}
"""The meaning of each code (contract section 4)."""
_ORDER = (Exit.OUR_FAULT, Exit.UNAVAILABLE, Exit.FINDINGS, Exit.DIFFERENT, Exit.CLEAN)
_NOTES = """\
- A manifest with one error is invalid as a whole: `schedule list`, `next` and `prepare` print its diagnostics and
  exit 1.
- `roster resolve`, `explain`, `expect` and `status` exit 0 when every entry has its outcome, even with zero runs or
  with broken repositories ([ADR-010](../adr/adr-010-what-a-roster-failure-is.md)).
- A failure never exits 0 with an empty result."""
_STREAMS = """\
stdout contains only the requested output. For `schedule validate` and `definitions validate` that is the diagnostics
and their count. All other commands print diagnostics, counts and hints to stderr as text; if they fail, stdout is
empty. If stdout is a closed pipe, a command ends without an error message.

Text output is readable without color and without a terminal. It has color only on a terminal, and not if `NO_COLOR` is
set to a non-empty value."""


def _entry(code: Exit, meaning: str) -> tuple[str, str]:
    short, rest = _split(meaning)
    return heading(2, f"Exit {int(code)}: {short}", f"exit-{int(code)}"), rest and f"{rest[0].upper()}{rest[1:]}."


def _split(meaning: str) -> tuple[str, str]:
    """Return the short meaning of a code, and the rest."""
    short, _, rest = meaning.partition(": ") if ": " in meaning else meaning.partition("; ")
    return short, rest


def exit_codes_page() -> str:
    """Return the page of exit codes and streams."""
    unavailable = [f"[{code.id}]({code_address(code.id)})" for code in CODES.values() if code.unavailable]
    return page(
        "Exit codes",
        "Every command uses these exit codes.",
        table(("Code", "Meaning"), [(f"[{int(code)}](#exit-{int(code)})", _split(MEANINGS[code])[0]) for code in Exit]),
        *(part for code, meaning in MEANINGS.items() for part in _entry(code, meaning)),
        heading(2, "Which code is used", "which"),
        f"If several codes apply, the first of {', '.join(str(int(code)) for code in _ORDER)} is used.",
        _NOTES,
        heading(2, "Diagnostics that exit 4", "could-not-be-had"),
        f"{', '.join(unavailable)}. All other errors exit 1 ([ADR-006](../adr/adr-006-diagnostics-are-values.md)).",
        heading(2, "Streams", "streams"),
        _STREAMS,
    )
