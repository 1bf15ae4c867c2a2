"""The page of all diagnostics, from the registry of codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kaizen_schedule_cli.exits import Exit
from kaizen_schedule_core import CODES, Code

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


_SCHEMA, _CRON = "../integrations/schedule-schema.md", "cron-dialect.md"
_ROSTER, _DEFINITIONS = "../integrations/state-hub-roster-fields.md", "definitions.md"
_SEE: dict[str, tuple[str, str]] = {
    "KZ10": ("bad input", "limits.md#bad-input"),
    "KZ11": ("YAML that is accepted", f"{_SCHEMA}#yaml-that-is-accepted"),
    "KZ112": ("limits", "limits.md"),
    "KZ120": ("the key cron", f"{_SCHEMA}#cron"),
    "KZ121": ("agent file", f"{_SCHEMA}#agent-file-agentsagent-namemd"),
    "KZ2": ("keys of the manifest", f"{_SCHEMA}#keys"),
    "KZ202": ("unknown keys and x-", f"{_SCHEMA}#unknown-keys-and-x-"),
    "KZ203": ("the key cadence", f"{_SCHEMA}#cadence"),
    "KZ206": ("upgrade", "../guides/upgrade.md"),
    "KZ211": ("upgrade", "../guides/upgrade.md"),
    "KZ22": ("agent file", f"{_SCHEMA}#agent-file-agentsagent-namemd"),
    "KZ23": ("memory", "../guides/memory-and-metrics.md#memory-memorymd"),
    "KZ24": ("when a line is wrong", "../guides/memory-and-metrics.md#when-a-line-is-wrong"),
    "KZ30": ("refused, and what to write instead", f"{_CRON}#refused-and-what-to-write-instead"),
    "KZ301": ("the key timezone", f"{_SCHEMA}#timezone"),
    "KZ31": ("refused, and what to write instead", f"{_CRON}#refused-and-what-to-write-instead"),
    "KZ311": ("day of month and day of week", f"{_CRON}#day-of-month-and-day-of-week"),
    "KZ313": ("warnings about time to come", f"{_CRON}#warnings-about-time-to-come"),
    "KZ314": ("warnings about time to come", f"{_CRON}#warnings-about-time-to-come"),
    "KZ315": ("gap and fold", f"{_CRON}#dst-gap-and-fold"),
    "KZ316": ("when cadence and cron contradict", f"{_SCHEMA}#when-cadence-and-cron-contradict"),
    "KZ317": ("warnings about time to come", f"{_CRON}#warnings-about-time-to-come"),
    "KZ32": ("packaged agents", f"{_SCHEMA}#packaged-agents"),
    "KZ322": ("when prepare refuses", "bundle.md#when-it-refuses-and-unscheduled"),
    "KZ323": ("when prepare refuses", "bundle.md#when-it-refuses-and-unscheduled"),
    "KZ324": ("budget", "bundle.md#budget-max-bytes"),
    "KZ326": ("replace a manifest", "../guides/write-a-manifest.md#replace-a-manifest"),
    "KZ33": ("delivery", "../integrations/kaizen-schedule-prepared-event.md#delivery-and-nats-msg-id"),
    "KZ4": ("when the hub fails", f"{_ROSTER}#when-the-hub-fails"),
    "KZ401": ("roster file", f"{_ROSTER}#roster-file-rosteryml"),
    "KZ405": ("a fleet that vanishes", "../guides/operate-a-fleet.md#a-fleet-that-vanishes-state-and-allow-shrink"),
    "KZ406": ("a fleet that vanishes", "../guides/operate-a-fleet.md#a-fleet-that-vanishes-state-and-allow-shrink"),
    "KZ50": ("check definitions", f"{_DEFINITIONS}#check-definitions-definitions-validate"),
    "KZ501": ("the drafts", "../integrations/activity-definitions/index.md"),
    "KZ502": ("frontmatter", f"{_DEFINITIONS}#frontmatter"),
    "KZ503": ("condition", f"{_DEFINITIONS}#condition"),
    "KZ504": ("placeholder", f"{_DEFINITIONS}#placeholder"),
    "KZ505": ("catalog", "catalog.md"),
    "KZ506": ("rule block", f"{_DEFINITIONS}#rule-block"),
    "KZ507": ("rule block", f"{_DEFINITIONS}#rule-block"),
    "KZ51": ("the gate of enable", "catalog.md#the-gate-of-enable"),
    "KZ511": ("sync states", "catalog.md#sync-states"),
    "KZ514": ("the tick and its window", f"{_DEFINITIONS}#the-tick-and-its-window"),
}
"""Where a code's rule stands; of two that fit the longer one."""


def diagnostics_page() -> str:
    """The whole page. Raises AssertionError for a code that belongs to no family."""
    parts = [_INTRODUCTION]
    grouped = {family: [code for code in CODES.values() if code.id.startswith(family)] for family in _FAMILIES}
    if sum(map(len, grouped.values())) != len(CODES):
        raise AssertionError("a code is in no family of the page")
    for family, (title, anchor) in _FAMILIES.items():
        rows = [(f"[{one.id}](#{one.id.lower()})", prose(one.title), _severity(one)) for one in grouped[family]]
        parts += [f"**[{family}xx: {title}](#{anchor})**", table(("Code", "Title", "Severity"), rows)]
    for family, (title, anchor) in _FAMILIES.items():
        parts.append(heading(2, f"{family}xx: {title}", anchor))
        for code in grouped[family]:
            parts += _entry(code)
    return page("Diagnostics", *parts)


def _severity(code: Code) -> str:
    return f"{code.severity}, exit {int(Exit.UNAVAILABLE)}" if code.unavailable else code.severity


def _entry(code: Code) -> Iterator[str]:
    yield heading(3, f"{code.id}: {prose(code.title)}", code.id.lower())
    exit_code = (
        f", exit {int(Exit.UNAVAILABLE if code.unavailable else Exit.FINDINGS)}" if code.severity == "error" else ""
    )
    yield f"*{code.severity}{exit_code}*"
    title, address = _SEE[max((start for start in _SEE if code.id.startswith(start)), key=len)]
    yield f"{markup(code.explanation)} See [{title}]({address})."
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
