"""The complete pass over the parser's events: values, positions and all problems."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

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
from kaizen_schedule_core.diagnostics import Diagnostic, Note, quoted
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, UNKNOWN, Document, Path, Positions, Unknown
from kaizen_schedule_core.source.text import diagnose_at, span_at
from kaizen_schedule_core.source.yaml.context import Finding
from kaizen_schedule_core.source.yaml.events import DEPTH_LIMIT, Stop, extent, is_empty, properties
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys
from kaizen_schedule_core.source.yaml.scalars import resolve_plain
from kaizen_schedule_core.source.yaml.syntax import explain_syntax_error, mask_unquoted


def read_with_problems(text: str, file: str, keys: QuotedKeys | None) -> Document:
    """Read a text that has problems."""
    recorder = Recorder(text, file, keys)
    value = recorder.read()
    if value is UNKNOWN and keys and any(problem.code == keys.code.id for problem in recorder.problems):
        # The parser stopped at an unquoted value: mask such values to find other problems.
        masked, findings = mask_unquoted(text, keys)
        recorder = Recorder(text, file, keys, masked=masked, findings=findings)
        value = recorder.read()
    locate = partial(replace, recorder.positions)  # not a closure, so that a document can be pickled
    return Document(file=file, text=text, value=value, problems=tuple(recorder.problems), locate=locate)


class Recorder:
    """One pass that records positions and problems.

    `masked` is the text with characters replaced at which the parser would stop; `findings` are reported there.
    """

    def __init__(
        self,
        text: str,
        file: str,
        keys: QuotedKeys | None,
        *,
        masked: str | None = None,
        findings: Mapping[int, Finding] | None = None,
    ) -> None:
        self.text = text
        self.file = file
        self.keys = keys
        self.quoted_keys = keys.keys if keys else frozenset[str]()
        self.positions = Positions()
        self.problems: list[Diagnostic] = []
        self._findings = findings or {}
        self._depth = 0
        self._last_end = 0
        self._unquoted: set[Path] = set()
        self._next: Callable[[], Any] = CParser(text if masked is None else masked).get_event

    def read(self) -> Any:
        """Return the values, with UNKNOWN for those that could not be read."""
        if not self.text.strip():
            return self._empty("is empty")  # blank lines can contain tabs, which the parser rejects
        try:
            return self._document()
        except YAMLError as error:
            self.problems.append(explain_syntax_error(self.text, self.file, error, self.keys))
        except Stop:
            pass
        return UNKNOWN

    def _document(self) -> Any:
        self._next()
        if not isinstance(self._next(), DocumentStartEvent):
            return self._empty("contains no values")
        first = self._next()
        value = self._node(first, ())
        self._next()
        event = self._next()
        if not isinstance(event, StreamEndEvent):
            self._report_event(reading.SECOND_DOCUMENT, "a second document starts here", event, "keep one document")
            return UNKNOWN if is_empty(first) else value
        if is_empty(first):
            return self._empty("contains no values")
        return value

    def _empty(self, what: str) -> Unknown:
        self._report(reading.EMPTY, f"the file {what}", 0, 0, "see the example: kaizen-agentic schedule explain KZ114")
        return UNKNOWN

    def _node(self, event: Any, path: Path) -> Any:
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        usable = self._without_properties(event)
        if isinstance(event, ScalarEvent):
            value = self._scalar(event, path)
        else:
            value = self._collection(event, path)
        return value if usable else UNKNOWN

    def _scalar(self, event: Any, path: Path) -> Any:
        start, end = extent(event)
        if event.style in {"|", ">"}:
            end = start + len(self.text[start:end].rstrip())
        self.positions.values[path] = (start, end)
        if end > start:
            self._last_end = end
        if start in self._findings:
            return self._unquoted_value(self._findings[start], path)
        if event.implicit[0]:
            return resolve_plain(event.value)
        return event.value

    def _collection(self, event: Any, path: Path) -> Any:
        self._enter(event)
        start = event.start_mark.index
        if isinstance(event, MappingStartEvent):
            collected = self._mapping(path, flow=bool(event.flow_style))
        else:
            collected = self._sequence(path)
        self._depth -= 1
        self.positions.values[path] = (start, max(start, self._last_end))
        return collected

    def _enter(self, event: Any) -> None:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            message = f"nested deeper than {DEPTH_LIMIT} levels"
            self._report_event(reading.TOO_DEEP, message, event, "reduce the nesting", width=1)
            raise Stop

    def _sequence(self, path: Path) -> Any:
        items: list[Any] = []
        event: Any
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        self._end_of_flow(event)
        return items

    def _mapping(self, path: Path, *, flow: bool) -> Any:
        result: dict[str, Any] = {}
        merged = unreadable = False
        open_key: str | None = None  # a key that must be quoted, with an unquoted value that a comma would split
        event: Any
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._complex_key(event)
                unreadable = True
                continue
            key, inner = event.value, (*path, event.value)
            self._without_properties(event)
            value_event = self._next()
            if flow and is_empty(value_event) and open_key is not None and event.implicit[0]:
                self._split_value((*path, open_key))
                result[open_key] = UNKNOWN
                continue
            open_key = None
            if key in self.quoted_keys and isinstance(value_event, ScalarEvent) and value_event.implicit[0]:
                open_key = key
            if key == "<<" and event.implicit[0]:
                merged = True
                self._report_event(reading.NOT_PLAIN_YAML, "merge key <<", event, "write the keys out")
                self._skip_node(value_event)
            elif key in result and self._repeated(event, inner, first=result[key]):
                self._skip(value_event)
            else:
                self.positions.keys[inner] = extent(event)
                _, self._last_end = extent(event)
                result[key] = self._node(value_event, inner)
        self._end_of_flow(event)
        return UNKNOWN if merged or (unreadable and not result) else result

    def _end_of_flow(self, event: Any) -> None:
        """Record the end of `[...]` or `{...}`; block collections end with their last scalar, not at the next token."""
        if event.end_mark.index > event.start_mark.index:
            self._last_end = event.end_mark.index

    def _skip(self, event: Any) -> None:
        kept, self.positions = self.positions, Positions()
        self._node(event, ())
        self.positions = kept

    def _skip_node(self, event: Any) -> None:
        outside = self._depth
        while True:
            if isinstance(event, CollectionStartEvent):
                self._enter(event)
            elif isinstance(event, CollectionEndEvent):
                self._depth -= 1
            if self._depth == outside:
                return
            event = self._next()

    def _complex_key(self, event: Any) -> None:
        if isinstance(event, AliasEvent):
            self._alias(event, ())
        else:
            self._report_event(reading.SYNTAX, "a key must be text", event, "write the key as one word", width=1)
            self._skip_node(event)
        self._skip_node(self._next())

    def _repeated(self, event: Any, path: Path, *, first: Any) -> bool:
        place = span_at(self.text, *self.positions.keys[path])
        note = Note("first used here", self.file, place.line, place.column)
        message = f"duplicate key {quoted(event.value)}"
        self._report_event(reading.REPEATED_KEY, message, event, "keep one of them", (note,))
        return first is not None

    def _alias(self, event: Any, path: Path) -> Unknown:
        if self.keys and path and path[-1] in self.quoted_keys:
            message = f"{self.keys.noun} without quotes: YAML reads * as an alias"
            self._report_event(self.keys.code, message, event, "put it in double quotes")
        else:
            message = f"alias *{quoted(event.anchor)[1:-1]}"
            self._report_event(reading.NOT_PLAIN_YAML, message, event, "write the value out, or quote it if it is text")
        self.positions.values[path] = extent(event)
        return UNKNOWN

    def _without_properties(self, event: Any) -> bool:
        if event.anchor is None and event.tag is None:
            return True
        for at, word in properties(self.text, event.start_mark.index):
            kind, hint = "tag", "remove the tag, or quote the value"
            if word[0] == "&":
                kind, hint = "anchor", "remove the anchor"
            self._report(reading.NOT_PLAIN_YAML, f"{kind} {quoted(word)[1:-1]}", at, at + len(word), hint)
        return event.tag is None

    def _unquoted_value(self, found: Finding, path: Path) -> Unknown:
        self._unquoted.add(path)
        self._report(found.code, found.message, found.at, found.at + found.width, found.hint)
        return UNKNOWN

    def _split_value(self, path: Path) -> None:
        if path in self._unquoted or self.keys is None:
            return
        self._unquoted.add(path)
        message = f"{self.keys.noun} without quotes: inside {{...}} a comma ends the value"
        hint = "put the whole expression in double quotes"
        self._report(self.keys.code, message, *self.positions.values[path], hint)

    def _report_event(
        self, code: Code, message: str, event: Any, hint: str, notes: tuple[Note, ...] = (), width: int | None = None
    ) -> None:
        start, end = extent(event)
        end = max(end, start + 1)
        if width is not None:
            end = start + width
        self._report(code, message, start, end, hint, notes)

    def _report(self, code: Code, message: str, start: int, end: int, hint: str, notes: tuple[Note, ...] = ()) -> None:
        found = diagnose_at(code, message, self.text, start, end, file=self.file, hint=hint, notes=notes)
        self.problems.append(found)
        if len(self.problems) >= PROBLEM_LIMIT:
            raise Stop
