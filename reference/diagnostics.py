"""The page of all diagnostics, from the registry of codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import kaizen_schedule_core as core
from kaizen_schedule_cli.exits import Exit

from reference.examples import Shown, shown_example
from reference.markdown import fence, heading, markup, page, prose, table

_FAMILIES = {
    "KZ1": ("Reading the file", "reading"),
    "KZ2": ("Shape: keys, types and allowed values", "shape"),
    "KZ3": ("Meaning: time zones, crons and agents", "meaning"),
    "KZ4": ("Roster", "roster"),
    "KZ5": ("Definitions", "definitions"),
}
_INTRODUCTION = """\
Every problem that `kaizen-agentic` can tell of has a code. Codes are stable: one is never given another meaning, and
never used again. `kaizen-agentic schedule explain CODE` prints what stands here. An *error* decides the
[exit code](exit-codes.md); a *warning* and an *info* never do. Where an example could be run as it stands here, the
output below it is what was really printed."""


def diagnostics_page() -> str:
    """The whole page. Raises AssertionError for a code that belongs to no family."""
    parts = [_INTRODUCTION]
    grouped = {family: [code for code in core.CODES.values() if code.id.startswith(family)] for family in _FAMILIES}
    if sum(map(len, grouped.values())) != len(core.CODES):
        raise AssertionError("a code is in no family of the page")
    for family, (title, anchor) in _FAMILIES.items():
        rows = [(f"[{one.id}](#{one.id.lower()})", prose(one.title), _severity(one)) for one in grouped[family]]
        parts += [f"**[{family}xx: {title}](#{anchor})**", table(("Code", "Title", "Severity"), rows)]
    for family, (title, anchor) in _FAMILIES.items():
        parts.append(heading(2, f"{family}xx: {title}", anchor))
        for code in grouped[family]:
            parts += _entry(code)
    return page("Diagnostics", *parts)


def _severity(code: core.Code) -> str:
    return f"{code.severity}, exit {int(Exit.UNAVAILABLE)}" if code.unavailable else code.severity


def _entry(code: core.Code) -> Iterator[str]:
    yield heading(3, f"{code.id}: {prose(code.title)}", code.id.lower())
    exit_code = (
        f", exit {int(Exit.UNAVAILABLE if code.unavailable else Exit.FINDINGS)}" if code.severity == "error" else ""
    )
    yield f"*{code.severity}{exit_code}*"
    yield markup(code.explanation)
    shown = shown_example(code) or Shown(wrong=code.wrong, told="", right=code.right)
    yield fence(shown.wrong, _language(shown.wrong), title="Wrong", marked=_marked(shown.wrong_lines))
    if shown.told:
        yield fence(shown.told, "text", title="What is printed")
    yield fence(shown.right, _language(shown.right), title="Right", marked=_marked(shown.right_lines))


def _marked(lines: tuple[int, int] | None) -> str | None:
    return "-".join(str(line) for line in dict.fromkeys(lines)) if lines else None


def _language(text: str) -> str:
    if re.match(r"(cd|chmod|ln|mkdir|rmdir|pip|kaizen-agentic) ", text):
        return "bash"
    if text.startswith(("{", "[")):
        return "json"
    return "yaml" if re.match(r'[\w"#-]+( #.*)?(:|$)|---', text.splitlines()[0]) else "text"
