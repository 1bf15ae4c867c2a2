"""YAML text to plain values, strictly, in one pass over the parser's events (ADR-007).

A good file is read once and nothing but its values is kept. Only when something has to be told is it read a
second time, with positions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.diagnostics import Diagnostic, Note, diagnose, quoted
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, UNKNOWN, Document, Path, Positions, Unknown
from kaizen_schedule_core.source.scalars import resolve_plain
from kaizen_schedule_core.source.text import line_at, span_at

if TYPE_CHECKING:
    from kaizen_schedule_core.source.yaml_syntax import Finding

DEPTH_LIMIT = 64
CRON_KEYS = frozenset({"cron", "cron_expression"})


class _Irregular(Exception):
    """The first pass met something to report: read again, with positions."""


def parse_yaml(text: str, *, file: str) -> Document:
    """Read one YAML document. Never raises for what the text holds: see `Document.problems`."""
    builder = _Builder(text, file, recording=False)
    try:
        value = builder.build()
    except (_Irregular, YAMLError):
        builder = _Builder(text, file, recording=True)
        value = builder.build()
        if value is UNKNOWN and any(problem.code == reading.UNQUOTED_CRON.id for problem in builder.problems):
            builder = _Builder(text, file, recording=True, past_crons=True)
            value = builder.build()
        problems = tuple(builder.problems)
        return Document(file=file, text=text, value=value, problems=problems, locate=lambda: builder.positions)
    return Document(file=file, text=text, value=value, locate=lambda: _locate(text, file), holds_null=builder.nulls)


def _locate(text: str, file: str) -> Positions:
    builder = _Builder(text, file, recording=True)
    builder.build()
    return builder.positions


class _Builder:
    """One pass over the events. Without recording it stops with _Irregular at the first thing to report.

    With `past_crons` it goes on past crons without quotes that no parser can read, so that the rest is told too.
    """

    def __init__(self, text: str, file: str, *, recording: bool, past_crons: bool = False) -> None:
        self.text = text
        self.file = file
        self.recording = recording
        self.positions = Positions()
        self.problems: list[Diagnostic] = []
        self.depth = 0
        self.nulls = False
        self.last_end = 0
        self.split: set[Path] = set()
        self.unquoted: dict[int, Finding] = {}
        if past_crons:
            from kaizen_schedule_core.source.yaml_syntax import made_readable

            text, self.unquoted = made_readable(text, CRON_KEYS)
        self.next: Callable[[], Any] = CParser(text).get_event

    def build(self) -> Any:
        if not self.recording:
            return self._document()
        try:
            return self._document()
        except YAMLError as error:
            from kaizen_schedule_core.source.yaml_syntax import explain_syntax_error

            self.problems.append(explain_syntax_error(self.text, self.file, error, CRON_KEYS))
        except _Irregular:
            pass
        return UNKNOWN

    def _document(self) -> Any:
        self.next()
        event: Any = self.next()
        if not isinstance(event, DocumentStartEvent):
            return self._empty()
        event = self.next()
        value = self._node(event, ())
        if value is None and _is_empty(event):
            return self._empty()
        self.next()
        event = self.next()
        if not isinstance(event, StreamEndEvent):
            self._report_event(reading.SECOND_DOCUMENT, "a second document starts here", event, "keep one")
        return value

    def _empty(self) -> Any:
        what = "is empty" if not self.text.strip() else "holds no values"
        self._report(reading.EMPTY, f"the file {what}", 0, 0, "see the example: kaizen-agentic schedule explain KZ114")
        return UNKNOWN

    def _node(self, event: Any, path: Path) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            return self._alias(event, path)
        regular = (event.anchor is None and event.tag is None) or self._decorated(event)
        if kind is ScalarEvent:
            if self.recording:
                self._place_scalar(event, path)
            if event.start_mark.index in self.unquoted:
                return self._unquoted_cron(self.unquoted[event.start_mark.index], path)
            value = resolve_plain(event.value) if event.implicit[0] else event.value
            self.nulls |= value is None
            return value if regular else UNKNOWN
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            start = event.start_mark.index
            self._report(
                reading.TOO_DEEP,
                f"nested deeper than {DEPTH_LIMIT} levels",
                start,
                start + 1,
                "make it flatter",
            )
            raise _Irregular
        start = event.start_mark.index
        collected = self._mapping(path, flow=event.flow_style) if kind is MappingStartEvent else self._sequence(path)
        self.depth -= 1
        if self.recording:
            self.positions.values[path] = (start, max(start, self.last_end))
        return collected if regular else UNKNOWN

    def _sequence(self, path: Path) -> Any:
        items: list[Any] = []
        event: Any
        while type(event := self.next()) is not SequenceEndEvent:
            items.append(self._node(event, (*path, len(items)) if self.recording else path))
        self._flow_end(event)
        return items

    def _mapping(self, path: Path, *, flow: bool) -> Any:
        result: dict[str, Any] = {}
        merged = False
        cron: str | None = None
        event: Any
        while type(event := self.next()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                self._complex_key(event)
                continue
            key = event.value
            inner = (*path, key) if self.recording else path
            if event.anchor is not None or event.tag is not None:
                self._decorated(event)
            value_event = self.next()
            if flow and _is_empty(value_event):
                if not self.recording:
                    raise _Irregular
                if cron is not None and event.implicit[0]:
                    self._split_cron((*path, cron))
                    result[cron] = UNKNOWN
                    continue
            cron = key if key in CRON_KEYS and type(value_event) is ScalarEvent and value_event.implicit[0] else None
            if key == "<<" and event.implicit[0]:
                merged = True
                self._report_event(reading.NOT_PLAIN_YAML, "merge key <<", event, "write the keys out")
                self._skip(value_event)
            elif key in result:
                self._repeated(event, inner)
                self._skip(value_event)
            else:
                if self.recording:
                    start, self.last_end = _extent(event)
                    self.positions.keys[inner] = (start, self.last_end)
                result[key] = self._node(value_event, inner)
        self._flow_end(event)
        return UNKNOWN if merged else result

    def _flow_end(self, event: Any) -> None:
        """The end of `[...]` or `{...}`; block collections end with their last scalar, not at the next token."""
        if event.end_mark.index > event.start_mark.index:
            self.last_end = event.end_mark.index

    def _place_scalar(self, event: Any, path: Path) -> None:
        start, end = _extent(event)
        if event.style in {"|", ">"}:
            end = start + len(self.text[start:end].rstrip())
        self.positions.values[path] = (start, end)
        if end > start:
            self.last_end = end

    def _skip(self, event: Any) -> None:
        """Read a value that does not count; what is wrong in it is still told."""
        kept, self.positions = self.positions, Positions()
        self._node(event, ())
        self.positions = kept

    def _complex_key(self, event: Any) -> None:
        self._report_event(reading.SYNTAX, "a key must be plain text", event, "write the key as one word")
        self._skip(event)
        self._skip(self.next())

    def _repeated(self, event: Any, path: Path) -> None:
        if not self.recording:
            raise _Irregular
        first = span_at(self.text, *self.positions.keys[path])
        note = Note(message="first given here", file=self.file, line=first.line, column=first.column)
        self._report_event(
            reading.REPEATED_KEY, f"key {quoted(event.value)} given twice", event, "keep one of them", (note,)
        )

    def _alias(self, event: Any, path: Path) -> Unknown:
        if path and path[-1] in CRON_KEYS:
            message, hint = (
                "cron without quotes: YAML reads * as an alias",
                "put the expression in double quotes",
            )
            self._report_event(reading.UNQUOTED_CRON, message, event, hint)
        else:
            message = f"alias *{quoted(event.anchor)[1:-1]}"
            self._report_event(reading.NOT_PLAIN_YAML, message, event, "write the value out, or quote it if it is text")
        if self.recording:
            self.positions.values[path] = _extent(event)
        return UNKNOWN

    def _decorated(self, event: Any) -> bool:
        """Report an anchor or a tag; whether the value itself can still be used."""
        if event.anchor is not None:
            what = f"anchor &{quoted(event.anchor)[1:-1]}"
            self._report_event(reading.NOT_PLAIN_YAML, what, event, "remove the anchor", width=len(event.anchor) + 1)
            return event.tag is None
        self._report_event(
            reading.NOT_PLAIN_YAML, f"tag {quoted(event.tag)}", event, "remove the tag, or quote the value"
        )
        return False

    def _unquoted_cron(self, found: Finding, path: Path) -> Unknown:
        self.split.add(path)
        self._report(found.code, found.message, found.at, found.at + found.width, found.hint)
        return UNKNOWN

    def _split_cron(self, path: Path) -> None:
        if path in self.split:
            return
        self.split.add(path)
        start, end = self.positions.values[path]
        self._report(
            reading.UNQUOTED_CRON,
            "cron without quotes: inside {...} its comma ends the value",
            start,
            end,
            "put the whole expression in double quotes",
        )

    def _report_event(
        self,
        code: Code,
        message: str,
        event: Any,
        hint: str,
        notes: tuple[Note, ...] = (),
        width: int | None = None,
    ) -> None:
        start, end = _extent(event)
        self._report(code, message, start, start + width if width else max(end, start + 1), hint, notes)

    def _report(self, code: Code, message: str, start: int, end: int, hint: str, notes: tuple[Note, ...] = ()) -> None:
        if not self.recording:
            raise _Irregular
        span = span_at(self.text, start, end)
        excerpt = line_at(self.text, start)
        self.problems.append(
            diagnose(code, message, file=self.file, span=span, hint=hint, notes=notes, excerpt=excerpt)
        )
        if len(self.problems) >= PROBLEM_LIMIT:
            raise _Irregular


def _extent(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _is_empty(event: Any) -> bool:
    return type(event) is ScalarEvent and event.value == "" and event.implicit[0]
