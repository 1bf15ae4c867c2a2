"""The page of the Python API: what the front doors name, with signatures and docstrings, read without running them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import griffe
import kaizen_activity_defs
import kaizen_schedule_core

from reference.docstrings import docstring
from reference.markdown import code, fence, heading, markup, page
from reference.signatures import attribute_line, class_lines, described_members, function_line

_INTRODUCTION = """\
What two of the three packages offer to Python. Each has one front door: what is named there is public, and everything
else may move. Import it from the package itself, `from kaizen_schedule_core import resolve_roster`; a room is opened
when something of it is first asked for, so a light use stays light. `kaizen-schedule-cli` is used through its
[commands](cli.md), and has no Python API.

A problem in what a user wrote is a `Diagnostic`, a value; what cannot be answered at all raises `KaizenError`, whose
`diagnostics` say why ([ADR-006](../adr/adr-006-diagnostics-are-values.md)). Times are aware `datetime` values, sizes
are bytes, paths are `str`."""


def python_api_page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for package in (kaizen_schedule_core, kaizen_activity_defs):
        loaded = griffe.load(package.__name__, resolve_aliases=True)
        if not isinstance(loaded, griffe.Module):
            raise AssertionError(f"{package.__name__} is no package")  # noqa: TRY004
        parts += [heading(2, package.__name__, package.__name__), docstring(loaded)]
        parts += _rooms(loaded, package.__all__)
    return page("Python API", *parts)


def _rooms(package: griffe.Module, names: list[str]) -> Iterator[str]:
    """The public names by the room that holds them, each with what it is."""
    held = sorted(((_room(package, name), name) for name in names), key=lambda pair: (pair[0], pair[1].casefold()))
    for room, pairs in groupby(held, key=lambda pair: pair[0]):
        public = [name for _, name in pairs]
        target = package[room]
        yield heading(3, room, f"{package.name}.{room}")
        yield docstring(target)
        yield ", ".join(f"[{code(name)}](#{package.name}.{name})" for name in public if name != room)
        for name in public:
            yield from _entry(package, name, target)


def _room(package: griffe.Module, name: str) -> str:
    return _target(package[name]).canonical_path.split(".")[1]


def _target(found: griffe.Object | griffe.Alias) -> griffe.Object:
    return found.final_target if isinstance(found, griffe.Alias) else found


def _entry(package: griffe.Module, name: str, room: griffe.Object | griffe.Alias) -> Iterator[str]:
    target = _target(package[name])
    if isinstance(target, griffe.Module):
        members = ", ".join(code(f"{name}.{member}") for member in target.exports or ())
        yield f"The room is public as a whole: {members}."
        if target.path != room.path:
            yield docstring(target)
        return
    yield heading(4, name, f"{package.name}.{name}")
    if isinstance(target, griffe.Function):
        yield fence(function_line(target), "python")
    elif isinstance(target, griffe.Class):
        yield fence("\n".join(class_lines(target)), "python")
    elif isinstance(target, griffe.Attribute):
        yield fence(attribute_line(target), "python")
    yield docstring(target)
    if isinstance(target, griffe.Class):
        yield "\n".join(f"- {code(member)}: {markup(text)}" for member, text in described_members(target))
