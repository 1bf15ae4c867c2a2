"""The page of exit codes, from the enum, and of what goes to which stream."""

from __future__ import annotations

from kaizen_schedule_cli.exits import MEANINGS, Exit
from kaizen_schedule_core import CODES

from reference.markdown import heading, page, table

_ORDER = (Exit.OUR_FAULT, Exit.UNAVAILABLE, Exit.FINDINGS, Exit.DIFFERENT, Exit.CLEAN)
_NOTES = """\
- Which errors are "could not be had" follows from the code of the diagnostic
  ([ADR-006](../adr/adr-006-diagnostics-are-values.md)).
- A manifest with one error is invalid as a whole: `schedule list`, `next` and `prepare` print its diagnostics and
  exit 1.
- `roster resolve`, `explain`, `expect` and `status` are 0 once every entry has its outcome, with zero runs and with
  broken repositories too ([ADR-010](../adr/adr-010-what-a-roster-failure-is.md)).
- A failure is never 0 with an empty answer."""
_STREAMS = """\
stdout holds what the command was asked for and nothing else. For `schedule validate` and `definitions validate` that is
the diagnostics with their count line. For all others, diagnostics, counts and hints go to stderr as text, and on
failure stdout is empty. A closed pipe ends a command quietly.

Text output needs no colour and no terminal to be readable, and honours `NO_COLOR`."""


def _entry(code: Exit, meaning: str) -> tuple[str, str]:
    short, rest = _split(meaning)
    return heading(2, f"Exit {int(code)}: {short}", f"exit-{int(code)}"), rest and f"{rest[0].upper()}{rest[1:]}."


def _split(meaning: str) -> tuple[str, str]:
    """What a code means in short, and the rest."""
    short, _, rest = meaning.partition(": ") if ": " in meaning else meaning.partition("; ")
    return short, rest


def exit_codes_page() -> str:
    """The whole page."""
    unavailable = [f"[{code.id}](diagnostics.md#{code.id.lower()})" for code in CODES.values() if code.unavailable]
    return page(
        "Exit codes",
        "One table for every command.",
        table(
            ("Code", "Meaning"),
            [(f"[{int(code)}](#exit-{int(code)})", _split(text)[0]) for code, text in MEANINGS.items()],
        ),
        *(part for code, meaning in MEANINGS.items() for part in _entry(code, meaning)),
        heading(2, "Which one, and when", "which"),
        f"Several at once: the first of {', '.join(str(int(code)) for code in _ORDER)}.",
        _NOTES,
        heading(2, "Diagnostics that exit 4", "could-not-be-had"),
        f"{', '.join(unavailable)}. All other errors exit 1.",
        heading(2, "Streams", "streams"),
        _STREAMS,
    )
