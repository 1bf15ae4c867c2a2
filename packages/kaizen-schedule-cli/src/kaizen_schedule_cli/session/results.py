"""What the output of known commands reports about a run: errors, turns, tokens and cost.

Known are `claude -p` with `--output-format json` or `stream-json`, and `codex exec --json`.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kaizen_schedule_core.source.strict_json import parse_json

_MARKS = (b'"result"', b'"turn.', b'"thread.started"')
"""Every known event contains one of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What a command reports about its run; None for what it does not report. The cost is in US dollars.

    `input_tokens` include those that were read from or written to a cache, as in OpenTelemetry.
    """

    failed: bool = False
    conversation: str | None = None
    turns: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


def find_result(output: bytes) -> Result | None:
    """Return the result in the output of a command, or None if it contains none that is known."""
    events = list(_events(output))
    for read in _READERS:
        result = read(events)
        if result is not None:
            return result
    return None


def _events(output: bytes) -> Iterable[dict[str, Any]]:
    """Yield the JSON objects of the output: one per line, or all of it, or the items of a list."""
    values = [value for value in map(_parsed, output.splitlines()) if value is not None]
    for value in values or [_parsed(output)]:
        items = value
        if not isinstance(value, list):
            items = [value]
        for item in items:
            if isinstance(item, dict):
                yield item


def _parsed(text: bytes) -> Any:
    if not any(mark in text for mark in _MARKS):
        return None
    try:
        return parse_json(text.decode())
    except ValueError:
        return None


def _claude(events: list[dict[str, Any]]) -> Result | None:
    results = [event for event in events if event.get("type") == "result" and "is_error" in event]
    if not results:
        return None
    last = results[-1]
    usage = _mapping(last.get("usage"))
    cached = (_count(usage.get(f"cache_{kind}_input_tokens")) or 0 for kind in ("creation", "read"))
    tokens = _count(usage.get("input_tokens"))
    if tokens is not None:
        tokens += sum(cached)
    return Result(
        failed=last["is_error"] is not False or str(last.get("subtype", "")).startswith("error"),
        conversation=_text(last.get("session_id")),
        turns=_count(last.get("num_turns")),
        input_tokens=tokens,
        output_tokens=_count(usage.get("output_tokens")),
        cost_usd=_amount(last.get("total_cost_usd")),
    )


def _codex(events: list[dict[str, Any]]) -> Result | None:
    turns = [event for event in events if event.get("type") in {"turn.completed", "turn.failed"}]
    if not turns:
        return None
    started = [event for event in events if event.get("type") == "thread.started"]
    completed = [event for event in turns if event["type"] == "turn.completed"]
    usage: dict[str, Any] = {}
    if completed:
        usage = _mapping(completed[-1].get("usage"))
    conversation: str | None = None
    if started:
        conversation = _text(started[-1].get("thread_id"))
    return Result(
        failed=turns[-1]["type"] == "turn.failed",
        conversation=conversation,
        turns=len(turns),
        input_tokens=_count(usage.get("input_tokens")),
        output_tokens=_count(usage.get("output_tokens")),
    )


_READERS: tuple[Callable[[list[dict[str, Any]]], Result | None], ...] = (_claude, _codex)


def _mapping(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return {}


def _text(value: object) -> str | None:
    if isinstance(value, str) and len(value) <= 200 and value.isprintable():  # noqa: PLR2004 - such an id is shorter
        return value
    return None


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return None


def _amount(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and math.isfinite(value):
        return float(value)
    return None
