"""Decoding of bytes, and conversion of text indexes to lines and columns."""

import re
from collections.abc import Iterable

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.diagnostics import Diagnostic, Note, Span, diagnose
from kaizen_schedule_core.errors import KaizenError

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_END = re.compile("[\r\n]")
_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BOM = b"\xef\xbb\xbf"


def decode(data: bytes, *, file: str, prose: bool = False) -> str:
    """Return the text of a file: UTF-8 without a BOM and without control characters.

    Prose can contain control characters other than NUL (a bundle drops them). Raises KaizenError: KZ110, KZ111.
    """
    data = data.removeprefix(_BOM)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        shown = before + "\N{REPLACEMENT CHARACTER}"
        message, hint = f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8"
        place = (shown, len(before), len(shown))
        raise KaizenError(diagnose_at(reading.NOT_UTF8, message, *place, file=file, hint=hint)) from None
    at = text.find("\x00") if prose else _first_control(text)
    if at >= 0:
        wide = text[at] == "\x00" and text.count("\x00") * 3 > len(text)  # every second or more: UTF-16 or UTF-32
        message = f"control character U+{ord(text[at]):04X}"
        hint = "save the file as UTF-8" if wide else "delete it"
        raise KaizenError(diagnose_at(reading.CONTROL_CHARACTER, message, text, at, at + 1, file=file, hint=hint))
    return text


def diagnose_at(
    code: Code, message: str, text: str, start: int, end: int, *, file: str, hint: str, notes: Iterable[Note] = ()
) -> Diagnostic:
    """Return a diagnostic at text[start:end]."""
    span, excerpt = span_at(text, start, end), line_at(text, start)
    return diagnose(code, message, file=file, span=span, hint=hint, notes=notes, excerpt=excerpt)


def _first_control(text: str) -> int:
    found = _CONTROLS.search(text)
    return found.start() if found else -1


def span_at(text: str, start: int, end: int | None = None) -> Span:
    """Return the span of text[start:end]; a line ends with a line feed, a carriage return, or both."""
    line, column = _place(text, start)
    end_line, end_column = (line, column) if end is None else _place(text, end)
    return Span(line=line, column=column, end_line=end_line, end_column=end_column)


def _place(text: str, index: int) -> tuple[int, int]:
    breaks = text.count("\n", 0, index) + text.count("\r", 0, index) - text.count("\r\n", 0, index)
    return breaks + 1, index - line_start(text, index) + 1


def line_start(text: str, index: int) -> int:
    """Return the index at which the line of an index starts."""
    feed = text.rfind("\n", 0, index)
    return max(feed, text.rfind("\r", feed + 1, index)) + 1


def line_at(text: str, index: int) -> str:
    """Return the line of an index, without its line end."""
    end = _LINE_END.search(text, index)
    return text[line_start(text, index) : end.start() if end else len(text)]


def split_lines(text: str, *, keep_ends: bool = False) -> list[str]:
    """Return the lines of a text; unlike in str.splitlines, only a line feed, a carriage return or both end a line."""
    if keep_ends:
        return _LINE.findall(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines
