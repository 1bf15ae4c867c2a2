"""What a pydantic model says of a path in a file: which keys it takes there, and which it needs."""

import types
import typing
from typing import Any

from pydantic import BaseModel

from kaizen_schedule_core.source.document import Path


def fields_of(model: Any) -> list[str] | None:
    """The keys a model takes, or None where keys are free names."""
    return None if not _is_model(model) else list(model.model_fields)


def is_mapping(model: Any) -> bool:
    """Whether a type takes a mapping: a model, or a dict of free names."""
    return _is_model(model) or typing.get_origin(model) is dict


def is_required(model: Any, key: str) -> bool:
    """Whether a model needs the key."""
    return _is_model(model) and key in model.model_fields and model.model_fields[key].is_required()


def below(model: Any, part: str | int) -> Any:
    """The type one step down: a field of a model, the value of a mapping, the item of a list."""
    if not _is_model(model):
        return _plain(*typing.get_args(model)[-1:])
    if part not in model.model_fields:
        return None
    return _plain(model.model_fields[part].annotation)


def at(model: Any, path: Path) -> Any:
    """The type at the end of a path."""
    for part in path:
        model = below(model, part)
    return model


def _is_model(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def _plain(annotation: Any = None) -> Any:
    """An annotation less Annotated and `| None`."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return _plain(next(arm for arm in typing.get_args(annotation) if arm is not type(None)))
    return annotation
