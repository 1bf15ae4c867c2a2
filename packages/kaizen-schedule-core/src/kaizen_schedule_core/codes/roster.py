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
