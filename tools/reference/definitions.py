"""The pages of the packaged definitions: each whole, key by key, and with its fires."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from kaizen_activity_defs import Definition, packaged_definitions
from kaizen_activity_defs.model import Rule
from kaizen_schedule_core import fires
from kaizen_schedule_core.clock.times import utc_text
from pydantic import BaseModel

from reference.markdown import code, fence, heading, listed, markup, page, table

FOLDER = "docs/integrations/activity-definitions"
_FIRES = 5
_FROM = datetime(2026, 10, 12, 6, tzinfo=UTC)  # so near the end of summer time that a weekly definition meets it
_INDEX = """\
A *definition* tells activity-core when to fire, what to ask the resolver, and which tasks to make
([ADR-005](../../adr/adr-005-scheduled-agent-execution.md)). These are the drafts that `kaizen-activity-defs` ships. All
of them say `enabled: false`: copying them into a catalog switches nothing on."""
_NEVER_BOTH = """\
The tick takes the place of the weekly ones: enabled beside them it would make their tasks a second time, and
`kaizen-agentic definitions enable` refuses that."""


def definition_pages() -> dict[str, str]:
    """Every page by its path: one for each draft, and the index."""
    drafts = sorted(packaged_definitions(), key=lambda draft: (draft.follows_manifest_crons, draft.id))
    pages = {f"{FOLDER}/{os.path.basename(draft.file)}": _page(draft) for draft in drafts}
    return {**pages, f"{FOLDER}/index.md": _index(drafts)}


def _index(drafts: list[Definition]) -> str:
    rows = [
        (
            f"[{draft.header.name}]({os.path.basename(draft.file)})",
            code(draft.id),
            f"{code(draft.header.trigger.cron_expression)}, {draft.header.trigger.timezone}",
            code(draft.header.trigger.misfire_policy),
            "; ".join(code(rule.condition.text) for rule in draft.rules),
        )
        for draft in drafts
    ]
    head = ("Definition", "Id", "Fires", "Missed fires", "One task per run for which")
    return page("ActivityDefinition drafts", _INDEX, table(head, rows), _NEVER_BOTH, _MORE)


_MORE = """\
`kaizen-agentic definitions sync` copies them into a catalog, `definitions dry-run` shows the exact tasks that a fire
would ask for, and `definitions enable` switches one on behind a passing smoke report: see the
[command line](../../reference/cli.md#definitions)."""


def _page(draft: Definition) -> str:
    name = os.path.basename(draft.file)
    state = "enabled" if draft.header.enabled else "not enabled"
    rules: list[str] = []
    for rule in draft.rules:
        written = Rule(
            id=rule.id, for_each=rule.for_each, bind_to=rule.bind_to, condition=rule.condition.text, action=rule.action
        )
        rules += _annotated(written, f"Rule {code(rule.id)}", f"rule-{rule.id}")
    parts = [
        f"{code(draft.id)}, in the file {code(name)} of the package `kaizen-activity-defs`; {state}.",
        heading(2, "The definition", "definition"),
        "The whole file, as `kaizen-agentic definitions sync` copies it:",
        fence(draft.text, "markdown", title=name),
        heading(2, "What each key means", "keys"),
        *_annotated(draft.header, "Frontmatter", "frontmatter"),
        *rules,
        heading(2, "When it fires", "fires"),
        *_fires(draft),
    ]
    return page(draft.header.name, *parts)


def _annotated(model: BaseModel, title: str, anchor: str) -> Iterator[str]:
    """A table of what the keys of a part say and mean, then the parts below it."""
    values = {name: getattr(model, name) for name in type(model).model_fields}
    below = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    parts = {name: inner for name, inner in below.items() if inner and isinstance(inner[0], BaseModel)}
    rows = [
        (code(name), _value(values[name]), markup(field.description or ""))
        for name, field in type(model).model_fields.items()
        if name not in parts
    ]
    yield heading(3, title, anchor)
    yield markup(inspect.getdoc(type(model)) or "")
    yield table(("Key", "Here", "Meaning"), rows)
    for name, inner in parts.items():
        for number, one in enumerate(inner, start=1):
            place = f"{anchor}-{name}" if number == 1 else f"{anchor}-{name}-{number}"
            yield from _annotated(one, code(name), place)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, dict):
        return listed(f"{key}: {one}" for key, one in value.items())
    if isinstance(value, list):
        return listed(value)
    return "the text above" if "\n" in str(value) else code(str(value))


def _fires(draft: Definition) -> Iterator[str]:
    trigger = draft.header.trigger
    coming = list(islice(fires(draft.cron, draft.zone, _FROM), _FIRES))
    rows = [(f"{fire.astimezone(draft.zone):%a %Y-%m-%d %H:%M %z}", utc_text(fire)) for fire in coming]
    yield (
        f"Once enabled, the first {_FIRES} fires after {utc_text(_FROM)}, as `kaizen-agentic definitions show` "
        "computes them from now:"
    )
    yield table((f"In {trigger.timezone}", "UTC"), rows)
