"""Signatures as a reader of Python expects them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import griffe

_WIDTH = 88
_VALUE_WIDTH = 100


def written(expression: object) -> str:
    """An expression with the quotes that this workspace uses."""
    text = str(expression)
    return text if '"' in text else text.replace("'", '"')


def function_line(function: griffe.Function, *, indent: str = "") -> str:
    """A function's signature, on lines of their own where one is too long."""
    parts = list(_parameters(function))
    returned = f" -> {written(function.returns)}" if function.returns is not None else ""
    head = f"{indent}def {function.name}("
    if len(line := f"{head}{', '.join(parts)}){returned}") <= _WIDTH:
        return line
    return "\n".join([head, *(f"{indent}    {part}," for part in parts), f"{indent}){returned}"])


def _parameters(function: griffe.Function) -> Iterator[str]:
    starred = False
    for one in function.parameters:
        if one.kind is griffe.ParameterKind.keyword_only and not starred:
            starred = True
            yield "*"
        mark = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}.get(one.kind, "")
        starred = starred or mark == "*"
        kind = f": {written(one.annotation)}" if one.annotation is not None else ""
        equals = " = " if kind else "="
        yield f"{mark}{one.name}{kind}" + (
            f"{equals}{written(one.default)}" if one.default is not None and not mark else ""
        )


def attribute_line(attribute: griffe.Attribute) -> str:
    """A constant with its type, and with its value where that is short."""
    annotation = f": {written(attribute.annotation)}" if attribute.annotation is not None else ""
    value = written(attribute.value)
    shown = f" = {value}" if len(value) <= _VALUE_WIDTH and "\n" not in value else " = …"
    return f"{attribute.name}{annotation}{shown}"


def class_lines(shown: griffe.Class) -> Iterator[str]:
    """A class in outline: how it is made, its fields, its public methods and properties."""
    yield from (f"@{written(decorator.value)}" for decorator in shown.decorators)
    bases = f"({', '.join(map(written, shown.bases))})" if shown.bases else ""
    yield f"class {shown.name}{bases}:"
    members = [f"    {_field(member)}" for member in _fields(shown)]
    members += [f"    {one.name}: {written(one.annotation)}  # property" for one in _properties(shown)]
    methods = [function_line(method, indent="    ") for method in _methods(shown)]
    yield from [*members, *([""] if members and methods else []), *methods] or ["    ..."]


def described_members(shown: griffe.Class) -> Iterator[tuple[str, str]]:
    """The fields, properties and methods that say something about themselves."""
    for member in _fields(shown):
        if text := _argument(member, "description"):
            yield member.name, str(ast.literal_eval(text))
    for one in (*_properties(shown), *_methods(shown)):
        if one.docstring and one.name != "__init__":
            yield one.name, " ".join(one.docstring.value.split())


def _fields(shown: griffe.Class) -> Iterator[griffe.Attribute]:
    for member in _attributes(shown):
        if "property" not in member.labels and member.annotation is not None:
            yield member


def _properties(shown: griffe.Class) -> Iterator[griffe.Attribute]:
    for member in _attributes(shown):
        if "property" in member.labels:
            yield member


def _attributes(shown: griffe.Class) -> Iterator[griffe.Attribute]:
    for member in shown.members.values():
        if isinstance(member, griffe.Attribute) and not member.name.startswith("_"):
            yield member


def _methods(shown: griffe.Class) -> Iterator[griffe.Function]:
    """The public ones; a dataclass's own constructor says no more than its fields."""
    special = {"__call__"} if "dataclass" in shown.labels else {"__call__", "__init__"}
    for member in shown.members.values():
        if isinstance(member, griffe.Function) and (not member.name.startswith("_") or member.name in special):
            yield member


def _field(member: griffe.Attribute) -> str:
    made = isinstance(member.value, griffe.ExprCall) and str(member.value.function) in {"Field", "field"}
    value = _argument(member, "default") if made else member.value
    return f"{member.name}: {written(member.annotation)}" + (f" = {written(value)}" if value is not None else "")


def _argument(member: griffe.Attribute, name: str) -> str | None:
    """What a field's declaration says by that word."""
    if isinstance(member.value, griffe.ExprCall):
        for argument in member.value.arguments:
            if isinstance(argument, griffe.ExprKeyword) and argument.name == name:
                return str(argument.value)
    return None
