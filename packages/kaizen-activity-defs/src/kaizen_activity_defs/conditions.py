"""Conditions: boolean expressions over attribute paths, read as a small language and never run as code."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

LENGTH_LIMIT = 1000
DEPTH_LIMIT = 20
ROOT = "context"

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
}
_CONSTANTS = (str, int, float, bool, type(None))


class EvaluationError(Exception):
    """A condition or placeholder has no value in this context: an unknown path, or values that do not compare."""


def parse_condition(text: str) -> ast.expr | str:
    """The expression, or why it is refused with the column (from 1) where that stands."""
    if len(text) > LENGTH_LIMIT:
        return f"longer than {LENGTH_LIMIT} characters"
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        return f"not an expression (column {max(1, error.offset or 1)})"
    except (ValueError, MemoryError, RecursionError):
        return "not an expression"
    return _refusal(tree, 1, text) or tree


def _refusal(node: ast.expr, depth: int, text: str) -> str | None:
    """Why the first thing that is not on the list is refused, if there is one."""
    # ast counts bytes of UTF-8, a person counts characters
    where = f"(column {len(text.encode()[: node.col_offset].decode(errors='replace')) + 1})"
    if depth > DEPTH_LIMIT:
        return f"nested deeper than {DEPTH_LIMIT} levels {where}"
    children: list[ast.expr]
    match node:
        case ast.BoolOp():
            children = node.values
        case ast.UnaryOp(op=ast.Not()):
            children = [node.operand]
        case ast.Compare():
            if not all(type(op) in _COMPARE for op in node.ops):
                return f"a comparison that is not allowed {where}"
            children = [node.left, *node.comparators]
        case ast.List() | ast.Tuple():
            if not all(isinstance(item, ast.Constant) for item in node.elts):
                return f"a list of anything but constants {where}"
            children = list(node.elts)
        case ast.Constant():
            return None if isinstance(node.value, _CONSTANTS) else f"a constant that is not allowed {where}"
        case ast.Attribute() | ast.Name():
            path = path_of(node)
            return None if path and path[0] == ROOT else f"a path that does not start with {ROOT}. {where}"
        case _:
            return f"{type(node).__name__} is not allowed {where}"
    return next((found for child in children if (found := _refusal(child, depth + 1, text))), None)


def path_of(node: ast.expr) -> tuple[str, ...]:
    """The names of an attribute path from its root; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def evaluate(node: ast.expr, context: Mapping[str, Any]) -> bool:
    """The truth of a parsed condition. Raises EvaluationError for an unknown path or values that do not fit."""
    value = _value(node, context)
    if not isinstance(value, bool):
        raise EvaluationError(f"{ast.unparse(node)} is not true or false")
    return value


def _value(node: ast.expr, context: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple():
            return [_value(item, context) for item in node.elts]
        case ast.BoolOp(op=ast.And()):
            return all(evaluate(value, context) for value in node.values)
        case ast.BoolOp():
            return any(evaluate(value, context) for value in node.values)
        case ast.UnaryOp():
            return not evaluate(node.operand, context)
        case ast.Compare():
            return _compare(node, context)
    return look_up(path_of(node), context)


def _compare(node: ast.Compare, context: Mapping[str, Any]) -> bool:
    left = _value(node.left, context)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = _value(comparator, context)
        try:
            if not _COMPARE[type(op)](left, right):
                return False
        except TypeError:
            raise EvaluationError(f"{ast.unparse(node)} compares values of different kinds") from None
        left = right
    return True


def look_up(path: tuple[str, ...], context: Mapping[str, Any]) -> Any:
    """The value at a path such as context.run.agent. Raises EvaluationError if there is none."""
    value: Any = {ROOT: context}
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            raise EvaluationError(f"unknown path {'.'.join(path)}")
        value = value[name]
    return value


def bind(context: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path such as context.scheduled_runs. Raises EvaluationError for a path of another root."""
    root, *names = path.split(".")
    if root != ROOT or not names:
        raise EvaluationError(f"{path} is no path below {ROOT}")
    inner = context
    for name in names[:-1]:
        inner = inner.setdefault(name, {})
    inner[names[-1]] = value
