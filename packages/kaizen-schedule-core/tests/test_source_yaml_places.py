"""Positions of values: lines and columns from 1, in code points, the end exclusive."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_core.diagnostics import Span
from kaizen_schedule_core.source.document import Document
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.text import line_at, span_at
from kaizen_schedule_core.source.yaml.parser import parse_yaml
from kaizen_schedule_core.source.yaml.scalars import resolve_plain

# PyYAML writes by YAML 1.1, where 0E0 is text that needs no quotes: what 1.2 reads as a number is left out.
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6).filter(
    lambda text: resolve_plain(text) == text
)
TREES: st.SearchStrategy[Any] = st.recursive(
    WORDS | st.integers(),
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(WORDS, inner, min_size=1, max_size=4),
    max_leaves=10,
)
LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def cut(text: str, span: Span) -> str:
    """The stretch of a text that a span names, found by lines and columns alone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inner is None:
        return [(path, value)]
    return [leaf for key, below in inner for leaf in leaves(below, (*path, key))]


@given(st.dictionaries(WORDS, TREES, min_size=1, max_size=4), st.sampled_from([True, False, None]), LINE_ENDS)
def test_the_span_of_a_value_holds_its_text(tree: Any, flow: bool | None, end: str) -> None:  # noqa: FBT001
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=True, sort_keys=False).replace("\n", end)
    document = parse_yaml(text, file="x")
    for path, value in leaves(document.value):
        assert parse_yaml(cut(text, document.span(path)), file="x").value == value
        if isinstance(path[-1], str):
            key = cut(text, document.span(path, key=True)).strip()
            assert parse_yaml(key, file="x").value in (path[-1], yaml.safe_load(key))
            assert str(parse_yaml(f"- {key}", file="x").value[0]) == path[-1]


@given(st.text("ab\r\n🎺", max_size=30), st.data())
def test_a_span_counts_code_points_and_any_line_end(text: str, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(text)))
    start = data.draw(st.integers(0, end))
    if any(text[at - 1 : at + 1] == "\r\n" for at in (start, end) if at):
        return  # between the two halves of one line end has no position
    span = span_at(text, start, end)
    assert cut(text, span) == text[start:end].replace("\r\n", "\n").replace("\r", "\n")
    assert line_at(text, start) == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[span.line - 1]


def place(document: Document, *path: str | int, key: bool = False) -> tuple[int, int, int, int]:
    span = document.span(path, key=key)
    return span.line, span.column, span.end_line, span.end_column


MANIFEST = """\
version: "1"
agents: # who
  coach: {cadence: weekly, "x 🎺": 🎺   }
  'optimization':
    cadence: weekly   # so often
    cron: |
      0 9 * * 1

    nothing:
  # last
"""


@pytest.mark.parametrize(
    ("path", "key", "expected"),
    [
        (("version",), False, (1, 10, 1, 13)),
        (("version",), True, (1, 1, 1, 8)),
        (("agents", "coach"), False, (3, 10, 3, 40)),
        (("agents", "coach", "x 🎺"), True, (3, 28, 3, 33)),
        (("agents", "coach", "x 🎺"), False, (3, 35, 3, 36)),
        (("agents", "optimization"), True, (4, 3, 4, 17)),
        (("agents", "optimization", "cadence"), False, (5, 14, 5, 20)),
        (("agents", "optimization", "cron"), False, (6, 11, 7, 16)),
        (("agents", "optimization", "nothing"), False, (9, 5, 9, 12)),
        (("agents", "optimization", "gone"), False, (4, 3, 4, 17)),
        (("agents", "gone", "deeper"), False, (2, 1, 2, 7)),
        (("gone",), False, (1, 1, 1, 1)),
        ((), True, (1, 1, 1, 1)),
    ],
    ids=str,
)
def test_places_are_those_a_person_would_point_at(
    path: tuple[str, ...],
    key: bool,  # noqa: FBT001
    expected: tuple[int, int, int, int],
) -> None:
    assert place(parse_yaml(MANIFEST, file="x"), *path, key=key) == expected


def test_a_block_mapping_ends_with_its_last_value_not_with_the_next_token() -> None:
    document = parse_yaml("a:\n  b: 1\n  # a comment\n\nc: 2\n", file="x")
    assert place(document, "a") == (2, 3, 2, 7)


