"""The page of outcomes and run states, each under a heading of its own: what a fleet says, looked up by its word."""

from __future__ import annotations

from kaizen_schedule_core.fleet.resolution import OUTCOME_HINTS, OUTCOMES
from kaizen_schedule_core.fleet.status import RUN_STATES, STATE_MEANINGS, UNHEALTHY_STATES

from reference.markdown import code, heading, page

_INTRODUCTION = """\
What `roster explain` says of every entry of a roster, and `roster status` of every agent. How they come about:
[resolver spec](../integrations/discover-kaizen-scheduled-repos.md#outcomes), [expected runs](expected-runs.md)."""
_ORDER = "An entry has exactly one outcome: the first of these that applies. The counts add up to the roster."
_UNHEALTHY = ", ".join(code(state) for state in RUN_STATES if state in UNHEALTHY_STATES)
_EXIT = f"`roster status --check` exits 3 for {_UNHEALTHY}."


def outcomes_page() -> str:
    """The whole page."""
    parts = [heading(2, "Outcomes", "outcomes"), _ORDER]
    for outcome in OUTCOMES:
        parts += [heading(3, code(outcome), outcome), f"What to do: {OUTCOME_HINTS[outcome]}."]
    parts += [heading(2, "Run states", "run-states"), _EXIT]
    for state in RUN_STATES:
        meaning = STATE_MEANINGS[state]
        parts += [
            heading(3, code(state), f"state-{state}" if state in OUTCOMES else state),
            f"{meaning[0].upper()}{meaning[1:]}.",
        ]
    return page("Outcomes and run states", _INTRODUCTION, *parts)
