"""Messages for pydantic's validation errors, at their positions in the file."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from kaizen_schedule_core.codes import structure
from kaizen_schedule_core.diagnostics import Diagnostic, Note, did_you_mean, escape_control_chars, join_words, quoted
from kaizen_schedule_core.source.document import PROBLEM_LIMIT, UNKNOWN, Document, Path
from kaizen_schedule_core.source.models import fields as model_fields
from kaizen_schedule_core.source.models.vocabulary import UNKNOWN_KEY, WRONG_TYPE, Vocabulary

_TRUE_WORDS = frozenset({"yes", "y", "on", "true"})
_FALSE_WORDS = frozenset({"no", "n", "off", "false"})
_MAPPING = "a mapping"
_EXPECTED = {
    "string": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "dict": _MAPPING,
    "model": _MAPPING,
    "list": "a list",
    "finite": "a finite number",
}
_BOUNDS = {"greater": ("ge", "or more"), "less": ("le", "or less")}
_OTHER = "another kind of value"
_KINDS = {"str": "text", "dict": _MAPPING, "list": "a list"}
_NULL_WORD = re.compile(r"[^A-Za-z0-9]+")
_NO_WORD_AROUND = re.compile(r"^[^A-Za-z0-9]+|[^A-Za-z0-9]+$")
_WORD = re.compile(r"[A-Za-z_]+")
_COLON_WITHOUT_SPACE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*:\S")


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages for one file; `reported` are the paths of empty values that already have a diagnostic."""

    document: Document
    model: type[BaseModel]
    vocabulary: Vocabulary
    reported: Collection[Path]

    def explain(self, error: ValidationError) -> Iterator[Diagnostic]:
        """Yield a diagnostic for each error, except for errors that follow from another one."""
        errors = error.errors(include_url=False)
        unknown: dict[Path, list[str]] = {}
        for item in errors:
            if item["type"] == "extra_forbidden":
                unknown.setdefault(item["loc"][:-1], []).append(str(item["loc"][-1]))
        for item in errors:
            path, value = self.document.reach(item["loc"])
            kind = item["type"]
            if value is UNKNOWN or kind == "none_required":  # the other alternative of `| None`
                continue
            if kind == "missing":
                siblings = unknown.get(item["loc"][:-1], [])[:PROBLEM_LIMIT]
                if not self._is_replaced(item["loc"], siblings):  # otherwise one mistake would have two messages
                    yield self._missing(item["loc"])
            elif kind == "extra_forbidden" or path not in self.reported:
                yield self._message(kind, path, value, item)

    def _message(self, kind: str, path: Path, value: Any, item: Any) -> Diagnostic:
        if kind == "extra_forbidden":
            return self._unknown_key(path)
        if kind == "literal_error" and isinstance(value, str):
            return self._wrong_word(path, value, item)
        if kind == "string_pattern_mismatch":
            return self._wrong_pattern(path, item)
        if kind == "too_short":
            code = self.vocabulary.codes.get(_last(path), structure.EMPTY_VALUE)
            message = f"{self.vocabulary.name_of(path)} is empty"
            return self.document.diagnose(code, message, path, hint="add at least one entry")
        if kind == "value_error":  # from our own validator, whose message is used
            message = f"{self.vocabulary.name_of(path)}: {item['ctx']['error']}"
            return self.document.diagnose(structure.UNKNOWN_VALUE, message, path, hint="use an allowed value")
        wanted = kind.partition("_")[0]
        if wanted == "bool" and isinstance(value, str) and value.casefold() in _TRUE_WORDS | _FALSE_WORDS:
            return self._boolean_word(path, value)
        return self._wrong_type(path, value, wanted, item)

    def _is_replaced(self, missing: Path, unknown: Collection[str]) -> bool:
        """Check whether an unknown key is meant to be the missing one: misspelled, or with a hint for its value."""
        for key in unknown:
            path = (*missing[:-1], key)
            if self.vocabulary.value_hint(path, self.document.reach(path)[1]):
                return True
        return _is_misspelled(str(missing[-1]), unknown)

    def _missing(self, loc: Path) -> Diagnostic:
        around, _ = self.document.reach(loc[:-1])
        message = f"missing key {quoted(loc[-1])}{self._inside(around)}"
        return self.document.diagnose(structure.MISSING_KEY, message, around, key=True, hint=f"add {loc[-1]}:")

    def _inside(self, path: Path) -> str:
        return "" if not path else f" in {self.vocabulary.name_of(path)}"

    def _unknown_key(self, path: Path) -> Diagnostic:
        fields = model_fields.fields_of(model_fields.at(self.model, path[:-1])) or []
        key = _last(path)
        hint = self.vocabulary.value_hint(path, self.document.reach(path)[1])
        hint = hint or self.vocabulary.hints.get((UNKNOWN_KEY, key)) or _how_to_write(key, fields)
        hint = hint or did_you_mean(key, fields) or "remove it, or prefix it with x- if another tool uses it"
        return self.document.diagnose(
            structure.UNKNOWN_KEY,
            f"unknown key {quoted(path[-1])}{self._inside(path[:-1])}",
            path,
            key=True,
            hint=hint,
            notes=[Note(f"allowed: {', '.join(fields)}")],
        )

    def _wrong_word(self, path: Path, value: str, item: Any) -> Diagnostic:
        key = _last(path) or "value"
        allowed = _allowed(item)
        hint = self.vocabulary.value_hint(path, value) or self.vocabulary.hints.get((key, value))
        hint = hint or did_you_mean(value, allowed) or f"write {_either(allowed)}"
        word, comment, _ = value.partition("#")
        if comment and word.strip() in allowed:
            hint = f"write {word.strip()} and add a space before #, which otherwise is part of the value"
        notes = [Note(f"allowed: {', '.join(allowed)}")]
        code = self.vocabulary.codes.get(key, structure.UNKNOWN_VALUE)
        return self.document.diagnose(code, f"unknown {key} {quoted(value)}", path, hint=hint, notes=notes)

    def _wrong_pattern(self, path: Path, item: Any) -> Diagnostic:
        of_key = item["loc"][-1] == UNKNOWN_KEY  # pydantic uses the same marker
        code = self.vocabulary.codes.get(UNKNOWN_KEY if of_key else _last(path), structure.UNKNOWN_VALUE)
        pattern, text = item["ctx"]["pattern"], str(item["input"])
        stem = _NO_WORD_AROUND.sub("", text.rpartition("/")[2].removesuffix(".md"))
        odd = next((char for char in stem if not char.isascii()), None)
        near = _NULL_WORD.sub("-", stem)
        message = f"{code.title}: {quoted(text)}"
        if code is structure.UNKNOWN_VALUE:
            message = f"invalid value {quoted(text)} for {self.vocabulary.name_of(path)}"
        hint = code.explanation[0].lower() + code.explanation[1:].removesuffix(".")
        if odd:
            hint = f"{quoted(odd)} (U+{ord(odd):04X}) is not an ASCII letter: replace it"
        elif re.fullmatch(pattern, near):
            hint = f"write {near}"
        elif code is structure.UNKNOWN_VALUE:
            hint = f"use a value that matches {pattern}"
        return self.document.diagnose(code, message, path, key=of_key, hint=hint)

    def _boolean_word(self, path: Path, value: str) -> Diagnostic:
        message = f"{self.vocabulary.name_of(path)} must be true or false, not {quoted(value)}"
        hint = "write true" if value.casefold() in _TRUE_WORDS else "write false"
        if value in {"true", "false"}:  # it was quoted
            hint += " without quotes"
        return self.document.diagnose(structure.BOOLEAN_WORD, message, path, hint=hint)

    def _wrong_type(self, path: Path, value: Any, wanted: str, item: Any) -> Diagnostic:
        expected = _expected(wanted, item)
        kind = _kind_of(value)
        hint: str | None = None
        if expected == _MAPPING:
            hint = self._how_to_nest(path, value)
        elif expected == "text":
            hint = self.vocabulary.hints.get((_last(path), WRONG_TYPE)) or _how_to_quote(value)
        elif wanted == "bool" and isinstance(value, str):
            kind, hint = quoted(value), did_you_mean(value, ("true", "false"))
        message = f"{self.vocabulary.name_of(path)} must be {expected}, not {kind}"
        return self.document.diagnose(structure.WRONG_TYPE, message, path, hint=hint or f"write {expected}")

    def _how_to_nest(self, path: Path, value: Any) -> str:
        if isinstance(value, str) and _COLON_WITHOUT_SPACE.match(value):
            return "add a space after the colon"
        hint = self.vocabulary.value_hint(path, value)
        if hint is not None:
            return hint
        keys = model_fields.fields_of(model_fields.at(self.model, path))
        if keys:
            return f"write a mapping with the keys {join_words(list(keys), 'and')}"
        return "write each name on its own line, followed by a colon, with its keys indented below"


