"""The keys that a pydantic model allows and requires at a path of a file."""

import types
import typing
from typing import Any

from pydantic import BaseModel

from kaizen_schedule_core.source.document import Path


def fields_of(model: Any) -> list[str] | None:
    """Return the keys that a model allows, or None if any name is allowed."""
    return None if not _is_model(model) else list(model.model_fields)


def is_mapping(model: Any) -> bool:
    """Check whether a type is a mapping: a model, or a dict."""
    return _is_model(model) or typing.get_origin(model) is dict


def is_required(model: Any, key: str) -> bool:
    """Check whether a model requires the key."""
    return _is_model(model) and key in model.model_fields and model.model_fields[key].is_required()


def below(model: Any, part: str | int) -> Any:
    """Return the type of a model's field, of a mapping's values, or of a list's items."""
    if not _is_model(model):
        return _plain(*typing.get_args(model)[-1:])
    if part not in model.model_fields:
        return None
    return _plain(model.model_fields[part].annotation)


def at(model: Any, path: Path) -> Any:
    """Return the type at the end of a path."""
    for part in path:
        model = below(model, part)
    return model


def _is_model(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, BaseModel)


def _plain(annotation: Any = None) -> Any:
    """Return an annotation without Annotated and `| None`."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return _plain(next(arm for arm in typing.get_args(annotation) if arm is not type(None)))
    return annotation
