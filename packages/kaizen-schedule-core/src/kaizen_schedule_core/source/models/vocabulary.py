"""The words for the keys of one kind of file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kaizen_schedule_core.codes import Code
from kaizen_schedule_core.diagnostics import quoted
from kaizen_schedule_core.source.document import Path

UNKNOWN_KEY, WRONG_TYPE = "[key]", "[type]"  # no key of a file has these names


@dataclass(frozen=True, kw_only=True, slots=True)
class Vocabulary:
    """Codes, hints and nouns for the keys of one kind of file.

    `codes` are for keys whose wrong word, or names whose wrong pattern, have a code of their own. `hints` are for a
    certain (key, word), for a value of the wrong type (key, WRONG_TYPE), and for an unknown key (UNKNOWN_KEY, key).
    `nouns` are what the entries below a key are called: with `agents: agent`, the entry `coach` is agent "coach".
    """

    codes: Mapping[str, Code] = field(default_factory=dict)
    hints: Mapping[tuple[str, str], str] = field(default_factory=dict)
    nouns: Mapping[str, str] = field(default_factory=dict)

    def name_of(self, path: Path) -> str:
        """Return what a person calls the thing at a path: its name, never its index."""
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
