"""Problems of one definition, and of several together."""

from __future__ import annotations

from pathlib import Path

import pytest
from kaizen_activity_defs import check_definitions, definition_files, packaged_definition, packaged_definitions
from kaizen_schedule_core import CODES, Diagnostic

COACH = "kaizen-weekly-coach-orientation"
OPTIMIZATION = "kaizen-weekly-optimization-review"
TICK = "kaizen-scheduled-runs-tick"
CONDITION = 'condition: context.run.agent == "coach"'
TITLE = '"Coach orientation: {context.run.repo}"'


def write(folder: Path, name: str, *edits: tuple[str, str], source: str = COACH) -> str:
    text = packaged_definition(source).text
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return str(path)


def problems_of(*paths: str) -> list[Diagnostic]:
    return check_definitions(paths)[1]


def test_packaged_definitions_have_no_problems() -> None:
    files = [definition.file for definition in packaged_definitions()]
    assert check_definitions(files) == ([(file, True) for file in files], [])


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("for_each: context.scheduled_runs", "for_each: context.repos", "KZ506", "bound paths: context.scheduled_runs"),
        ("for_each: context.scheduled_runs", "for_each: context", "KZ506", "no context source binds"),
        ("bind_to: context.run\n", "bind_to: run\n", "KZ506", "use another path"),
        ("bind_to: context.run\n", "bind_to: context.scheduled_runs\n", "KZ506", "use another path"),
        ("bind_to: context.run\n", "bind_to: context.scheduled_runs.run\n", "KZ506", "use another path"),
        (CONDITION, "condition: context.run.agnt == 'coach'", "KZ503", "unknown path context.run.agnt (column 1)"),
        (CONDITION, 'condition: context.run.agent == "coach" or context.nope', "KZ503", "context.nope (column 33)"),
        (CONDITION, "condition: False and context.run.nope == 1", "KZ503", "context.run.nope (column 11)"),
        (CONDITION, "condition: context.run.agent", "KZ503", "is not true or false"),
        (CONDITION, "condition: context.run.agent < 3", "KZ503", "different kinds"),
        (CONDITION, "condition: context.run", "KZ503", "context.run is not a scalar (column 1)"),
        (CONDITION, 'condition: context.run.cadence == "weekly"', "KZ507", 'context.run.agent == "coach"'),
        (CONDITION, 'condition: "True"', "KZ507", "every agent"),
        (TITLE, '"{context.run.rep}"', "KZ504", "unknown path context.run.rep"),
        (TITLE, '"{context.run}"', "KZ504", "is not a scalar"),
        (TITLE, "context.scheduled_runs", "KZ504", "is of type list"),
        (TITLE, "context.run.enabled", "KZ504", "is of type bool"),
        (TITLE, '"{context.run.repo.__class__}"', "KZ504", "unknown path"),
        (TITLE, '"{0.__class__}"', "KZ504", "invalid placeholder"),
        ("[kaizen, coach]", '[kaizen, "{context.x}"]', "KZ504", "unknown path context.x"),
        (
            "target_repo: context.run.repo",
            "target_repo: context.run.slug",
            "KZ504",
            "fields below context.run: repo, root",
        ),
        ("      domain: custodian", "      domian: custodian", "KZ502", "domain, cadence, agent, window"),
        ("query: discover_kaizen_scheduled_repos", "query: discover_kaizen_repos", "KZ502", "unknown query"),
    ],
)
def test_each_mistake_is_reported_at_its_position(tmp_path: Path, old: str, new: str, code: str, words: str) -> None:
    path = write(tmp_path, "broken", (old, new))
    [found] = problems_of(path)
    assert (found.code, found.severity) == (code, CODES[code].severity)
    assert words in f"{found.message} {found.hint}"
    text = Path(path).read_text(encoding="utf-8")
    assert found.line == text[: text.rindex(new.strip())].count("\n") + 1
    assert check_definitions([path])[0] == [(path, False)]


@pytest.mark.parametrize(
    "condition",
    [
        "__import__('os').system('x')",
        "context.run.agent.__class__ == 1",
        "(lambda: 1)()",
        "[x for x in context.scheduled_runs]",
        "context['run']",
        "f'{context.run.agent}' == 'coach'",
        "context.run.agent == 'coach' if True else False",
        "context.run.agent % 's'",
        "9 ** 9 ** 9 == 1",
        "'a' * 10 ** 10 == 'b'",
        "(" * 500 + "1" + ")" * 500,
        "not " * 300 + "True",
        "context.run.agent == 'coach'; 1",
        "context.run.agent := 1",
        "await context.run",
        "x" * 2000,
        "context.run.agent == 'coach' \\\nand print()",
        "\x0c1 == 1 and exec('1')",
    ],
    ids=range(18),
)
def test_hostile_condition_is_rejected(tmp_path: Path, condition: str) -> None:
    quoted = condition.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\x0c", "\\f")
    [found] = problems_of(write(tmp_path, "hostile", (CONDITION, f'condition: "{quoted}"')))
    assert found.code == "KZ503"
    assert found.message.isprintable()


