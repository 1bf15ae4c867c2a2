"""The outcomes of the resolver and the states of `roster status`: a page, and the table of the resolver spec."""

from __future__ import annotations

from kaizen_schedule_core.fleet.resolution import OUTCOME_HINTS, OUTCOMES, Outcome
from kaizen_schedule_core.fleet.status import RUN_STATES, STATE_MEANINGS, UNHEALTHY_STATES

from reference.markdown import code, heading, page, table

CHECKS: tuple[tuple[Outcome, str], ...] = (
    ("invalid-entry", "the entry is invalid, or has no valid slug"),
    ("duplicate-slug", "another entry has the same slug; none of these entries runs"),
    ("filtered", "`domain` is given, and the entry has another domain or none"),
    ("hub-disabled", "the entry has `kaizen_schedule_enabled: false`; the repository is not opened"),
    ("no-path-for-host", "the entry has no `host_paths` value for this host and no `local_path`"),
    ("path-missing", "nothing exists at the path"),
    ("unreadable", "the path or the manifest cannot be read, or is not of the right kind"),
    ("no-manifest", "the repository has no `.kaizen/schedule.yml`"),
    ("newer-manifest", "the manifest has a higher version than this tool knows"),
    ("invalid-manifest", "the manifest has at least one error"),
    ("all-disabled", "every agent of the manifest has `enabled: false`"),
    ("filtered", "no enabled agent matches `cadence`, `agent` and `window`"),
    ("scheduled", "at least one agent runs"),
)
"""When each outcome applies, in the order of the checks (ADR-010); `filtered` is checked twice."""

_INTRODUCTION = """\
The outcome of a repository in `roster explain`, and the state of an agent in `roster status`. See also the
[resolver spec](../integrations/discover-kaizen-scheduled-repos.md#outcomes) and [expected runs](expected-runs.md)."""
_ORDER = """\
Each entry has exactly one outcome: the first row that applies. The counts add up to the number of entries. `filtered`
is checked twice: for the domain before the repository is opened, and for cadence, agent and window after
`all-disabled`."""
_FIXES = "What to do for each outcome:"
_UNHEALTHY = ", ".join(code(state) for state in RUN_STATES if state in UNHEALTHY_STATES)
_EXIT = f"`roster status --check` exits 3 if an agent is in one of these states: {_UNHEALTHY}."


def outcomes() -> str:
    """Return the table of all outcomes in the order of the checks. Raises AssertionError if one is missing."""
    if {outcome for outcome, _ in CHECKS} != set(OUTCOMES):
        raise AssertionError("CHECKS does not list the outcomes of the resolver")
    rows = [(str(number), code(outcome), when) for number, (outcome, when) in enumerate(CHECKS, start=1)]
    return table(("Order", "Outcome", "When"), rows)


def outcomes_page() -> str:
    """Return the page of outcomes and run states."""
    parts = [heading(2, "Outcomes", "outcomes"), _ORDER, outcomes(), _FIXES]
    for outcome in OUTCOMES:
        parts += [heading(3, code(outcome), outcome), _sentence(OUTCOME_HINTS[outcome])]
    parts += [heading(2, "Run states", "run-states"), _EXIT]
    for state in RUN_STATES:
        anchor = f"state-{state}" if state in OUTCOMES else state
        parts += [heading(3, code(state), anchor), _sentence(STATE_MEANINGS[state])]
    return page("Outcomes and run states", _INTRODUCTION, *parts)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
