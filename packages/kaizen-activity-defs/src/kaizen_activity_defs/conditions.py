"""Conditions: boolean expressions over attribute paths, which are parsed and never run as code."""

import ast
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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
_SCALARS = (str, int, float, bool, type(None))
_EQUALITY = (ast.Eq, ast.NotEq)
_MEMBERSHIP = (ast.In, ast.NotIn)
_LINE_END = re.compile(r"\r\n|\r|\n")
_WORDS: dict[type[ast.expr], str] = {
    ast.Call: "a call",
    ast.Subscript: "a subscript",
    ast.JoinedStr: "an f-string",
    ast.Lambda: "a lambda",
    ast.IfExp: "if and else",
    ast.NamedExpr: "an assignment",
    ast.BinOp: "arithmetic",
    ast.UnaryOp: "a sign",
    ast.Dict: "a mapping",
    ast.Set: "a set",
    ast.Starred: "a star",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
}


class EvaluationError(Exception):
    """A condition or placeholder without a value in a context: an unknown path, or values that cannot be compared.

    `node` is the wrong part of a condition, or None for placeholders.
    """

    def __init__(self, message: str, node: ast.expr | None = None) -> None:
        """Keep the message, and the wrong part of a condition."""
        super().__init__(message)
        self.node = node


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A valid boolean expression."""

    text: str
    tree: ast.expr

    def holds(self, context: Mapping[str, Any]) -> bool:
        """Return the value. Raises EvaluationError for an unknown path or values of the wrong type."""
        return evaluate(self.tree, context)

    def constants(self) -> set[str]:
        """Return the text constants."""
        return {node.value for node in ast.walk(self.tree) if _is_text(node)}  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def parse_condition(text: str) -> Condition | str:
    """Return the condition, or the error with the column (from 1) of the wrong part."""
    if len(text) > LENGTH_LIMIT:
        return f"longer than {LENGTH_LIMIT} characters (column {LENGTH_LIMIT + 1})"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python's warnings, such as for unknown escapes, are errors here
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        return f"not an expression {_place(text, error.lineno or 1, max(1, error.offset or 1))}"
    except (ValueError, MemoryError, RecursionError):
        return "not an expression (column 1)"
    return _refusal(tree, 1, text) or Condition(text, tree)


def place_of(node: ast.expr, text: str) -> str:
    """Return the position of a part of a condition, for messages."""
    # ast counts bytes of UTF-8, messages count characters
    before = _LINE_END.split(text)[node.lineno - 1].encode()[: node.col_offset]
    return _place(text, node.lineno, len(before.decode(errors="replace")) + 1)


def _place(text: str, line: int, column: int) -> str:
    return f"(line {line}, column {column})" if _LINE_END.search(text) else f"(column {column})"


def _refusal(node: ast.expr, depth: int, text: str) -> str | None:
    """Return the error for the first part that is not allowed, or None."""
    where = place_of(node, text)
    if depth > DEPTH_LIMIT:
        return f"nested deeper than {DEPTH_LIMIT} levels {where}"
    children: list[ast.expr]
    match node:
        case ast.BoolOp():
            children = node.values
        case ast.UnaryOp(op=ast.Not()):
            children = [node.operand]
        case ast.Compare():
            wrong = _comparison_refusal(node, text, where)
            if wrong is not None:
                return wrong
            children = [node.left, *node.comparators]
        case ast.List() | ast.Tuple():
            if not all(isinstance(item, ast.Constant) for item in node.elts):
                return f"lists can only contain constants {where}"
            children = list(node.elts)
        case ast.Constant() if not isinstance(node.value, _SCALARS):
            return f"this constant is not allowed {where}"
        case ast.Constant():
            return None
        case ast.Attribute() | ast.Name():
            return _path_refusal(node, text, where)
        case _:
            return f"{_WORDS.get(type(node), 'a comprehension')} is not allowed {where}"
    return next((found for child in children if (found := _refusal(child, depth + 1, text))), None)


def _comparison_refusal(node: ast.Compare, text: str, where: str) -> str | None:
    for op, right in zip(node.ops, node.comparators, strict=True):
        if type(op) not in _COMPARE:
            return f"this comparison is not allowed {where}"
        if isinstance(op, _MEMBERSHIP) and isinstance(right, ast.Constant):  # a forgotten comma
            return f"in needs a list: write ({ast.unparse(right)},) {place_of(right, text)}"
    return None


def _path_refusal(node: ast.expr, text: str, where: str) -> str | None:
    path = path_of(node)
    if not path or path[0] != ROOT:
        return f'paths must start with "{ROOT}." {where}'
    written = "".join((ast.get_source_segment(text, node) or "").split())
    if written != ".".join(path):  # Python normalizes similar letters to the same name
        return f"paths must be ASCII names without parentheses {where}"
    return None


def path_of(node: ast.expr) -> tuple[str, ...]:
    """Return the names of an attribute path from its root, or nothing if it is not a path."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return () if not isinstance(node, ast.Name) else (node.id, *reversed(names))


