"""From values to a model: pydantic checks the shape, and every complaint of its becomes a diagnostic at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kaizen_schedule_core.codes import Code, shape
from kaizen_schedule_core.diagnostics import Diagnostic
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, UNKNOWN, Document, Path
from kaizen_schedule_core.source.models.fields import below, fields_of, is_mapping, is_required

Model = TypeVar("Model", bound=BaseModel)

_OWN_PREFIX = "x-"
UNKNOWN_KEY, WRONG_TYPE = "[key]", "[type]"  # no key of a file is called so


def read_model(
    document: Document,
    model: type[Model],
    *,
    codes: Mapping[str, Code] | None = None,
    hints: Mapping[tuple[str, str], str] | None = None,
    allow_null: bool = False,
) -> tuple[Model | None, list[Diagnostic]]:
    """Build the model from a document's values, or say what is wrong with their shape, up to a hundred problems.

    `codes` gives keys whose wrong word, or names whose wrong pattern, have a code of their own; `hints` what to write
    instead of a certain (key, word), of a value of the wrong kind (key, WRONG_TYPE), of a key that is not known
    (UNKNOWN_KEY, key). Without `allow_null` a key without a value is an error.
    """
    found = list(document.problems)
    if document.value is UNKNOWN:
        return None, found
    if not allow_null and document.holds_null:
        found.extend(islice(_empty_values(document, document.value, (), model), PROBLEM_LIMIT))
    try:
        built = _validate(model, document.value)
    except ValidationError as error:
        from kaizen_schedule_core.source.models.messages import Complaints

        complaints = Complaints(document, model, codes or {}, hints or {}, null_told=not allow_null)
        found.extend(islice(complaints.explain(error), PROBLEM_LIMIT))
        return None, found
    return (None if found else built), found


def _validate(model: type[Model], value: Any) -> Model:
    """The model of the values less the keys of others, which are looked for only when something does not fit."""
    try:
        return model.model_validate(value)
    except ValidationError:
        return model.model_validate(_without_own_keys(value, model))


def _without_own_keys(value: Any, model: Any) -> Any:
    """The values less the keys that start with x-, which belong to others."""
    if not isinstance(value, dict):
        return value
    fields = fields_of(model)
    free = below(model, "") if fields is None else None  # asked once: there may be thousands of names
    return {
        key: _without_own_keys(inner, below(model, key) if fields else free)
        for key, inner in value.items()
        if fields is None or not key.startswith(_OWN_PREFIX)
    }


def _empty_values(document: Document, value: Any, path: Path, model: Any) -> Iterator[Diagnostic]:
    from kaizen_schedule_core.source.models.messages import name_of

    if not isinstance(value, dict):
        return
    fields = fields_of(model)
    for key, inner in value.items():
        if fields is not None and key not in fields:
            continue
        here = (*path, key)
        if inner is None:
            needed = [name for name in fields_of(below(model, key)) or () if is_required(below(model, key), name)]
            if needed:
                hint = f"add {needed[0]}: below it, indented"
            elif is_mapping(below(model, key)):
                hint = "give it at least one entry, below it, indented"
            else:
                hint = "give it a value" if is_required(model, key) else "give it a value, or remove the line"
            yield document.diagnose(shape.EMPTY_VALUE, f"{name_of(here)} has no value", here, hint=hint)
        elif is_mapping(below(model, key)):
            yield from _empty_values(document, inner, here, below(model, key))
