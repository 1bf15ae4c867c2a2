"""Validation of a document by a pydantic model, with a diagnostic at the position of every error."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kaizen_schedule_core.codes import structure
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, UNKNOWN, Document, Path
from kaizen_schedule_core.source.models.fields import below, fields_of, is_mapping, is_required
from kaizen_schedule_core.source.models.vocabulary import PLAIN, Vocabulary

Model = TypeVar("Model", bound=BaseModel)

_OWN_PREFIX = "x-"


def read_model(
    document: Document, model: type[Model], *, vocabulary: Vocabulary = PLAIN, allow_null: bool = False
) -> tuple[Model | None, list[Diagnostic]]:
    """Return the model of a document's values, or None, and at most a hundred problems.

    Without `allow_null`, a key without a value is an error.
    """
    found = list(document.problems)
    if document.value is UNKNOWN:
        return None, found
    empty: dict[Path, Diagnostic] = {}
    if not allow_null and document.holds_null:
        empty = dict(islice(_empty_values(document, document.value, (), model, vocabulary), PROBLEM_LIMIT))
        found += empty.values()
    try:
        built = _validate(model, document.value)
    except ValidationError as error:
        from kaizen_schedule_core.source.models.messages import Messages

        messages = Messages(document, model, vocabulary, reported=empty.keys())
        found.extend(islice(messages.explain(error), PROBLEM_LIMIT))
        return None, found
    return (None if found else built), found


def _validate(model: type[Model], value: Any) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError:
        return model.model_validate(_without_own_keys(value, model))


def _without_own_keys(value: Any, model: Any) -> Any:
    if not isinstance(value, dict):
        return value
    fields = fields_of(model)
    if fields is None:
        inner_model = below(model, "")  # once for all: there can be thousands of names
        return {key: _without_own_keys(inner, inner_model) for key, inner in value.items()}
    kept = {}
    for key, inner in value.items():
        if not key.startswith(_OWN_PREFIX):
            kept[key] = _without_own_keys(inner, below(model, key))
    return kept


def _empty_values(
    document: Document, value: Any, path: Path, model: Any, vocabulary: Vocabulary
) -> Iterator[tuple[Path, Diagnostic]]:
    """Yield the paths of keys without a value, and their diagnostics."""
    if isinstance(value, list) and fields_of(below(model, 0)) is not None:
        for number, item in enumerate(value):
            yield from _empty_values(document, item, (*path, number), below(model, number), vocabulary)
    if not isinstance(value, dict):
        return
    fields = fields_of(model)
    for key, inner in value.items():
        if fields is not None and key not in fields:
            continue
        here = (*path, key)
        if inner is None:
            message = f"{vocabulary.name_of(here)} has no value"
            yield here, document.diagnose(structure.EMPTY_VALUE, message, here, hint=_hint_for_empty(model, key))
        elif is_mapping(below(model, key)) or isinstance(inner, list):
            yield from _empty_values(document, inner, here, below(model, key), vocabulary)


def _hint_for_empty(model: Any, key: str) -> str:
    inner = below(model, key)
    for name in fields_of(inner) or ():
        if is_required(inner, name):
            return f"add {name}: below it, indented"
    if is_mapping(inner):
        return "add at least one entry below it, indented"
    if is_required(model, key):
        return "add a value"
    return "add a value, or remove the line"