def _how_to_quote(value: Any) -> str:
    return "write a single text in quotes" if isinstance(value, dict | list) else "put it in quotes"


def first_message(error: ValidationError) -> str:
    """Return the message of the first error for values outside of documents: roster entries, metrics lines, options.

    Pydantic's messages are not used, because they contain Python types and change between versions.
    """
    item = error.errors(include_url=False)[0]
    where, kind, value = ".".join(escape_control_chars(str(part)) for part in item["loc"]), item["type"], item["input"]
    name = where or "it"
    if kind == "json_invalid":
        return "not valid JSON"
    if kind == "missing":
        return f"missing {quoted(name)}"
    if kind == "value_error":  # from our own validator
        return ": ".join(filter(None, [where, str(item["ctx"]["error"])]))
    found = _kind_of(value)
    if isinstance(value, str):
        found = quoted(value)
    if kind == "string_pattern_mismatch":
        return f"{name} must match {item['ctx']['pattern']}, not {found}"
    return f"{name} must be {_expected(kind.partition('_')[0], item)}, not {found}"


def _is_misspelled(field: str, unknown: Collection[str]) -> bool:
    return did_you_mean(field, unknown) is not None or any(_how_to_write(key, (field,)) for key in unknown)


def _how_to_write(key: str, fields: Collection[str]) -> str | None:
    field = _WORD.match(key)
    if field and field[0] in fields and field.end() < len(key) and key[field.end()] in ": =":
        return f"write {field[0]}: with one colon and a space after it"
    return None


def _last(path: Path) -> str:
    return "".join(map(str, path[-1:]))


def _allowed(item: Any) -> list[str]:
    words = str(item["ctx"]["expected"]).replace(" or ", ", ")
    return [word.strip("'") for word in words.split(", ")]


def _expected(wanted: str, item: Any) -> str:
    if wanted == "literal":
        return _either(_allowed(item))
    if wanted in _BOUNDS:
        bound, words = _BOUNDS[wanted]
        return f"{item['ctx'][bound]:g} {words}"
    return _EXPECTED.get(wanted, _OTHER)


def _either(words: list[str]) -> str:
    return join_words([word if word.isalpha() else quoted(word) for word in words], "or")


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    return _KINDS.get(type(value).__name__, "nothing")