def parts_of(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts with a boolean value, from the left, without short-circuiting `and`, `or` and chains."""
    match node:
        case ast.BoolOp():
            for value in node.values:
                yield from parts_of(value)
        case ast.UnaryOp():
            yield from parts_of(node.operand)
        case ast.Compare():
            lefts = [node.left, *node.comparators[:-1]]
            for left, op, right in zip(lefts, node.ops, node.comparators, strict=True):
                yield ast.copy_location(ast.Compare(left, [op], [right]), left)
        case _:
            yield node


def evaluate(node: ast.expr, context: Mapping[str, Any]) -> bool:
    """Return the value of a condition. Raises EvaluationError for an unknown path or values of the wrong type."""
    value = _value(node, context)
    if not isinstance(value, bool):
        raise EvaluationError(f"{ast.unparse(node)} is not true or false", node)
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
    return _at_path(node, context)


def _at_path(node: ast.expr, context: Mapping[str, Any]) -> Any:
    path = path_of(node)
    try:
        value = look_up(path, context)
    except EvaluationError as error:
        raise EvaluationError(str(error), node) from None
    items = [value] if not isinstance(value, list) else value
    if not all(isinstance(item, _SCALARS) for item in items):
        raise EvaluationError(f"{'.'.join(path)} is not a scalar", node)
    return value


def _compare(node: ast.Compare, context: Mapping[str, Any]) -> bool:
    left = _value(node.left, context)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = _value(comparator, context)
        try:
            if not _comparable(op, left, right):
                raise TypeError  # noqa: TRY301 - values of different types are never equal, as with the comparisons by size
            if not _COMPARE[type(op)](left, right):
                return False
        except TypeError:
            raise EvaluationError(f"{ast.unparse(node)} compares values of different kinds", node) from None
        left = right
    return True


def _comparable(op: ast.cmpop, left: Any, right: Any) -> bool:
    """Check whether values have the same kind; null can be compared with all."""
    if isinstance(op, _MEMBERSHIP):
        return not isinstance(right, list) or all(_comparable(ast.Eq(), left, item) for item in right)
    return not isinstance(op, _EQUALITY) or None in (left, right) or _kind(left) is _kind(right)


def _kind(value: Any) -> type:
    return type(value) if isinstance(value, str | list) else float


def look_up(path: tuple[str, ...], context: Mapping[str, Any]) -> Any:
    """Return the value at a path such as context.run.agent. Raises EvaluationError if it is unknown."""
    value: Any = {ROOT: context}
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            raise EvaluationError(f"unknown path {'.'.join(path)}")
        value = value[name]
    return value


def with_bound(context: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a context with a value at a path such as context.scheduled_runs.

    Raises EvaluationError for a path with another root.
    """
    root, *names = path.split(".")
    if root != ROOT or not names:
        raise EvaluationError(f"{path} is not a path below {ROOT}")
    return _with_value(context, names, value)


def _with_value(context: Mapping[str, Any], names: list[str], value: Any) -> dict[str, Any]:
    first, *rest = names
    if rest:
        value = _with_value(context.get(first, {}), rest, value)
    return {**context, first: value}
