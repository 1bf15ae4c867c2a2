"""Changes of a schedule as text and Markdown."""

from datetime import datetime

from kaizen_schedule_core.clock.zones import load_zone

from kaizen_schedule_cli.answers.diff import DiffAnswer, DiffedAgent, FiredAgent, Timing
from kaizen_schedule_cli.render.tables import table


def diff_text(answer: DiffAnswer) -> str:
    """Return a row for each version of each changed agent; empty without changes."""
    if not answer.changes:
        return ""
    rows: list[tuple[str, str, str, str, str]] = []
    for one in answer.changes:
        rows.append((one.agent, one.change, "before", _next(one.before, one.next_before), _words(one.before)))
        rows.append(("", "", "after", _next(one.after, one.next_after), _words(one.after)))
        rows += [("", "", "", "", f"no longer fired by {name}") for name in _lost(one)]
    return table(("agent", "change", "", "next", "schedule"), rows)


def diff_markdown(answer: DiffAnswer) -> str:
    """Return the changes for a pull request."""
    if not answer.changes:
        return f"The schedule is that of `{answer.base}`.\n"
    lines = [
        f"**Schedule changes** compared with `{answer.base}`",
        "",
        "| Agent | Change | Before | After | Next run |",
        "|---|---|---|---|---|",
    ]
    lines += [_markdown_row(one) for one in answer.changes]
    for one in answer.changes:
        lines += [f"\n`{one.agent}` is no longer fired by `{name}`." for name in _lost(one)]
    return "\n".join(lines) + "\n"


def _markdown_row(one: DiffedAgent) -> str:
    before, after = _next(one.before, one.next_before), _next(one.after, one.next_after)
    cells = (f"`{one.agent}`", one.change, _words(one.before), _words(one.after), f"{before} → {after}")
    return f"| {' | '.join(cells)} |"


def _words(timing: Timing | None) -> str:
    if timing is None:
        return "-"
    text = f"{timing.cadence}, {timing.cron}, {timing.timezone}"
    return text if timing.enabled else f"{text}, paused"


def _next(timing: Timing | None, utc: str | None) -> str:
    """Return the time of the next fire in the zone of the manifest."""
    if timing is None or utc is None:
        return "-"
    return f"{datetime.fromisoformat(utc).astimezone(load_zone(timing.timezone)):%a %Y-%m-%d %H:%M}"


def _lost(one: DiffedAgent) -> tuple[str, ...]:
    return one.no_longer_fired_by if isinstance(one, FiredAgent) else ()
