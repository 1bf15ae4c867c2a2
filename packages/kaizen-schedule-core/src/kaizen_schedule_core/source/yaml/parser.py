"""YAML text to plain values, strictly, in one pass over the parser's events (ADR-007).

A good file is read once and nothing but its values is kept. Only when something has to be told is it read a
second time, with positions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined]
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
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
from kaizen_schedule_core.source.text import line_at, span_at
from kaizen_schedule_core.source.yaml.events import extent, is_empty, properties
from kaizen_schedule_core.source.yaml.scalars import resolve_plain

if TYPE_CHECKING:
    from kaizen_schedule_core.source.yaml.context import Finding

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
    return Document(file=file, text=text, value=value, locate=partial(_locate, text, file), holds_null=builder.nulls)


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
            from kaizen_schedule_core.source.yaml.syntax import made_readable

            text, self.unquoted = made_readable(text, CRON_KEYS)
        self.next: Callable[[], Any] = CParser(text).get_event

    def build(self) -> Any:
        if not self.recording:
            return self._document()
        if not self.text.strip():
            return self._empty()  # blank lines may hold tabs, which the parser refuses
        try:
            return self._document()
        except YAMLError as error:
            from kaizen_schedule_core.source.yaml.syntax import explain_syntax_error

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
        nothing = is_empty(event)
        self.next()
        event = self.next()
        if not isinstance(event, StreamEndEvent):
            self._report_event(reading.SECOND_DOCUMENT, "a second document starts here", event, "keep one")
            return UNKNOWN if nothing else value
        return self._empty() if nothing else value

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
        self._go_down(event)
        start = event.start_mark.index
        collected = self._mapping(path, flow=event.flow_style) if kind is MappingStartEvent else self._sequence(path)
        self.depth -= 1
        if self.recording:
            self.positions.values[path] = (start, max(start, self.last_end))
        return collected if regular else UNKNOWN

    def _go_down(self, event: Any) -> None:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            message = f"nested deeper than {DEPTH_LIMIT} levels"
            self._report_event(reading.TOO_DEEP, message, event, "make it flatter", width=1)
            raise _Irregular

    def _sequence(self, path: Path) -> Any:
        items: list[Any] = []
        event: Any
        while type(event := self.next()) is not SequenceEndEvent:
            items.append(self._node(event, (*path, len(items)) if self.recording else path))
        self._flow_end(event)
        return items

    def _mapping(self, path: Path, *, flow: bool) -> Any:
        result: dict[str, Any] = {}
        merged = unreadable = False
        cron: str | None = None
        event: Any
        while type(event := self.next()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                self._complex_key(event)
                unreadable = True
                continue
            key = event.value
            inner = (*path, key) if self.recording else path
            if event.anchor is not None or event.tag is not None:
                self._decorated(event)
            value_event = self.next()
            if flow and is_empty(value_event):
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
                self._pass_over(value_event)
            elif key in result and self._repeated(event, inner, first=result[key]):
                self._skip(value_event)
            else:
                if self.recording:
                    start, self.last_end = extent(event)
                    self.positions.keys[inner] = (start, self.last_end)
                result[key] = self._node(value_event, inner)
        self._flow_end(event)
        return UNKNOWN if merged or (unreadable and not result) else result

    def _flow_end(self, event: Any) -> None:
        """The end of `[...]` or `{...}`; block collections end with their last scalar, not at the next token."""
        if event.end_mark.index > event.start_mark.index:
            self.last_end = event.end_mark.index

    def _place_scalar(self, event: Any, path: Path) -> None:
        start, end = extent(event)
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

    def _pass_over(self, event: Any) -> None:
        """Read the node that begins with an event to its end, without looking at what it says."""
        outside = self.depth
        while True:
            if isinstance(event, CollectionStartEvent):
                self._go_down(event)
            elif isinstance(event, CollectionEndEvent):
                self.depth -= 1
            if self.depth == outside:
                return
            event = self.next()

    def _complex_key(self, event: Any) -> None:
        if type(event) is AliasEvent:
            self._alias(event, ())
        else:
            self._report_event(reading.SYNTAX, "a key must be plain text", event, "write the key as one word", width=1)
            self._pass_over(event)
        self._pass_over(self.next())

    def _repeated(self, event: Any, path: Path, *, first: Any) -> bool:
        """Report a key given twice; whether the first counts, as it does unless it has no value."""
        if not self.recording:
            raise _Irregular
        place = span_at(self.text, *self.positions.keys[path])
        note = Note(message="first given here", file=self.file, line=place.line, column=place.column)
        message = f"key {quoted(event.value)} given twice"
        self._report_event(reading.REPEATED_KEY, message, event, "keep one of them", (note,))
        return first is not None

    def _alias(self, event: Any, path: Path) -> Unknown:
        if path and path[-1] in CRON_KEYS:
            message = "cron without quotes: YAML reads * as an alias"
            self._report_event(reading.UNQUOTED_CRON, message, event, "put it in double quotes")
        else:
            message = f"alias *{quoted(event.anchor)[1:-1]}"
            self._report_event(reading.NOT_PLAIN_YAML, message, event, "write the value out, or quote it if it is text")
        if self.recording:
            self.positions.values[path] = extent(event)
        return UNKNOWN

    def _decorated(self, event: Any) -> bool:
        """Report an anchor or a tag; whether the value itself can still be used."""
        if not self.recording:
            raise _Irregular
        for at, word in properties(self.text, event.start_mark.index):
            kind, way_out = ("anchor", "") if word[0] == "&" else ("tag", ", or quote the value")
            what = f"{kind} {quoted(word)[1:-1]}"
            self._report(reading.NOT_PLAIN_YAML, what, at, at + len(word), f"remove the {kind}{way_out}")
        return event.tag is None

    def _unquoted_cron(self, found: Finding, path: Path) -> Unknown:
        self.split.add(path)
        self._report(found.code, found.message, found.at, found.at + found.width, found.hint)
        return UNKNOWN

    def _split_cron(self, path: Path) -> None:
        if path in self.split:
            return
        self.split.add(path)
        message = "cron without quotes: inside {...} its comma ends the value"
        hint = "put the whole expression in double quotes"
        self._report(reading.UNQUOTED_CRON, message, *self.positions.values[path], hint)

    def _report_event(
        self,
        code: Code,
        message: str,
        event: Any,
        hint: str,
        notes: tuple[Note, ...] = (),
        width: int | None = None,
    ) -> None:
        start, end = extent(event)
        self._report(code, message, start, start + width if width else max(end, start + 1), hint, notes)

    def _report(self, code: Code, message: str, start: int, end: int, hint: str, notes: tuple[Note, ...] = ()) -> None:
        if not self.recording:
            raise _Irregular
        span, excerpt = span_at(self.text, start, end), line_at(self.text, start)
        found = diagnose(code, message, file=self.file, span=span, hint=hint, notes=notes, excerpt=excerpt)
        self.problems.append(found)
        if len(self.problems) >= PROBLEM_LIMIT:
            raise _Irregular
