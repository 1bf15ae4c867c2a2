"""The outcomes of the resolver and the states of `roster status`: a page, and the table of the resolver spec."""

from __future__ import annotations

from kaizen_schedule_core.fleet.resolution import BROKEN_OUTCOMES, OUTCOMES, Outcome
from kaizen_schedule_core.fleet.status import RUN_STATES, UNHEALTHY_STATES, RunState

from reference.markdown import code, heading, page, table

CHECKS: tuple[tuple[Outcome, str], ...] = (
    ("invalid-entry", "the entry is invalid, or has no valid slug"),
    ("duplicate-slug", "another entry has the same slug; none of these entries runs"),
    ("filtered", "`domain` is given, and the entry has another domain or none"),
    ("hub-disabled", "the entry has `kaizen_schedule_enabled: false`; the repository is not opened"),
    ("no-path-for-host", "the entry has no `host_paths` value for this host and no `local_path`"),
    ("path-missing", "nothing exists at the path"),
    (
        "duplicate-root",
        "an entry whose slug sorts first has the same checkout, by whatever path or symlink; filters have no effect",
    ),
    ("unreadable", "the path or the manifest cannot be read, or is not of the right kind"),
    ("no-manifest", "the repository has no `.kaizen/schedule.yml`"),
    ("newer-manifest", "the manifest has a higher version than this tool supports"),
    ("invalid-manifest", "the manifest has at least one error"),
    ("all-disabled", "every agent of the manifest has `enabled: false`"),
    ("filtered", "no enabled agent matches `cadence`, `agent` and `window`"),
    ("scheduled", "at least one agent runs"),
)
"""When each outcome applies, in the order of the checks (ADR-010); `filtered` is checked twice."""

OUTCOME_HINTS: dict[Outcome, str] = {
    "invalid-entry": "fix the entry; an entry without a valid slug is listed as `#<position>`",
    "duplicate-slug": "give each repository a unique slug; until then, none of the duplicates runs",
    "filtered": "no action: the filters by domain, cadence, agent or window leave no run",
    "hub-disabled": "remove `kaizen_schedule_enabled: false` if the repository should run",
    "no-path-for-host": "add the host to `host_paths`, or a `local_path`; the detail lists the hosts of the entry",
    "path-missing": "check out the repository at that path, or fix the path; `~`, `$HOME`, `%USERPROFILE%` and Windows"
    " paths are not expanded",
    "duplicate-root": "remove the entry, or give it a separate checkout, such as a linked git worktree",
    "unreadable": "fix the permissions, or use a directory as the checkout and a regular file as the manifest",
    "no-manifest": "run `kaizen-agentic schedule init` in that repository, if it should run; a file with a similar"
    " name, such as `schedule.yaml`, is not read: rename it",
    "newer-manifest": "upgrade the tool on this host",
    "invalid-manifest": "run `kaizen-agentic schedule validate` in that repository to see the errors",
    "all-disabled": "no action: all agents of the repository are paused",
    "scheduled": "no action: the repository has at least one run",
}
"""What to do about each outcome."""
STATE_MEANINGS: dict[RunState, str] = {
    "paused": "the manifest declares the agent with `enabled: false`",
    "unfired": "no enabled definition of the catalog selects the agent",
    "never": "no run was ever recorded",
    "unreadable": "the metrics cannot be read; the reason is on stderr",
    "failed": "the last record since the checked slot is a failure",
    "overdue": "there is no record since the checked slot",
    "ok": "the last record since the checked slot is a success",
}
"""The meaning of each state."""

_INTRODUCTION = """\
This page lists the outcomes of repositories in `roster explain`, and the states of agents in `roster status`. See also
the [resolver spec](../integrations/discover-kaizen-scheduled-repos.md#outcomes) and
[expected runs](expected-runs.md)."""
_ORDER = """\
Each entry has exactly one outcome: the first row that applies. The counts add up to the number of entries. `filtered`
is checked twice: for the domain before the repository is opened, and for cadence, agent and window after
`all-disabled`."""
_FIXES = "These are the fixes for each outcome:"
_UNHEALTHY = ", ".join(code(state) for state in RUN_STATES if state in UNHEALTHY_STATES)
_BROKEN = ", ".join(code(outcome) for outcome in OUTCOMES if outcome in BROKEN_OUTCOMES)
_EXIT = f"""\
`roster status --check` exits 3 if an agent is in one of these states: {_UNHEALTHY}; and, without `--only-runs`, if an
entry has one of these outcomes: {_BROKEN} ([ADR-025](../adr/adr-025-check-counts-broken-entries.md))."""


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
