"""The pages of the packaged definitions: a table of all, and one of them explained key by key."""

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
_EXAMPLE = "kaizen-weekly-coach-orientation"
_FIRES = 5
_FROM = datetime(2026, 10, 12, 6, tzinfo=UTC)  # two weeks before the end of summer time in Berlin
_INDEX = """\
A *definition* is a Markdown file that contains a cron, a query to the resolver, and the rule that creates tasks
([format](../../reference/definitions.md)). The package `kaizen-activity-defs` contains these drafts. All of them have
`enabled: false`, so copying them to a [catalog](../../reference/catalog.md) enables nothing."""
_NOTES = """\
The tick replaces the weekly definitions. Together they would create each task twice, so
`kaizen-agentic definitions enable` refuses to enable both. `kaizen-agentic definitions show ID` prints a draft and its
next five fires."""


def definition_pages() -> dict[str, str]:
    """Return the index of the drafts and the page of the annotated example, by path."""
    drafts = sorted(packaged_definitions(), key=lambda draft: (draft.follows_manifest_crons, draft.id))
    [example] = [draft for draft in drafts if draft.id == _EXAMPLE]
    name = os.path.basename(example.file)
    return {f"{FOLDER}/index.md": _index(drafts, name), f"{FOLDER}/{name}": _page(example, name)}


def _index(drafts: list[Definition], example: str) -> str:
    rows = [
        (
            code(draft.id),
            f"{code(draft.header.trigger.cron_expression)} {draft.header.trigger.timezone}",
            code(draft.header.trigger.misfire_policy),
            "; ".join(
                listed(f"{key}: {one}" for key, one in source.params.items()) for source in draft.header.context_sources
            ),
            "; ".join(code(rule.condition.text) for rule in draft.rules),
        )
        for draft in drafts
    ]
    head = ("Id", "Trigger", "Misfire policy", "Query parameters", "Condition for one task per run")
    link = f"One of them is [explained key by key]({example})."
    return page("ActivityDefinition drafts", _INDEX, table(head, rows), link, _NOTES)


def _page(draft: Definition, name: str) -> str:
    rules: list[str] = []
    for rule in draft.rules:
        written = Rule(
            id=rule.id, for_each=rule.for_each, bind_to=rule.bind_to, condition=rule.condition.text, action=rule.action
        )
        rules += _annotated(written, f"Rule {code(rule.id)}", f"rule-{rule.id}")
    parts = [
        f"This page explains the draft {code(draft.id)} key by key. See also [all drafts](index.md).",
        heading(2, "The file", "definition"),
        fence(draft.text, "markdown", title=name),
        heading(2, "Meaning of each key", "keys"),
        *_annotated(draft.header, "Frontmatter", "frontmatter"),
        *rules,
        heading(2, "When it fires", "fires"),
        *_fires(draft),
    ]
    return page(draft.header.name, *parts)


def _annotated(model: BaseModel, title: str, anchor: str) -> Iterator[str]:
    """Yield a table of the values and meanings of a part's keys, then the same for the parts below it."""
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
    yield table(("Key", "Value", "Meaning"), rows)
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
    return "see above" if "\n" in str(value) else code(str(value))


def _fires(draft: Definition) -> Iterator[str]:
    trigger = draft.header.trigger
    coming = list(islice(fires(draft.cron, draft.zone, _FROM), _FIRES))
    rows = [(f"{fire.astimezone(draft.zone):%a %Y-%m-%d %H:%M %z}", utc_text(fire)) for fire in coming]
    yield (
        f"These are the first {_FIRES} fires after {utc_text(_FROM)}, if the definition is enabled. "
        "The clocks change on 25 October."
    )
    yield table((f"In {trigger.timezone}", "UTC"), rows)
