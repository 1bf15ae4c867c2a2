"""Keys with values that must be quoted, because they can start with characters that YAML reserves."""

from dataclasses import dataclass

from kaizen_schedule_core.codes import Code


@dataclass(frozen=True, kw_only=True, slots=True)
class QuotedKeys:
    """The keys, and for messages: the noun for their values, the code of an unquoted one, and the form of a value."""

    keys: frozenset[str]
    noun: str
    code: Code
    form: str
