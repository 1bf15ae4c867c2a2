"""KZ4xx: rosters and what is made from them."""

from __future__ import annotations

from kaizen_schedule_core.codes.code import Code

EMPTY_ROSTER = Code(
    id="KZ401",
    title="empty roster",
    explanation="A roster without entries is a failed lookup, not a fleet of nothing (ADR-010).",
    wrong='version: "1"\nrepos: []',
    right='version: "1"\nrepos:\n  - slug: demo\n    local_path: ../demo',
    unavailable=True,
)
SMOKE_FAILED = Code(
    id="KZ402",
    title="smoke test failed",
    explanation="A step of the smoke test did not pass for a repository; the table names the step.",
    wrong="kaizen-agentic roster smoke --roster roster.yml    # a repository's manifest is invalid",
    right="mend what the step names and run it again",
)
