"""KZ3xx: meaning: time zones, cron expressions and agents."""

from __future__ import annotations

from kaizen_schedule_core.codes.code import Code

UNKNOWN_ZONE = Code(
    id="KZ301",
    title="unknown time zone",
    explanation="A time zone is a name of the IANA database, with its case.",
    wrong="timezone: Europe/Berln",
    right="timezone: Europe/Berlin",
)
CRON_FIELDS = Code(
    id="KZ302",
    title="cron does not have five fields",
    explanation="Exactly five fields, separated by blanks: minute, hour, day of month, month, day of week. No "
    "seconds and no year.",
    wrong='cron: "0 0 9 * * 1"',
    right='cron: "0 9 * * 1"',
)
CRON_NICKNAME = Code(
    id="KZ303",
    title="cron nickname",
    explanation="Engines read @weekly and its like at different hours: write the five fields.",
    wrong='cron: "@weekly"',
    right='cron: "0 0 * * 0"',
)
CRON_EXTENSION = Code(
    id="KZ304",
    title="cron extension",
    explanation="L, W, # and ? are extensions of single engines and mean nothing to the others.",
    wrong='cron: "0 9 L * *"',
    right='cron: "0 9 28 * *"',
)
CRON_ZONE = Code(
    id="KZ305",
    title="time zone inside a cron",
    explanation="The zone of a manifest stands once, in `timezone`.",
    wrong='cron: "TZ=Europe/Berlin 0 9 * * 1"',
    right='timezone: Europe/Berlin\ncron: "0 9 * * 1"',
)
CRON_RANGE = Code(
    id="KZ306",
    title="cron value out of range",
    explanation="minute 0-59, hour 0-23, day of month 1-31, month 1-12, day of week 0-7 (0 and 7 are Sunday).",
    wrong='cron: "0 24 * * *"',
    right='cron: "0 0 * * *"',
)
CRON_REVERSED = Code(
    id="KZ307",
    title="reversed cron range",
    explanation="Some engines wrap a range round, some refuse it, some never fire.",
    wrong='cron: "0 9 * * fri-sun"',
    right='cron: "0 9 * * 5-7"',
)
CRON_STEP = Code(
    id="KZ308",
    title="cron step that cannot be",
    explanation="A step stands after * or a range, is at least 1, and is no larger than the range it walks over.",
    wrong='cron: "*/90 * * * *"',
    right='cron: "0 * * * *"',
)
CRON_NEVER = Code(
    id="KZ309",
    title="cron that never fires",
    explanation="No calendar has that date.",
    wrong='cron: "0 9 30 2 *"',
    right='cron: "0 9 28 2 *"',
)
CRON_NOT_ASCII = Code(
    id="KZ310",
    title="cron with characters that are not ASCII",
    explanation="Digits of other scripts and typographic dashes look right and are read as nothing.",
    wrong='cron: "0 \uff19 * * 1"',
    right='cron: "0 9 * * 1"',
)
CRON_BOTH_DAYS = Code(
    id="KZ311",
    title="day of month and day of week both restricted",
    explanation="Debian cron fires when either day field matches, Temporal when both do; a field such as */2, "
    "which begins with *, makes Debian cron ask for both, too. Restrict one and leave the other at *.",
    wrong='cron: "0 9 1 * 1"',
    right='cron: "0 9 * * 1"',
)
CRON_TOKEN = Code(
    id="KZ312",
    title="not a cron value",
    explanation="A field holds *, numbers, ranges a-b, lists a,b and steps */n or a-b/n; months and weekdays also "
    "three-letter English names.",
    wrong='cron: "0 nine * * *"',
    right='cron: "0 9 * * *"',
)
CRON_ONE_TO_SEVEN = Code(
    id="KZ313",
    title="weekday range 1-7",
    explanation="Debian cron reads 1-7 as every day of the week. A Temporal Schedule, which fires the manifest, leaves "
    "out Sunday. The preview shows what fires.",
    wrong='cron: "0 9 * * 1-7"',
    right='cron: "0 9 * * *"',
    severity="warning",
)
CRON_UNEVEN = Code(
    id="KZ314",
    title="step that does not divide its range",
    explanation="A step starts anew with each hour, day, month or week, so one that does not divide it evenly leaves a "
    "shorter stretch at the end; in a range a-b it stops before b.",
    wrong='cron: "*/25 * * * *"',
    right='cron: "*/20 * * * *"',
    severity="info",
)
CLOCK_CHANGE = Code(
    id="KZ315",
    title="fire in an hour that a clock change touches",
    explanation="When clocks go forward an hour does not exist, and what should fire in it does not fire that day. "
    "When they go back an hour comes twice, and what fires then depends on the engine. Where a midnight is taken away, "
    "a cron for a weekday may even lose that day or gain the next. Looked at for the next 400 days; a cron that fires "
    "in every hour gets an info.",
    wrong='cadence: daily\ncron: "30 2 * * *" # in Europe/Berlin',
    right='cadence: daily\ncron: "30 4 * * *" # in Europe/Berlin',
    severity="warning",
)
CADENCE_CONTRADICTED = Code(
    id="KZ316",
    title="cadence and cron contradict",
    explanation="daily means every date, weekly at most one date a week, monthly at most one date a month; counted "
    "over 364 days. The scheduler selects by the cadence word and the clock fires by the cron.",
    wrong='cadence: daily\ncron: "0 9 * * 1-5"',
    right='cadence: daily\ncron: "0 9 * * *"',
    severity="warning",
)
CRON_MANY = Code(
    id="KZ317",
    title="cron that fires many times on its days",
    explanation="A * as minute is every minute, a * as hour is every hour. With cadence weekly or monthly, or in every "
    "minute, that is seldom meant; each fire starts a session.",
    wrong='cadence: weekly\ncron: "* 9 * * 1"',
    right='cadence: weekly\ncron: "0 9 * * 1"',
    severity="info",
)
UNKNOWN_AGENT = Code(
    id="KZ320",
    title="unknown agent",
    explanation="An agent is packaged with kaizen-schedule-core or installed in the repository as "
    "agents/agent-<name>.md.",
    wrong="agents:\n  coahc:\n    cadence: weekly",
    right="agents:\n  coach:\n    cadence: weekly",
)
SHADOWED_AGENT = Code(
    id="KZ321",
    title="repository agent takes a packaged agent's name",
    explanation="The repository's own file wins over the packaged agent of the same name.",
    wrong="agents/agent-coach.md in the repository",
    right="agents/agent-team-coach.md, scheduled as team-coach",
    severity="warning",
)
UNDECLARED_AGENT = Code(
    id="KZ322",
    title="agent not scheduled here",
    explanation="The manifest does not declare this agent, so no run of it is expected.",
    wrong="kaizen-agentic schedule prepare scope-analyst",
    right="kaizen-agentic schedule prepare scope-analyst --unscheduled",
)
DISABLED_AGENT = Code(
    id="KZ323",
    title="agent paused here",
    explanation="The manifest declares this agent with enabled: false.",
    wrong="kaizen-agentic schedule prepare tdd-workflow",
    right="kaizen-agentic schedule prepare tdd-workflow --unscheduled",
)
BUDGET = Code(
    id="KZ324",
    title="bundle larger than the budget",
    explanation="After every cut that is allowed the bundle is still over --max-bytes. Instructions are never cut.",
    wrong="kaizen-agentic schedule prepare coach --max-bytes 1000",
    right="kaizen-agentic schedule prepare coach --max-bytes 65536",
)
NO_MEMORY_KEPT = Code(
    id="KZ325",
    title="agent that keeps no memory",
    explanation="The agent's definition says memory: disabled.",
    wrong="kaizen-agentic memory note visitor --text 'seen'",
    right="memory: enabled in agents/agent-visitor.md",
)
EXISTS = Code(
    id="KZ326",
    title="already there",
    explanation="The file exists and is left as it is; nothing was written.",
    wrong="kaizen-agentic schedule init    # a second time",
    right="edit .kaizen/schedule.yml, or write it anew with --force",
)
NOT_PUBLISHED = Code(
    id="KZ331",
    title="event that could not be published",
    explanation="The server could not be reached, has no stream for the subject, or did not acknowledge within 5 "
    "seconds. The bundle was printed all the same; consumers recognise a second event of the same bundle by its id.",
    wrong="kaizen-agentic schedule prepare coach --emit nats://127.0.0.1:1",
    right="kaizen-agentic schedule prepare coach --emit nats://127.0.0.1:4222",
    unavailable=True,
)
