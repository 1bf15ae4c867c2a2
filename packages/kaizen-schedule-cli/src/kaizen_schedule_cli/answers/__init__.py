"""The JSON answers: one frozen dataclass for each `--format json`, printed with its keys in the order of the fields."""

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from kaizen_schedule_core.clock.times import utc_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Answer = TypeVar("Answer", bound="DataclassInstance")


def answer_from(source: object, answer: type[Answer], /, **others: object) -> Answer:
    """Make an answer from the attributes of a value that have the names of its fields, and from other values."""
    for name in answer.__dataclass_fields__:
        if name not in others and hasattr(source, name):
            others[name] = getattr(source, name)
    return answer(**others)


def utc_or_none(moment: datetime | None) -> str | None:
    """Write a time that may be missing, in UTC."""
    return utc_text(moment) if moment is not None else None
