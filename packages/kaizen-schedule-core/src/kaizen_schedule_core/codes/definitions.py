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
