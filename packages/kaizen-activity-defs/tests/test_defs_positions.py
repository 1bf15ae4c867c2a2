"""Positions of problems in the frontmatter and in rule blocks."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from kaizen_activity_defs import load_definition, packaged_definition
from kaizen_schedule_core import Diagnostic, KaizenError

COACH = "kaizen-weekly-coach-orientation"


def problems(path: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(KaizenError) as raised:
        load_definition(str(path))
    return raised.value.diagnostics


def broken(tmp_path: Path, old: str, new: str) -> tuple[str, tuple[Diagnostic, ...]]:
    text = packaged_definition(COACH).text
    assert text.count(old) == 1, old
    text = text.replace(old, new)
    path = tmp_path / "broken.md"
    path.write_text(text, encoding="utf-8")
    return text, problems(path)


@pytest.mark.parametrize(
    ("old", "new", "code", "mark"),
    [
        ("id: kaizen-weekly-coach-orientation\n", 'id: "kaizen-\\e[1m/x"\n', "KZ2", '"kaizen-'),
        ("owner: kaizen-agentic\n", "ownr: kaizen-agentic\n", "KZ2", "ownr"),
        ("enabled: false\n", "enabled: no\n", "KZ2", "no\n"),
        ("enabled: false\n", 'enabled: "false"\n', "KZ2", '"false"'),
        ('cron_expression: "0 9 * * 1"', 'cron_expression: "0 9 * *"', "KZ30", '"0 9 * *"'),
        ("timezone: Europe/Berlin", "timezone: Europe/Berln", "KZ3", "Europe/Berln"),
        ("misfire_policy: skip", "misfire_policy: later", "KZ2", "later"),
        ("    required: true", "    required: 1", "KZ2", "1\n---"),
        ('condition: context.run.agent == "coach"', "condition: len(context.run)", "KZ503", "len("),
        ("  priority: medium", "  priority: 3", "KZ2", "3\n  labels"),
        ("  due_in_days: 3", '  due_in_days: "3"', "KZ2", '"3"'),
        ("for_each: context", "for_eech: context", "KZ2", "for_eech"),
        ("  labels: [kaizen, coach]", "  labels: [kaizen, 7]", "KZ2", "7]"),
    ],
)
def test_position_is_the_one_in_the_file(tmp_path: Path, old: str, new: str, code: str, mark: str) -> None:
    text, found = broken(tmp_path, old, new)
    before = text[: text.index(mark)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    places = [(problem.line, problem.column) for problem in found if problem.code.startswith(code)]
    assert (line, column) in places, found
    assert all(problem.hint for problem in found if (problem.line, problem.column) == (line, column))


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    text = packaged_definition(COACH).text
    for old, new in (
        ("Europe/Berlin\n", "Europe/Berln\n"),
        ("due_in_days: 3", "due_in_days: x"),
        ("status: ", "statis: "),
    ):
        text = text.replace(old, new, 1)
    path = tmp_path / "broken.md"
    path.write_text(text, encoding="utf-8")
    lines = {problem.line for problem in problems(path)}
    assert {text[: text.index(word)].count("\n") + 1 for word in ("statis", "due_in_days: x")} <= lines


def test_position_of_a_syntax_error_in_a_rule_block(tmp_path: Path) -> None:
    text, found = broken(tmp_path, "  labels: [kaizen, coach]", "  labels: [kaizen, coach")
    at = text[: text.index("labels:")].count("\n") + 1
    assert found[0].code == "KZ115"
    assert found[0].line is not None
    assert at <= found[0].line <= at + 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "KZ114"),
        (b"# missing frontmatter\n", "KZ121"),
        (b"---\nid: x\n", "KZ121"),
        (b"---\nid: \xff\n---\n", "KZ110"),
        (b"---\nid: \x00\n---\n", "KZ111"),
        (b"---\nid: " + b"[" * 10_000 + b"\n---\n", "KZ113"),
        (b"---\nid: &a x\nname: *a\n---\n", "KZ116"),
        (b"---\nid: x\nid: y\n---\n", "KZ118"),
        (b"x" * (256 * 1024 + 1), "KZ112"),
        (b"---\nid: x\n---\n" + b"> " * 60_000, "KZ2"),
        (b"---\nid: x\n---\n" + b"- " * 60_000, "KZ2"),
        (b"---\nid: x\n---\n" + b"[" * 100_000, "KZ2"),
        (b"---\nid: x\n---\n" + b"`" * 200_000, "KZ2"),
        (b"---\nid: x\n---\n" + b"```rule\n" * 25_000, "KZ2"),
        (b"---\nid: x\n---\n" + b"```rule\n```\n" * 15_000, "KZ5"),
    ],
    ids=[
        *("empty", "prose", "open", "bytes", "nul", "deep", "alias", "twice", "large"),
        *("quotes", "lists", "brackets", "ticks", "open-blocks", "empty-blocks"),
    ],
)
def test_invalid_input_is_a_diagnostic_within_a_second(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "bad.md"
    path.write_bytes(data)
    began = time.process_time()
    found = problems(path)
    spent = time.process_time() - began
    assert any(problem.code.startswith(code) for problem in found), found[:3]
    assert spent < (8 if "coverage" in sys.modules else 1)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("absent", "KZ101"),
        ("folder", "KZ102"),
        ("fifo", "KZ102"),
        ("device", "KZ102"),
        ("loop", "KZ104"),
        ("outside", "KZ104"),
    ],
)
def test_path_that_is_not_a_regular_file(tmp_path: Path, kind: str, code: str) -> None:
    path = tmp_path / "definition.md"
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "device":
            path = Path("/dev/zero")
        case "outside":
            path.symlink_to(packaged_definition(COACH).file)
        case "loop":
            path.symlink_to(path.name)
    [problem] = problems(path)
    assert (problem.code, problem.line) == (code, None)


def test_other_code_blocks_are_ignored(tmp_path: Path) -> None:
    text = packaged_definition(COACH).text
    path = tmp_path / "definition.md"
    path.write_text(text + "\n```yaml\nid: [\n```\n\n    ```rule\n    id: [\n    ```\n", encoding="utf-8")
    assert len(load_definition(str(path)).rules) == 1


HEAD, RULE = packaged_definition(COACH).text.split("```rule\n")
BLOCK, TAIL = RULE.split("```\n", 1)
WRONG = BLOCK.replace("context.run.agent ==", "context.run.agnt ==")


def behind(prefix: str, text: str) -> str:
    return "".join(f"{prefix}{line}" for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("block", "column"),
    [
        (f"~~~rule\n{WRONG}~~~\n", 12),
        (f"``````rule\n{WRONG}``````\n", 12),
        (behind("   ", f"```rule\n{WRONG}```\n"), 15),
        (behind("> ", f"```rule\n{WRONG}```\n"), 14),
        ("- in a list\n\n" + behind("  ", f"```rule\n{WRONG}```\n"), 14),
        (f"````text\n```rule\nid: [\n```\n````\n\n```rule\n{WRONG}```\n", 12),
        (f"<!--\n```rule\nid: [\n```\n-->\n\n```rule\n{WRONG}```\n", 12),
        (f"---\n\n```rule\n{WRONG}```\n\n---\n", 12),
    ],
    ids=["tildes", "long", "indented", "quoted", "in a list", "behind a nested one", "behind a comment", "ruled off"],
)
@pytest.mark.parametrize("dress", ["plain", "crlf", "bom", "fence in the header"])
def test_position_of_a_rule_with_any_fence(tmp_path: Path, block: str, column: int, dress: str) -> None:
    text = HEAD + block + TAIL
    if dress == "fence in the header":
        text = text.replace("name: Weekly coach orientation\n", "name: |\n  ```\n  Weekly\n\n  <!--\n")
    line = text[: text.index("agnt")].count("\n") + 1
    path = tmp_path / "definition.md"
    data = ("\ufeff" if dress == "bom" else "") + (text.replace("\n", "\r\n") if dress == "crlf" else text)
    path.write_bytes(data.encode())
    [found] = problems(path)
    assert (found.code, found.line, found.column) == ("KZ503", line, column)


@pytest.mark.parametrize(
    ("block", "message", "hint"),
    [
        (f"```rule\n{BLOCK}", "the rule block is not closed", "add a line ``` after it"),
        ("```rule\n\n```\n", "the rule block is empty", "id, for_each, bind_to, condition, action"),
        ("```rule\n", "the rule block is", ""),
        (f"```Rule\n{BLOCK}```\n", 'invalid block marker "Rule"', "write only rule"),
        (f"```rules\n{BLOCK}```\n", 'invalid block marker "rules"', "write only rule"),
        (f"```rule title=x\n{BLOCK}```\n", 'invalid block marker "rule title=x"', "only rule"),
    ],
    ids=["unclosed", "empty", "last line", "capital", "plural", "title"],
)
def test_invalid_rule_block_is_reported_at_its_fence(tmp_path: Path, block: str, message: str, hint: str) -> None:
    path = tmp_path / "definition.md"
    text = f"{HEAD}```rule\n{BLOCK.replace('for-each-repo', 'too')}```\n\n{block}"
    path.write_text(text if message.startswith("the rule block is") else text + TAIL, encoding="utf-8")
    [found] = problems(path)
    assert (found.code, found.line, found.column) == ("KZ502", text[: -len(block)].count("\n") + 1, 1)
    assert found.message.startswith(message)
    assert hint in str(found.hint)


def test_definition_without_a_rule(tmp_path: Path) -> None:
    _, found = broken(tmp_path, "```rule", "```yaml")
    assert "missing rule" in found[0].message
