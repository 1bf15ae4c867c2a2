"""KZ5xx: ActivityDefinitions."""

from __future__ import annotations

from kaizen_schedule_core.codes.code import Code

UNKNOWN_DEFINITION = Code(
    id="KZ501",
    title="unknown definition",
    explanation="No packaged definition has this id.",
    wrong="kaizen-agentic definitions show weekly-coach",
    right="kaizen-agentic definitions show kaizen-weekly-coach-orientation",
)
DEFINITION_SHAPE = Code(
    id="KZ502",
    title="definition of the wrong shape",
    explanation="A definition is a markdown file with YAML frontmatter and fenced rule blocks (ACT-ADR-002).",
    wrong="---\nid: x\n---",
    right="---\nid: kaizen-weekly-coach-orientation\nname: Weekly coach orientation\n...\n---",
)
CONDITION = Code(
    id="KZ503",
    title="condition that cannot be evaluated",
    explanation="A condition is a boolean expression over attribute paths: constants, comparisons, in, and, or, "
    "not. It is never run as code, and an unknown path is an error, not false.",
    wrong="condition: len(context.run.agent) == 5",
    right='condition: context.run.agent == "coach"',
)
PLACEHOLDER = Code(
    id="KZ504",
    title="placeholder that cannot be filled",
    explanation="A placeholder {context.x} names a path that exists and holds a scalar.",
    wrong="task_template: Orientation for {context.run}",
    right="task_template: Orientation for {context.run.repo}",
)
EMPTY_CATALOG = Code(
    id="KZ505",
    title="catalog without definitions",
    explanation="No definition in the folder asks the resolver for runs. A folder that is not the catalog would "
    "otherwise look like a fleet that nothing fires.",
    wrong="kaizen-agentic roster explain --roster roster.yml --catalog docs",
    right="kaizen-agentic roster explain --roster roster.yml --catalog catalog",
)
UNBOUND = Code(
    id="KZ506",
    title="list or item that nothing binds",
    explanation="for_each names the path that a context source binds, and bind_to a path of its own for each item.",
    wrong="for_each: context.repos",
    right="for_each: context.scheduled_runs",
)
NO_AGENT_FILTER = Code(
    id="KZ507",
    title="rule without an agent filter",
    explanation="Two definitions that do not filter on the agent each make the other's tasks. One that honours the "
    "manifests by a window makes one task per run and needs none.",
    wrong='condition: context.run.cadence == "weekly"',
    right='condition: context.run.agent == "coach"',
)
REPEATED_ID = Code(
    id="KZ508",
    title="definition id given twice",
    explanation="Two definitions of a catalog have the same id, so that switching one on or off means both or neither.",
    wrong="id: kaizen-weekly-coach-orientation    # in two files",
    right="id: kaizen-weekly-coach-orientation-staging",
)
SAME_TASKS = Code(
    id="KZ509",
    title="two definitions for the same runs",
    explanation="Two definitions select the same (repo, agent), so that its task would be made twice. A warning while "
    "they are not both enabled.",
    wrong='condition: context.run.agent == "coach"    # in two definitions',
    right='condition: context.run.agent == "optimization"    # in the second',
)
TICK_BESIDE_WEEKLY = Code(
    id="KZ510",
    title="the tick beside a weekly definition",
    explanation="A definition with a window honours each manifest's own cron and makes a task for every run. Enabled "
    "beside one that fires by its own cron it makes that one's tasks a second time.",
    wrong="enabled: true    # kaizen-scheduled-runs-tick and kaizen-weekly-coach-orientation",
    right="enabled: false    # one of both",
)
SYNC_CONFLICT = Code(
    id="KZ511",
    title="definition changed here and shipped anew",
    explanation="A definition of the catalog was edited, and a newer version of the draft is shipped: neither may be "
    "lost, so nothing was written. The notes show what would change.",
    wrong="kaizen-agentic definitions sync catalog    # with an edited file and a newer package",
    right="edit the file until it holds both, or move it away; then sync again",
)
ENABLING = Code(
    id="KZ512",
    title="definition that may not be enabled",
    explanation="A definition is enabled one at a time, with a passing report of roster smoke --catalog that covers "
    "what stands and is not too old, and never so that a task would be made twice.",
    wrong="kaizen-agentic definitions enable ID --catalog catalog --smoke-report last-month.json",
    right="kaizen-agentic roster smoke --roster roster.yml --catalog catalog --report smoke.json",
)
SMOKE_REPORT = Code(
    id="KZ513",
    title="file that is no smoke report",
    explanation="The file given with --smoke-report is not one that roster smoke --report wrote.",
    wrong="kaizen-agentic definitions enable ID --catalog catalog --smoke-report README.md",
    right="kaizen-agentic roster smoke --roster roster.yml --catalog catalog --report smoke.json",
)
WINDOW = Code(
    id="KZ514",
    title="window that is not the time between two fires",
    explanation="A definition with a window asks for the runs of that length before each of its fires. Where two fires "
    "are further apart than the window, the runs between are lost; where they are closer, a run is found twice.",
    wrong='cron_expression: "*/15 * * * *"    # with window: 20m',
    right='cron_expression: "*/15 * * * *"    # with window: 15m',
    severity="warning",
)
