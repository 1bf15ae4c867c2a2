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
HUB_UNREACHABLE = Code(
    id="KZ402",
    title="State Hub cannot be reached",
    explanation="No connection after three attempts, or no answer in time. What the fleet should run is not known: "
    "a failure, and never an empty answer (ADR-010).",
    wrong="kaizen-agentic roster resolve --hub http://127.0.0.1:1",
    right="kaizen-agentic roster resolve --hub http://127.0.0.1:8000",
    unavailable=True,
)
HUB_REFUSED = Code(
    id="KZ403",
    title="State Hub refuses",
    explanation="The hub answers with another status than 200, or redirects to another host or port, or in a "
    "circle. An answer of 5xx is asked for three times.",
    wrong="kaizen-agentic roster resolve --hub http://127.0.0.1:8000/api",
    right="kaizen-agentic roster resolve --hub http://127.0.0.1:8000",
    unavailable=True,
)
HUB_NONSENSE = Code(
    id="KZ404",
    title="answer of State Hub that is no roster",
    explanation="The answer is no whole JSON list in UTF-8, gives a key twice, nests deeper than 64, or is larger than "
    "64 MiB. An envelope or a page is refused, because an undercounted fleet looks healthy.",
    wrong='{"items": [{"slug": "demo"}], "next": 2}',
    right='[{"slug": "demo", "local_path": "/srv/demo"}]',
    unavailable=True,
)
SHRUNKEN_ROSTER = Code(
    id="KZ405",
    title="the fleet has shrunk",
    explanation="Fewer than four fifths of the entries, or of the opted-in repositories, of the last good run that the "
    "state file remembers. Half a fleet that vanished looks like a quiet week; so this is a failure until it is "
    "said to be meant.",
    wrong="kaizen-agentic roster resolve --roster roster.yml --state fleet.json",
    right="kaizen-agentic roster resolve --roster roster.yml --state fleet.json --allow-shrink",
    unavailable=True,
)
FLEET_STATE = Code(
    id="KZ406",
    title="state file that is none",
    explanation="The file given with --state is not one that an earlier run wrote: there is nothing to compare with.",
    wrong="kaizen-agentic roster resolve --roster roster.yml --state roster.yml",
    right="kaizen-agentic roster resolve --roster roster.yml --state fleet.json",
)
