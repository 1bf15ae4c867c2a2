"""The JSON output types: one frozen dataclass per command; keys are in the order of the fields."""

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from kaizen_schedule_core.clock.times import utc_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Answer = TypeVar("Answer", bound="DataclassInstance")


def answer_from(source: object, answer: type[Answer], /, **others: object) -> Answer:
    """Return an answer from the attributes of a value with the same names, and from other values."""
    for name in answer.__dataclass_fields__:
        if name not in others and hasattr(source, name):
            others[name] = getattr(source, name)
    return answer(**others)


def utc_or_none(moment: datetime | None) -> str | None:
    """Return a time in UTC as text, or None."""
    return utc_text(moment) if moment is not None else None