def test_a_diagnostic_carries_the_line_it_points_into() -> None:
    [found] = parse_yaml("a: 1\r\nb: &x 2\r\n", file="x").problems
    assert (found.line, found.column, found.end_column, found.excerpt) == (2, 4, 6, "b: &x 2")


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('version: "1"\ntimezone Europe/Berlin\nagents:\n  coach: {}\n', "KZ115", 2, 1),
        ("agents:\n  coach:\n    cadence weekly\n    enabled: true\n", "KZ115", 3, 5),
        ("agents:\n  coach:\n    cadence:weekly\n    enabled: true\n", "KZ115", 3, 12),
        ("a: 1\nb: c: d\n", "KZ115", 2, 5),
        ('a: 1\nb: "c\nd: 2\n', "KZ115", 2, 4),
        ("a: 1\nb: [c\nd: 2\n", "KZ115", 2, 4),
        ("a: 1\nb: {c: 1\nd: 2\n", "KZ115", 2, 4),
        ("a: 1\n b: 2\n", "KZ115", 2, 2),
        ("a:\n  b: 1\n c: 2\n", "KZ115", 3, 2),
        ("a:\n\tb: 1\n", "KZ119", 2, 1),
        ("a:\n  b:\n  \tc: 1\n", "KZ119", 3, 3),
        ("a: 1\r\nb: @c\r\n", "KZ115", 2, 4),
        ("a: 1\rb: @c\r", "KZ115", 2, 4),
        ("🎺🎺: @c\n", "KZ115", 1, 5),
        ("a: 1\nb: ]\n", "KZ115", 2, 4),
        ("a: }\n", "KZ115", 1, 4),
        ("%TAG\n---\na: 1\n", "KZ115", 1, 1),
    ],
    ids=ascii,
)
def test_a_syntax_error_points_at_the_mistake(text: str, code: str, line: int, column: int) -> None:
    [found] = parse_yaml(text, file="x").problems
    assert (found.code, found.line, found.column) == (code, line, column)


@pytest.mark.parametrize("text", ['a: "C:\\qsort"\n', 'a: "\\uD800"\n', 'a: "\\x4"\nb: 2\n'])
def test_an_escape_that_does_not_exist_is_not_called_a_quote_that_is_never_closed(text: str) -> None:
    [found] = parse_yaml(text, file="x").problems
    assert (found.code, found.line) == ("KZ115", 1)
    assert "never closed" not in found.message


def test_frontmatter_keeps_the_places_of_the_file() -> None:
    parsed = parse_frontmatter("---\nname: coach\nmemory: &x off\n---\r\n# Body\n", file="x")
    assert parsed.document.value == {"name": "coach", "memory": "off"}
    assert [(found.code, found.line, found.column) for found in parsed.document.problems] == [("KZ116", 3, 9)]
    assert place(parsed.document, "name") == (2, 7, 2, 12)
    assert parsed.body == "# Body\n"
    assert parsed.body_start == len("---\nname: coach\nmemory: &x off\n---\r\n")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("# Coach\n", "KZ121"),
        ("---\nname: coach\n", "KZ121"),
        (" ---\nname: coach\n---\n", "KZ121"),
        ("---x\nname: coach\n---\n", "KZ121"),
        ("", "KZ114"),
        ("\n \n", "KZ114"),
        ("---\n---\nbody\n", "KZ114"),
    ],
    ids=ascii,
)
def test_a_file_without_frontmatter_is_reported_at_its_first_place(text: str, code: str) -> None:
    [found] = parse_frontmatter(text, file="x").document.problems
    assert (found.code, found.line, found.column) == (code, 1, 1)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\na: 1\n---", ""),
        ("---\na: 1\n---\n", ""),
        ("---\r\na: 1\r\n---\r\nbody\r\n", "body\r\n"),
        ("--- \na: 1\n---\t\n\nbody\n---\nmore\n", "\nbody\n---\nmore\n"),
    ],
    ids=ascii,
)
def test_the_body_is_what_follows_the_closing_line(text: str, body: str) -> None:
    parsed = parse_frontmatter(text, file="x")
    assert parsed.document.value == {"a": 1}
    assert parsed.body == body == text[parsed.body_start :]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\nname: a\ndescription: b\n", 1),
        ("---\nname: a\ndescription: b\n\n# Title\n\nText.\n", 5),
        ("---\nname: a\ndescription: b\n\nText.\n\n---\n\nMore.\n", 5),
        ("---\r\nname: a\r\n# Title\r\nText.\r\n---\r\n", 3),
    ],
)
def test_frontmatter_that_is_not_closed_is_reported_where_it_should_end(text: str, line: int) -> None:
    [found] = parse_frontmatter(text, file="x").document.problems
    assert (found.code, found.line, found.message) == ("KZ121", line, "the frontmatter is not closed")


@pytest.mark.parametrize(
    "value", ["Use: it", '"a" or "b"', "*a* b", "`a` b", "@a", "[a] b", "{a} b", "&a b", "!a b", "- a", "it's: [a"]
)
def test_prose_that_is_not_yaml_is_to_be_written_as_a_block(value: str) -> None:
    parsed = parse_frontmatter(f"---\nname: a\ndescription: {value}\n---\nText.\n", file="x")
    assert parsed.document.problems[0].hint == (
        'write "description: >-", and the text on the next line, indented by two spaces'
    )
    block = parse_frontmatter(f"---\nname: a\ndescription: >-\n  {value}\n---\nText.\n", file="x")
    assert block.document.value == {"name": "a", "description": value}


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2009"])
@pytest.mark.parametrize(
    "text", ["a:\n{0}b: 1\n", "a:\n  {0}b: 1\n", "a: >-\n{0}b: 1\n", "a: {{{0}b: 1}}\n", "{0}a: 1\n"]
)
def test_a_no_break_space_for_indentation_is_named(blank: str, text: str) -> None:
    [found] = parse_yaml(text.format(blank), file="x").problems
    assert (found.code, found.message) == ("KZ115", f"U+{ord(blank):04X} is used instead of a space")
