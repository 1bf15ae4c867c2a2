"""The prose check finds every phrase of its list, at the right position, and nothing in correct text."""

from pathlib import Path

import pytest
from prose.__main__ import problems, register, style

FOLDER = Path(__file__).parent
PYTHON = '''"""Write it @anew."""
text = f("an answer that is @no "
         f"{roster} from {place}")
other = f("is", "no file")  # @mend it
def test_a_file_that_@stands(): ...
# It does not
# go @by the clock, it @goes
# by the fires.
'''


@pytest.fixture(scope="module", autouse=True)
def registered() -> None:
    register()


def found(name: str, text: str) -> list[tuple[int, str]]:
    """Return the line and the message of each problem."""
    rows = [problem.split(":", 3) for problem in problems(name, text)]
    return [(int(line), message.strip()) for _, line, _, message in rows]


def test_every_rule_finds_its_sentence() -> None:
    sentences = (FOLDER / "planted.txt").read_text(encoding="utf-8").splitlines()
    rules = list(style().values())
    assert len(sentences) == len(rules) >= 40
    for number, (sentence, replacement) in enumerate(zip(sentences, rules, strict=True), 1):
        messages = [message for _, message in found("page.md", sentence)]
        assert any(message.endswith(f": write {replacement}") for message in messages), (number, sentence, messages)


def test_correct_sentences_are_not_found() -> None:
    assert found("page.md", (FOLDER / "allowed.txt").read_text(encoding="utf-8")) == []


def test_only_the_prose_of_markdown_is_checked() -> None:
    text = "# Anew\n\nIt is no\nfolder: `anew`, [a](anew.md).\n\n```text\nanew\n```\n\n| a | anew |\n|---|---|\n"
    assert [line for line, _ in found("page.md", text)] == [1, 3, 10]
    assert found("page.md", "<!-- Generated from the code -->\n\nAnew.\n") == []


def test_strings_comments_and_test_names_of_python_are_checked() -> None:
    text = PYTHON.replace("@", "")
    assert [line for line, _ in found("module.py", text)] == [1, 2, 4, 5, 7]
    assert found("module.py", "anew = mend(floors)\n") == []


def test_positions_are_those_of_the_file() -> None:
    text = 'raise Error(\n    f"{name!r} is no folder: {hint}"\n)\n'
    assert list(problems("module.py", text)) == [
        'module.py:2:16: "is no folder": write is not a, has no, does not exist'
    ]


@pytest.mark.parametrize(("name", "mark"), [("page.md", "<!-- {} -->"), ("module.py", "# {}")])
def test_an_exception_counts_on_its_line_only_and_must_be_needed(name: str, mark: str) -> None:
    mark = mark.format("prose-ok: a quotation")
    line = {"page.md": "Anew.", "module.py": '"anew"'}[name]
    assert found(name, f"{line} {mark}\n") == []
    assert [number for number, _ in found(name, f"{line}\n{mark}\n")] == [1, 2]
    assert found(name, f"{mark}\n") == [(1, "unused prose-ok: remove it")]
