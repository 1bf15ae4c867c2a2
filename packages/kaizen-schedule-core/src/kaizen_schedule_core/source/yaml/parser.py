"""Strict parsing of YAML into plain values, in one pass over the parser's events (ADR-007).

A valid file is read once, without positions. A file with problems is read again, with positions.
"""

import re
from functools import partial
from typing import Any

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

from kaizen_schedule_core.source.document import Document, Positions
from kaizen_schedule_core.source.yaml.events import DEPTH_LIMIT, ODD_BLANKS, Stop, is_empty
from kaizen_schedule_core.source.yaml.quoting import QuotedKeys
from kaizen_schedule_core.source.yaml.scalars import resolve_plain

# Text that libyaml may read differently from the specification; the complete pass checks it.
_DEVIATION = re.compile(r"""[{\[,]\s*\?|["'\]}]\#|[\x85\u2028\u2029]""")


def parse_yaml(text: str, *, file: str, quoted: QuotedKeys | None = None) -> Document:
    """Read one YAML document; the values of the `quoted` keys must be in quotes.

    Problems of the text are not raised: see `Document.problems`.
    """
    reader = _Reader(text)
    try:
        value = reader.document()
        deviates = _DEVIATION.search(text) is not None
    except (Stop, YAMLError):
        deviates = True
    if deviates:
        from kaizen_schedule_core.source.yaml.recorder import read_with_problems

        return read_with_problems(text, file, quoted)
    locate = partial(_locate, text, file, quoted)  # not a closure, so that a document can be pickled
    return Document(file=file, text=text, value=value, locate=locate, holds_null=reader.nulls)


def _locate(text: str, file: str, quoted: QuotedKeys | None) -> Positions:
    from kaizen_schedule_core.source.yaml.recorder import Recorder

    recorder = Recorder(text, file, quoted)
    recorder.read()
    return recorder.positions


class _Reader:
    """The fast pass: builds the values, and raises Stop at the first problem."""

    def __init__(self, text: str) -> None:
        self.next = CParser(text).get_event
        self.depth = 0
        self.nulls = False

    def document(self) -> Any:
        self.next()
        if not isinstance(self.next(), DocumentStartEvent):
            raise Stop
        event = self.next()
        value = self._node(event)
        self.next()
        if is_empty(event) or not isinstance(self.next(), StreamEndEvent):
            raise Stop
        return value

    def _node(self, event: Any) -> Any:
        kind = type(event)
        if kind is AliasEvent or event.anchor is not None or event.tag is not None:
            raise Stop
        if kind is ScalarEvent:
            if not event.implicit[0]:
                return event.value
            value = resolve_plain(event.value)
            self.nulls |= value is None
            return value
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise Stop
        collected = self._mapping(flow=event.flow_style) if kind is MappingStartEvent else self._sequence()
        self.depth -= 1
        return collected

    def _sequence(self) -> list[Any]:
        items = []
        while type(event := self.next()) is not SequenceEndEvent:
            items.append(self._node(event))
        return items

    def _mapping(self, *, flow: bool) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while type(event := self.next()) is not MappingEndEvent:
            if type(event) is not ScalarEvent or event.anchor is not None or event.tag is not None:
                raise Stop
            key = event.value
            if key in result or (event.implicit[0] and (key == "<<" or key[:1] in ODD_BLANKS)):
                raise Stop
            value_event = self.next()
            if flow and is_empty(value_event):
                raise Stop
            result[key] = self._node(value_event)
        return result
