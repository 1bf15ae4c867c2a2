"""The complete pass over the parser's events: values, positions and all problems."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import Diagnostic, Note, quoted
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, UNKNOWN, Document, Path, Positions, Unknown
from kaizen_schedule_core.source.text import diagnose_at, span_at
from kaizen_schedule_core.source.yaml.context import Finding
from kaizen_schedule_core.source.yaml.events import DEPTH_LIMIT, ODD_BLANKS, Events, Stop, TooDeep, extent, is_empty
from kaizen_schedule_core.source.yaml.mistakes import odd_blank
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys
from kaizen_schedule_core.source.yaml.refusals import (
    COMPLEX_KEY,
    alias,
    comment_without_space,
    found_at,
    line_separators,
    properties,
    question_mark_before,
    split_value,
)
from kaizen_schedule_core.source.yaml.scalars import resolve_plain
from kaizen_schedule_core.source.yaml.syntax import explain_syntax_error, mask_unquoted


def read_with_problems(text: str, file: str, keys: QuotedKeys | None) -> Document:
    """Read a text that has problems."""
    recorder = Recorder(text, file, keys)
    value = recorder.read()
    if value is UNKNOWN and keys and any(problem.code == keys.code.id for problem in recorder.problems):
        # The parser stopped at an unquoted value: mask such values to find other problems.
        recorder = Recorder(text, file, keys, *mask_unquoted(text, keys))
        value = recorder.read()
    locate = partial(replace, recorder.positions)  # not a closure, so that a document can be pickled
    return Document(file=file, text=text, value=value, problems=tuple(recorder.problems), locate=locate)


class Recorder:
    """One pass that records values, positions and problems.

    `masked` is the text with characters replaced at which the parser would stop; `findings` are reported there.
    """

    def __init__(
        self,
        text: str,
        file: str,
        keys: QuotedKeys | None,
        masked: str = "",
        findings: Mapping[int, Finding] | None = None,
    ) -> None:
        self.positions = Positions()
        self.problems: list[Diagnostic] = []
        self._text, self._file, self._keys = text, file, keys
        self._quoted_keys = keys.keys if keys else frozenset[str]()
        self._findings = findings or {}
        self._unquoted: set[Path] = set()
        self._last_end = 0
        self._odd_indent = False
        self._odd_break = False
        self._events = Events(masked or text)

    def read(self) -> Any:
        """Return the values, with UNKNOWN for those that could not be read."""
        if not self._text.strip():
            return self._empty("is empty")  # blank lines can contain tabs, which the parser rejects
        try:
            self._report_all(line_separators(self._text))
            self._odd_break = bool(self.problems)
            return self._document()
        except YAMLError as error:
            if self._odd_indent or self._odd_break:
                return UNKNOWN  # the syntax error is a consequence
            self.problems.append(explain_syntax_error(self._text, self._file, error, self._keys))
        except TooDeep as deep:
            message = f"nested deeper than {DEPTH_LIMIT} levels"
            self._add(Finding(deep.args[0], message, "reduce the nesting", code=reading.TOO_DEEP))
        except Stop:
            pass
        return UNKNOWN

    def _report(self, found: Finding, *notes: Note) -> None:
        self._add(found, *notes)
        if len(self.problems) >= PROBLEM_LIMIT:
            raise Stop

    def _report_all(self, findings: Iterable[Finding]) -> None:
        for found in findings:
            self._report(found)

    def _add(self, found: Finding, *notes: Note) -> None:
        place = self._text, found.at, found.at + found.width
        problem = diagnose_at(found.code, found.message, *place, file=self._file, hint=found.hint, notes=notes)
        self.problems.append(problem)

    def _document(self) -> Any:
        self._events.next()
        if not isinstance(self._events.next(), DocumentStartEvent):
            return self._empty("contains no values")
        first = self._events.next()
        value = self._node(first, ())
        self._events.next()
        event = self._events.next()
        if not isinstance(event, StreamEndEvent):
            message = "a second document starts here"
            self._report(found_at(event, message, "keep one document", reading.SECOND_DOCUMENT))
            return UNKNOWN if is_empty(first) else value
        if is_empty(first):
            return self._empty("contains no values")
        return UNKNOWN if self._odd_indent else value

    def _empty(self, what: str) -> Unknown:
        hint = "see the example: kaizen-agentic schedule explain KZ114"
        self._report(Finding(0, f"the file {what}", hint, 0, reading.EMPTY))
        return UNKNOWN

    def _node(self, event: Any, path: Path) -> Any:
        if isinstance(event, AliasEvent):
            self._report(alias(event, path, self._keys))
            self.positions.values[path] = extent(event)
            return UNKNOWN
        self._report_all(properties(self._text, event))
        value = self._scalar(event, path) if isinstance(event, ScalarEvent) else self._collection(event, path)
        return value if event.tag is None else UNKNOWN

    def _scalar(self, event: Any, path: Path) -> Any:
        start, end = extent(event)
        if event.style in {"|", ">"}:
            end = start + len(self._text[start:end].rstrip())
        self.positions.values[path] = (start, end)
        if end > start:
            self._last_end = end
        if event.style in {"'", '"'}:
            self._report_all(comment_without_space(self._text, end))
        if start in self._findings:
            self._unquoted.add(path)
            self._report(self._findings[start])
            return UNKNOWN
        return resolve_plain(event.value) if event.implicit[0] else event.value

    def _collection(self, event: Any, path: Path) -> Any:
        collected = self._mapping(event, path) if isinstance(event, MappingStartEvent) else self._sequence(path)
        start = event.start_mark.index
        self.positions.values[path] = (start, max(start, self._last_end))
        return collected

    def _sequence(self, path: Path) -> Any:
        items: list[Any] = []
        event: Any
        while not isinstance(event := self._events.next(), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        self._end_of_flow(event)
        return items

    def _mapping(self, start: Any, path: Path) -> Any:
        result: dict[str, Any] = {}
        merged = unreadable = False
        open_key: str | None = None  # a key that must be quoted, with an unquoted value that a comma would split
        event: Any
        while not isinstance(event := self._events.next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._refuse_key(event)
                unreadable = True
                continue
            key, inner = event.value, (*path, event.value)
            self._report_all(properties(self._text, event))
            if start.flow_style:
                self._report_all(question_mark_before(self._text, extent(event)[0]))
            if event.implicit[0] and key[:1] in ODD_BLANKS:
                self._odd_indent = True  # the structure is not what it looks like
                self._report(odd_blank(extent(event)[0], key[0]))
            value_event = self._events.next()
            if start.flow_style and is_empty(value_event) and open_key is not None and event.implicit[0]:
                self._split_value((*path, open_key))
                result[open_key] = UNKNOWN
                continue
            open_key = None
            if key in self._quoted_keys and isinstance(value_event, ScalarEvent) and value_event.implicit[0]:
                open_key = key
            if key == "<<" and event.implicit[0]:
                merged = True
                self._report(found_at(event, "merge key <<", "write the keys out", reading.NOT_PLAIN_YAML))
                self._events.skip(value_event)
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
            self._report_all(comment_without_space(self._text, event.end_mark.index))

    def _skip(self, event: Any) -> None:
        kept, self.positions = self.positions, Positions()
        self._node(event, ())
        self.positions = kept

    def _refuse_key(self, event: Any) -> None:
        if isinstance(event, AliasEvent):
            self._report(alias(event, (), self._keys))
        else:
            self._report(Finding(event.start_mark.index, *COMPLEX_KEY))
        self._events.skip(event)
        self._events.skip(self._events.next())

    def _repeated(self, event: Any, path: Path, *, first: Any) -> bool:
        place = span_at(self._text, *self.positions.keys[path])
        note = Note("first used here", self._file, place.line, place.column)
        message = f"duplicate key {quoted(event.value)}"
        self._report(found_at(event, message, "keep one of them", reading.REPEATED_KEY), note)
        return first is not None

    def _split_value(self, path: Path) -> None:
        if path not in self._unquoted and self._keys is not None:
            self._unquoted.add(path)
            self._report(split_value(*self.positions.values[path], self._keys))
