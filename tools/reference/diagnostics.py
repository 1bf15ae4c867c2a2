"""The pages of diagnostics, one for each family of codes, from the registry of codes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_core import CODES, Code

from reference.examples import Shown, shown_example
from reference.markdown import console, fence, heading, markup, page, table
from reference.site_hook import FAMILIES

_PAGE = "docs/reference/diagnostics.md"
_FOLDER = "docs/reference/diagnostics"
_FAMILIES = {
    "KZ1": ("Reading files", "The file is missing, cannot be read, or is not valid YAML."),
    "KZ2": ("Structure", "A key is missing or unknown, or a value has the wrong type or is not allowed."),
    "KZ3": ("Values", "A time zone, a cron, an agent or a command has the right form but is wrong."),
    "KZ4": ("Roster", "A roster, a State Hub or a fleet state file is wrong or unavailable."),
    "KZ5": ("Definitions", "A definition, a catalog or a smoke report is wrong."),
}
_INTRODUCTION = """\
Every problem that `kaizen-agentic` reports has a code. A code never changes its meaning and is never reused.
`kaizen-agentic schedule explain CODE` prints the same explanation and example in a terminal. For the parts of a
diagnostic, see [read a diagnostic](../guides/read-a-diagnostic.md).

An *error* decides the [exit code](exit-codes.md): 1, or 4 if the table shows it. A *warning* or
an *info* does not affect the exit code."""
_FAMILY = """\
For all families, see [diagnostics](../diagnostics.md). If an example can be run, the output below the example is its
real output."""


_SEE: dict[str, tuple[str, str]] = tomllib.loads(Path(__file__).with_name("see.toml").read_text(encoding="utf-8"))
"""The page that explains the rule of a code, by the longest prefix that matches."""


def diagnostics_pages() -> dict[str, str]:
    """Return the overview and one page for each family, by path. Raises AssertionError for a code without a family."""
    grouped = {family: [code for code in CODES.values() if code.id.startswith(family)] for family in _FAMILIES}
    if sum(map(len, grouped.values())) != len(CODES):
        raise AssertionError("a code belongs to no family")
    pages: dict[str, str] = {}
    overview = [_INTRODUCTION]
    for family, (title, summary) in _FAMILIES.items():
        name = FAMILIES[family]
        # Each row has the anchor of its code, for links to this page from before the families had their own pages.
        rows = [
            (f"[{one.id}]({code_address(one.id)}){{ #{one.id.lower()} }}", markup(one.title), _severity(one))
            for one in grouped[family]
        ]
        overview += [
            heading(2, f"[{family}xx: {title}](diagnostics/{name}.md)", name),
            summary,
            table(("Code", "Problem", "Severity"), rows),
        ]
        parts = [summary, _FAMILY]
        for code in grouped[family]:
            parts += _entry(code)
        pages[f"{_FOLDER}/{name}.md"] = page(f"Diagnostics {family}xx: {title}", *parts)
    return {_PAGE: page("Diagnostics", *overview), **pages}


def code_address(code: str) -> str:
    """Return the address of a code's entry, relative to docs/reference."""
    return f"diagnostics/{FAMILIES[code[:3]]}.md#{code.lower()}"


def _severity(code: Code) -> str:
    return f"{code.severity}, exit {int(Exit.UNAVAILABLE)}" if code.unavailable else code.severity


def _entry(code: Code) -> Iterator[str]:
    yield heading(2, f"{code.id}: {markup(code.title)}", code.id.lower())
    exit_code = (
        f", exit {int(Exit.UNAVAILABLE if code.unavailable else Exit.FINDINGS)}" if code.severity == "error" else ""
    )
    yield f"*{code.severity}{exit_code}*"
    title, address = _SEE[max((start for start in _SEE if code.id.startswith(start)), key=len)]
    yield f"{markup(code.explanation)} See [{title}]({address})."
    shown = shown_example(code) or Shown(wrong=code.wrong, output="", right=code.right)
    yield _block(shown.wrong, "Wrong", shown.wrong_lines)
    if shown.output:
        yield fence(shown.output, "text", title="Output")
    yield _block(shown.right, "Right", shown.right_lines)


def _block(text: str, title: str, lines: tuple[int, int] | None) -> str:
    if re.match(r"(cd|chmod|ln|mkdir|rmdir|pip|kaizen-agentic) ", text):
        return console(text, title=title)
    return fence(text, _language(text), title=title, marked=_marked(lines))


def _marked(lines: tuple[int, int] | None) -> str | None:
    return "-".join(str(line) for line in dict.fromkeys(lines)) if lines else None


def _language(text: str) -> str:
    if text.startswith(("{", "[")):
        return "json"
    return "yaml" if re.match(r'[\w"#-]+( #.*)?(:|$)|---', text.splitlines()[0]) else "text"
