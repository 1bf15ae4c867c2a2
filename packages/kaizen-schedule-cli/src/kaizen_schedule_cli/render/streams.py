"""Where output goes: the answer to stdout, everything said about it to stderr."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from typing import TextIO

from kaizen_schedule_core.diagnostics import inert

# Signs that json.dumps lets through and a terminal or an editor acts on: C1 controls, joiners, directions, surrogates.
_ACTING = re.compile(r"[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


def answer(text: str) -> None:
    """Write what the command was asked for; a final line feed is added where it lacks one."""
    _write(sys.stdout, text if text.endswith("\n") or not text else text + "\n")


def _write(stream: TextIO, text: str) -> None:
    """Write and flush; a reader that has seen enough and closed its pipe ends the output quietly."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # the interpreter flushes once more at its end
        if not isinstance(error, BrokenPipeError):
            raise OutputLost(error.strerror) from None


def answer_json(value: object) -> None:
    """Write what the command was asked for as JSON."""
    import json

    answer(_ACTING.sub(_escape, json.dumps(value, indent=2, ensure_ascii=False)))


def _escape(match: re.Match[str]) -> str:
    """A sign as JSON may write it: the value stays the same, and no terminal acts on it."""
    return f"\\u{ord(match[0]):04x}"


class OutputLost(Exception):
    """What was to be written has no place to go, such as on a full disk."""


def inert_text(text: str) -> str:
    """A file's text with what a terminal could act on written as an escape, line by line; blanks stay as they are."""
    return "\n".join("".join(map(_inert_or_blank, line.expandtabs())) for line in text.splitlines())


def _inert_or_blank(char: str) -> str:
    return char if unicodedata.category(char) == "Zs" else inert(char)


def remark(text: str) -> None:
    """Say something about the answer, to stderr."""
    _write(sys.stderr, text + "\n")


def colourful(stream: TextIO) -> bool:
    """Whether the stream is a terminal that wants colour (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def plural(count: int, noun: str) -> str:
    """A count with its noun: `1 error`, `2 errors`, `3 repositories`."""
    if count == 1:
        return f"{count} {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"
