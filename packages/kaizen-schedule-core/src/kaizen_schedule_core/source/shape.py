"""From values to a model: pydantic checks the shape, and every complaint of its becomes a diagnostic at its place."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kaizen_schedule_core.codes import Code, shape
from kaizen_schedule_core.diagnostics import Diagnostic, Note, did_you_mean, quoted, suggest
from kaizen_schedule_core.source.document import UNKNOWN, Document, Path

Model = TypeVar("Model", bound=BaseModel)

_BOOLEAN_WORDS = {
    "yes": True,
    "y": True,
    "on": True,
    "true": True,
    "no": False,
    "n": False,
    "off": False,
    "false": False,
}
_EXPECTED = {
    "string": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "dict": "a mapping",
    "model": "a mapping",
    "list": "a list",
}
_OWN_PREFIX = "x-"


def read_model(
    document: Document,
    model: type[Model],
    *,
    codes: Mapping[str, Code] | None = None,
    allow_null: bool = False,
) -> tuple[Model | None, list[Diagnostic]]:
    """Build the model from a document's values, or say everything that is wrong with their shape.

    `codes` gives keys whose wrong word, or names whose wrong pattern, have a code of their own. Without
    `allow_null` a key without a value is an error.
    """
    found = list(document.problems)
    if document.value is UNKNOWN:
        return None, found
    if not allow_null and _holds_null(document.value):
        found.extend(_empty_values(document, document.value, (), model))
    try:
        built = _validate(model, document.value)
    except ValidationError as error:
        found.extend(_explain(document, model, error, codes or {}, null_told=not allow_null))
        return None, found
    return (None if found else built), found


def _validate(model: type[Model], value: Any) -> Model:
    """The model of the values less the keys of others, which are looked for only when something does not fit."""
    try:
        return model.model_validate(value)
    except ValidationError:
        return model.model_validate(without_own_keys(value, model))


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_null(inner) for inner in value.values())
    return value is None


def without_own_keys(value: Any, model: Any) -> Any:
    """The values less the keys that start with x-, which belong to others."""
    if not isinstance(value, dict):
        return value
    fields = _fields_of(model)
    return {
        key: without_own_keys(inner, _below(model, key))
        for key, inner in value.items()
        if fields is None or not key.startswith(_OWN_PREFIX)
    }


def _empty_values(document: Document, value: Any, path: Path, model: Any) -> Iterator[Diagnostic]:
    if not isinstance(value, dict):
        return
    fields = _fields_of(model)
    for key, inner in value.items():
        if fields is not None and key not in fields:
            continue
        if inner is None:
            hint = "give it a value, or remove the line"
            yield document.diagnose(
                shape.EMPTY_VALUE, f"{_name(document, (*path, key))} has no value", (*path, key), hint=hint
            )
        else:
            yield from _empty_values(document, inner, (*path, key), _below(model, key))


def _explain(
    document: Document,
    model: type[BaseModel],
    error: ValidationError,
    codes: Mapping[str, Code],
    *,
    null_told: bool,
) -> Iterator[Diagnostic]:
    errors = error.errors(include_url=False)
    unknown = [item["loc"] for item in errors if item["type"] == "extra_forbidden"]
    for item in errors:
        path, value = document.reach(item["loc"])
        if value is UNKNOWN or (null_told and value is None and item["type"] != "missing" and path):
            continue
        kind = item["type"]
        if kind == "missing":
            if _misspelled(item["loc"], unknown):
                continue
            yield _missing(document, item["loc"])
        elif kind == "extra_forbidden":
            yield _unknown_key(document, model, path)
        elif kind in {"literal_error", "enum"}:
            yield _wrong_word(document, path, value, item, codes)
        elif kind == "string_pattern_mismatch":
            yield _wrong_pattern(document, path, item, codes)
        elif kind == "too_short":
            yield _too_short(document, path, codes)
        else:
            yield _wrong_type(document, path, value, kind, item)


def _misspelled(missing: tuple[int | str, ...], unknown: list[tuple[int | str, ...]]) -> bool:
    """Whether an unknown key beside it is the missing one, misspelled: one mistake, one message."""
    return any(loc[:-1] == missing[:-1] and suggest(str(loc[-1]), [str(missing[-1])]) is not None for loc in unknown)


def _missing(document: Document, loc: tuple[int | str, ...]) -> Diagnostic:
    around, _ = document.reach(loc[:-1])
    where = f" in {_name(document, around)}" if around else ""
    return document.diagnose(
        shape.MISSING_KEY, f"missing key {quoted(loc[-1])}{where}", around, key=True, hint=f"add {loc[-1]}:"
    )


def _unknown_key(document: Document, model: type[BaseModel], path: Path) -> Diagnostic:
    inner: Any = model
    for part in path[:-1]:
        inner = _below(inner, part)
    fields = list(_fields_of(inner) or ())
    where = f" in {_name(document, path[:-1])}" if path[:-1] else ""
    return document.diagnose(
        shape.UNKNOWN_KEY,
        f"unknown key {quoted(path[-1])}{where}",
        path,
        key=True,
        hint=did_you_mean(str(path[-1]), fields) or "remove it, or start it with x- if another tool reads it",
        notes=[Note(message=f"allowed: {', '.join(fields)}")],
    )


def _wrong_word(document: Document, path: Path, value: Any, item: Any, codes: Mapping[str, Code]) -> Diagnostic:
    key = str(path[-1]) if path else "value"
    allowed = [word.strip("'") for word in str(item["ctx"]["expected"]).replace(" or ", ", ").split(", ")]
    code = codes.get(key, shape.UNKNOWN_VALUE)
    if not isinstance(value, str):
        return _wrong_type(document, path, value, "string_type", item)
    return document.diagnose(
        code,
        f"unknown {key} {quoted(value)}",
        path,
        hint=did_you_mean(value, allowed) or f"write {_either(allowed)}",
        notes=[Note(message=f"allowed: {', '.join(allowed)}")],
    )


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _wrong_pattern(document: Document, path: Path, item: Any, codes: Mapping[str, Code]) -> Diagnostic:
    of_key = item["loc"][-1] == "[key]"
    name = str(path[-1]) if path else ""
    code = codes.get("[key]" if of_key else name, shape.UNKNOWN_VALUE)
    hint = code.explanation if code is not shape.UNKNOWN_VALUE else f"it must match {item['ctx']['pattern']}"
    return document.diagnose(code, f"{code.title}: {quoted(item['input'])}", path, key=of_key, hint=hint)


def _too_short(document: Document, path: Path, codes: Mapping[str, Code]) -> Diagnostic:
    code = codes.get(str(path[-1]) if path else "", shape.EMPTY_VALUE)
    return document.diagnose(code, f"{_name(document, path)} holds nothing", path, hint="give it at least one entry")


def _wrong_type(document: Document, path: Path, value: Any, kind: str, item: Any) -> Diagnostic:
    name = _name(document, path)
    expected = _EXPECTED.get(kind.split("_", maxsplit=1)[0], item["msg"])
    if kind.startswith("bool") and isinstance(value, str) and value.casefold() in _BOOLEAN_WORDS:
        word = "true" if _BOOLEAN_WORDS[value.casefold()] else "false"
        return document.diagnose(
            shape.BOOLEAN_WORD,
            f"{name} must be true or false, not {quoted(value)}",
            path,
            hint=f"write {word}",
        )
    got = _kind_of(value)
    hint = "put it in quotes" if expected == "text" and not isinstance(value, dict | list) else f"write {expected}"
    return document.diagnose(shape.WRONG_TYPE, f"{name} must be {expected}, not {got}", path, hint=hint)


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return {"str": "text", "dict": "a mapping", "list": "a list"}.get(type(value).__name__, "nothing")


def _name(document: Document, path: Path) -> str:
    """What a person calls the thing at a path: by its name where it has one, never by an index."""
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        return f"an entry of {_name(document, path[:-1])}"
    if len(path) > 1 and path[-2] == "agents":
        return f"agent {quoted(path[-1])}"
    inside = f" of {_name(document, path[:-1])}" if len(path) > 1 else ""
    return f"{quoted(path[-1])}{inside}"


def _fields_of(model: Any) -> list[str] | None:
    """The keys a model takes, or None where keys are free names."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [field.alias or name for name, field in model.model_fields.items()]
    return None


def _below(model: Any, part: str | int) -> Any:
    """The type one step down: a field of a model, the value of a mapping, the item of a list."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                return _plain(field.annotation)
        return None
    arguments = typing.get_args(model)
    return _plain(arguments[-1]) if arguments else None


def _plain(annotation: Any) -> Any:
    """An annotation less Annotated and `| None`."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        rest = [arm for arm in typing.get_args(annotation) if arm is not type(None)]
        return _plain(rest[0]) if rest else None
    return annotation