def test_agent_parameter_is_an_agent_filter(tmp_path: Path) -> None:
    edits = (("      cadence: weekly", "      agent: coach"), (CONDITION, 'condition: context.run.cadence == "weekly"'))
    assert problems_of(write(tmp_path, "by-agent", *edits)) == []


def test_duplicate_id(tmp_path: Path) -> None:
    first, second = write(tmp_path, "a"), write(tmp_path, "b", source=COACH)
    [found] = problems_of(first, second)
    assert (found.code, found.file, found.line) == ("KZ508", second, 2)
    assert first in found.message


@pytest.mark.parametrize(("enabled", "severity"), [(False, "warning"), (True, "error")])
def test_two_definitions_with_the_same_tasks(tmp_path: Path, *, enabled: bool, severity: str) -> None:
    on = [("enabled: false\n", "enabled: true\n")] * enabled
    first = write(tmp_path, "a", *on)
    wider = (CONDITION, 'condition: context.run.agent in ["coach", "scope-analyst"]')
    second = write(tmp_path, "b", (f"id: {COACH}", "id: kaizen-another"), wider, *on)
    [found] = problems_of(first, second)
    assert (found.code, found.severity, found.file) == ("KZ509", severity, second)
    assert '"coach"' in found.message


@pytest.mark.parametrize(
    "edit",
    [
        (CONDITION, 'condition: context.run.agent == "scope-analyst"'),
        ("      domain: custodian", "      domain: other"),
        ("      cadence: weekly", "      cadence: daily"),
        (CONDITION, 'condition: context.run.agent != "coach" and context.run.agent in ["coach", "tdd-workflow"]'),
    ],
    ids=["agent", "domain", "cadence", "condition"],
)
def test_two_definitions_without_common_tasks(tmp_path: Path, edit: tuple[str, str]) -> None:
    on = ("enabled: false\n", "enabled: true\n")
    first = write(tmp_path, "a", on)
    assert problems_of(first, write(tmp_path, "b", (f"id: {COACH}", "id: kaizen-another"), edit, on)) == []


@pytest.mark.parametrize(("tick", "weekly", "count"), [(True, True, 1), (True, False, 0), (False, True, 0)])
def test_tick_and_weekly_both_enabled(tmp_path: Path, *, tick: bool, weekly: bool, count: int) -> None:
    on = ("enabled: false\n", "enabled: true\n")
    files = [write(tmp_path, "t", *[on] * tick, source=TICK), write(tmp_path, "w", *[on] * weekly)]
    found = problems_of(*files)
    assert [one.code for one in found] == ["KZ510"] * count


def test_files_of_other_systems_in_a_directory_are_ignored(tmp_path: Path) -> None:
    mine = write(tmp_path, "mine")
    (tmp_path / "README.md").write_text(
        "---\ntitle: x\n---\nAsks `discover_kaizen_scheduled_repos`.\n", encoding="utf-8"
    )
    (tmp_path / "backup.md").write_bytes(b"---\nid: backup\n---\n\xff\n")
    misspelt = write(tmp_path, "misspelt", ("query: discover_kaizen_scheduled_repos", "query: discover_scheduled"))
    assert definition_files(str(tmp_path)) == (mine, misspelt)


@pytest.mark.parametrize(
    ("cron", "window", "wrong", "hint"),
    [
        ("*/15 * * * *", "15m", "", ""),
        ("* * * * *", "60s", "", ""),
        ("0 9 * * 1", "1w", "", ""),
        ("*/15 * * * *", "20m", "runs are selected twice", "write window: 15m"),
        ("0 * * * *", "15m", "runs are missed", "write window: 60m"),
        ("*/25 * * * *", "20m", "runs are missed and runs are selected twice", "even intervals"),
        ("*/15 6-22 * * *", "15m", "runs are missed", "even intervals"),
        ("* * * * 1-5", "1m", "runs are missed", "even intervals"),
        ("0 0 1 * *", "30d", "runs are missed and runs are selected twice", "even intervals"),
    ],
)
def test_window_must_equal_the_interval_of_the_cron(
    tmp_path: Path, cron: str, window: str, wrong: str, hint: str
) -> None:
    edits = (('*/15 * * * *"', f'{cron}"'), ("      window: 15m", f"      window: {window}"))
    path = write(tmp_path, "tick", *edits, source=TICK)
    checked, found = check_definitions([path])
    assert checked == [(path, True)]
    assert [(one.code, one.severity, one.message.partition(", so ")[2]) for one in found] == (
        [("KZ514", "warning", wrong)] if wrong else []
    )
    assert all(one.line == 19 and hint in str(one.hint) for one in found)
