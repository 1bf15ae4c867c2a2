"""Output: results to stdout, diagnostics, counts and hints to stderr."""

import os
import re
import sys
import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import TextIO

from kaizen_schedule_core.diagnostics import escape_control_chars
from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

# Characters that are valid in JSON but special in terminals: C1 controls, joiners, directions, surrogates.
_ACTING = re.compile(
    r"[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e0fff]"
)


_PART = 1000  # items of a list


class OutputError(Exception):
    """Output that cannot be written, for example because the disk is full."""


def write_stdout(text: str) -> None:
    """Write the result of a command, with a final line feed."""
    if text and not text.endswith("\n"):
        text += "\n"
    _write(sys.stdout, text)


def write_stderr(text: str) -> None:
    """Write a line to stderr."""
    _write(sys.stderr, text + "\n")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # the interpreter flushes again at exit
        if not isinstance(error, BrokenPipeError):
            raise OutputError(error.strerror) from None


def write_json(answer: object) -> None:
    """Write the result of a command as JSON, with special characters of terminals escaped.

    A long list is written in parts, because the text of a large fleet would need more memory than the fleet.
    """
    name, items = _long_list(answer)
    if not items:
        write_stdout(_json(answer))
        return
    head, _, tail = _json(replace(answer, **{name: ()})).partition(f'\n  "{name}": []')  # type: ignore[type-var]
    _write(sys.stdout, f'{head}\n  "{name}": [\n')
    for start in range(0, len(items), _PART):
        part = _json(items[start : start + _PART])[2:-2].replace("\n", "\n  ")  # without its brackets
        more = ",\n" if start + _PART < len(items) else "\n"
        _write(sys.stdout, f"  {part}{more}")
    write_stdout(f"  ]{tail}")


def _long_list(answer: object) -> tuple[str, tuple[object, ...]]:
    """Return the name and the items of the first field of an answer that is a long tuple, or nothing."""
    for field in fields(answer) if is_dataclass(answer) else ():
        value = getattr(answer, field.name)
        if isinstance(value, tuple) and len(value) > _PART:
            return field.name, value
    return "", ()


def _json(value: object) -> str:
    try:
        text = to_json(value, indent=2).decode()
    except PydanticSerializationError:  # a path that is not UTF-8 contains lone surrogates
        import json

        text = json.dumps(to_jsonable_python(value), indent=2, ensure_ascii=False)
    if not text.isascii() or "\x7f" in text:
        text = _ACTING.sub(_escape, text)
    return text


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def escape_text(text: str) -> str:
    """Escape special characters of terminals in a text, except line feeds and spaces."""
    return "\n".join("".join(map(_escape_unless_space, line.expandtabs())) for line in text.splitlines())


def _escape_unless_space(char: str) -> str:
    return char if unicodedata.category(char) == "Zs" else escape_control_chars(char)


def wants_colour(stream: TextIO) -> bool:
    """Check whether a stream is a terminal that wants colour (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
