"""The names, codes and hints for the keys of one kind of file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kaizen_schedule_core.codes import Code
from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.source.document import Path

UNKNOWN_KEY, WRONG_TYPE = "[key]", "[type]"  # no key of a file has these names


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Codes, hints and nouns for the keys of one kind of file.

    `codes` maps a key to the code of a wrong value, or of a name with a wrong pattern. `hints` maps (key, value),
    (key, WRONG_TYPE) and (UNKNOWN_KEY, key) to a hint. `nouns` maps a key to the noun for its entries: with
    `agents: agent`, the entry `coach` is called agent "coach". `value_hint` returns what to write instead of a
    wrong value, or of an unknown key with its value, or None.
    """

    codes: Mapping[str, Code] = field(default_factory=dict)
    hints: Mapping[tuple[str, str], str] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)
    value_hint: Callable[[Path, Any], str | None] = lambda _path, _value: None

    def name_of(self, path: Path) -> str:
        """Return the name of the value at a path for messages, without list indexes."""
        if not path:
            return "the file"
        *above, last = path
        if isinstance(last, int):
            return f"an entry of {self.name_of(path[:-1])}"
        if above and above[-1] in self.nouns:
            return f"{self.nouns[str(above[-1])]} {quoted(last)}"
        if not above:
            return quoted(last)
        return f"{quoted(last)} of {self.name_of(path[:-1])}"


PLAIN = Vocabulary()
