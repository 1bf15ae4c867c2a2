"""From bytes to text, and from indexes to the lines and columns that a person sees."""

from __future__ import annotations

import re

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import Span, diagnose
from kaizen_schedule_core.errors import KaizenError

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_END = re.compile("[\r\n]")
_BOM = b"\xef\xbb\xbf"


def decode(data: bytes, *, file: str, prose: bool = False) -> str:
    """The text of a file: UTF-8 without a leading BOM and without control characters.

    Prose may hold control characters other than NUL (a bundle drops them). Raises KaizenError: KZ110, KZ111.
    """
    data = data.removeprefix(_BOM)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        shown = before + "\N{REPLACEMENT CHARACTER}"
        raise KaizenError(
            diagnose(
                reading.NOT_UTF8,
                f"byte 0x{data[error.start]:02x} is not UTF-8",
                file=file,
                span=span_at(shown, len(before), len(shown)),
                hint="save the file as UTF-8",
                excerpt=line_at(shown, len(before)),
            )
        ) from None
    at = text.find("\x00") if prose else _first_control(text)
    if at >= 0:
        wide = text[at] == "\x00" and text.count("\x00") * 3 > len(text)  # every second or more: UTF-16 or UTF-32
        raise KaizenError(
            diagnose(
                reading.CONTROL_CHARACTER,
                f"control character U+{ord(text[at]):04X}",
                file=file,
                span=span_at(text, at, at + 1),
                hint="save the file as UTF-8" if wide else "delete it",
                excerpt=line_at(text, at),
            )
        )
    return text


def _first_control(text: str) -> int:
    found = _CONTROLS.search(text)
    return found.start() if found else -1


def span_at(text: str, start: int, end: int | None = None) -> Span:
    """The span of text[start:end]; a line ends at a line feed, a carriage return, or both together."""
    line, column = _place(text, start)
    end_line, end_column = (line, column) if end is None else _place(text, end)
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


def _place(text: str, index: int) -> tuple[int, int]:
    breaks = text.count("\n", 0, index) + text.count("\r", 0, index) - text.count("\r\n", 0, index)
    return breaks + 1, index - line_start(text, index) + 1


def line_start(text: str, index: int) -> int:
    """Where the line that holds the index begins."""
    feed = text.rfind("\n", 0, index)
    return max(feed, text.rfind("\r", feed + 1, index)) + 1


def line_at(text: str, index: int) -> str:
    """The whole line that holds the index, without its end."""
    end = _LINE_END.search(text, index)
    return text[line_start(text, index) : end.start() if end else len(text)]
