"""YAML 1.2 values, read strictly (ADR-007)."""

import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from kaizen_schedule_core.manifest.cron_and_zone import CRON_KEYS
from kaizen_schedule_core.source.document import UNKNOWN
from kaizen_schedule_core.source.yaml.events import ODD_BLANKS
from kaizen_schedule_core.source.yaml.parser import parse_yaml

# PyYAML's dumper leaves these unquoted, because YAML 1.1 reads them as text; YAML 1.2 reads a number.
ONLY_IN_YAML_1_2 = re.compile(r"[-+]?(0o[0-7]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+|[0-9]+|\.[0-9]+)")
TEXT = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not ONLY_IN_YAML_1_2.fullmatch(text))
KEYS = TEXT.filter(lambda text: text[:1] not in ODD_BLANKS)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


class PlainDumper(yaml.SafeDumper):
    """Dumps without anchors, which a strict reader refuses."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def value_of(text: str) -> Any:
    document = parse_yaml(text, file="x")
    assert document.problems == ()
    return document.value


def same(one: Any, other: Any) -> bool:
    """Equal, and of equal types: 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def texts_of(value: Any) -> str:
    """All texts in a value, unescaped."""
    if isinstance(value, dict):
        return "".join(key + texts_of(inner) for key, inner in value.items())
    return "".join(map(texts_of, value)) if isinstance(value, list) else str(value)


@given(VALUES, st.sampled_from([True, False, None]), st.booleans())
@example(value=[{}, [], "", " ", "a\nb\n", "\u2028", "\x85", "\ufeff", "\0"], flow=False, unicode=False)
def test_what_was_dumped_is_read_back(value: Any, flow: bool | None, unicode: bool) -> None:  # noqa: FBT001
    # Unescaped, these three are line ends to PyYAML's dumper (YAML 1.1), which it cannot read back itself.
    unicode = unicode and not {"\x85", "\u2028", "\u2029"} & set(texts_of(value))
    text = yaml.dump([value], Dumper=PlainDumper, default_flow_style=flow, allow_unicode=unicode, sort_keys=False)
    assert same(value_of(text), [value]), text


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        *zip(("true", "false"), (True, False), strict=True),
        *[("null", None), ("Null", None), ("NULL", None), ("~", None)],
        *[(word, word) for word in ("yes", "no", "on", "off", "Yes", "NO", "On", "OFF", "y", "n", "True", "FALSE")],
        *[
            ("9:30", "9:30"),
            ("1:30:00", "1:30:00"),
            ("1_000", "1_000"),
            ("0b101", "0b101"),
            ("2026-06-17", "2026-06-17"),
        ],
        *[("0", 0), ("-0", 0), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31), ("-12", -12)],
        *[("1.0", 1.0), ("1.", 1.0), (".5", 0.5), ("-1.5e3", -1500.0), ("1.5E-3", 0.0015), ("1e3", 1000.0)],
        *[(".", "."), ("-", [None]), ("+", "+"), ("1.2.3", "1.2.3"), ("1e", "1e"), ("0o8", "0o8"), ("=", "=")],
        *[("\u0663", "\u0663"), ("1\uff10", "1\uff10"), ("nan", "nan"), ("inf", "inf")],
        *[(".inf", float("inf")), ("-.Inf", float("-inf"))],
    ],
    ids=ascii,
)
def test_a_plain_scalar_means_what_yaml_1_2_says(plain: str, value: object) -> None:
    assert same(value_of(f"- {plain}\n"), [value])


@pytest.mark.parametrize("word", ["true", "null", "~", "7", "1.5", "", "*a", "&a", "!a", "@weekly", "- a", "<<"])
def test_quotes_make_it_text(word: str) -> None:
    assert value_of(f'"{word}"') == word
    assert value_of(f"'{word}'") == word
    assert value_of(f'{{"{word}": "{word}"}}') == {word: word}


@pytest.mark.parametrize(
    "text",
    ["version: '1'\nagents: {}\n", "\ufeffversion: '1'\nagents: {}\n", "---\nversion: '1'\nagents: {}\n...\n"],
    ids=["plain", "bom", "marks"],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=ascii)
def test_line_ends_and_marks_are_not_part_of_the_values(text: str, end: str) -> None:
    assert value_of(text.replace("\n", end)) == {"version": "1", "agents": {}}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert value_of("1: a\ntrue: b\nnull: c\n1.5: d\n") == {"1": "a", "true": "b", "null": "c", "1.5": "d"}


@pytest.mark.parametrize("text", ["", "\n\n", "# only\n", "---\n", "--- # x\n...\n", "\ufeff", "%YAML 1.2\n---\n"])
def test_a_file_without_a_value_is_empty(text: str) -> None:
    document = parse_yaml(text, file="x")
    assert document.value is UNKNOWN
    assert [(found.code, found.line, found.column) for found in document.problems] == [("KZ114", 1, 1)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\n", "KZ116"),
        ("a: &x {b: *x}\n", "KZ116"),
        ("a: *x\n", "KZ116"),
        ("a: !x 1\n", "KZ116"),
        ("a: !!int 1\n", "KZ116"),
        ("a: ! 1\n", "KZ116"),
        ("&x a: 1\n", "KZ116"),
        ("!x a: 1\n", "KZ116"),
        ("*x : 1\n", "KZ116"),
        ("<<: {a: 1}\n", "KZ116"),
        ("a: 1\n---\nb: 2\n", "KZ117"),
        ("a: 1\na: 2\n", "KZ118"),
        ("{a: 1, 'a': 2}", "KZ118"),
        ("[{a: 1, a: 2}]", "KZ118"),
        ("? {a: 1}\n: 2\n", "KZ115"),
        ("cron: *x\n", "KZ120"),
        ("cron_expression: */5 * * * *\n", "KZ120"),
        ("{cron: 0 9,17 * * 1, enabled: true}\n", "KZ120"),
    ],
)
def test_what_is_not_plain_data_is_refused(text: str, code: str) -> None:
    document = parse_yaml(text, file="x", quoted=CRON_KEYS)
    assert code in {found.code for found in document.problems}


def test_what_could_be_read_beside_a_mistake_is_read() -> None:
    document = parse_yaml("a: 1\nb: *x\nc: [2, !y 3]\nd: 4\nd: 5\n", file="x")
    assert document.value == {"a": 1, "b": UNKNOWN, "c": [2, UNKNOWN], "d": 4}
    assert len(document.problems) == 3


def test_a_repeated_key_shows_both_places() -> None:
    [found] = parse_yaml("a: 1\n# between\n'a': 2\n", file="x.yml").problems
    assert (found.line, found.column, found.end_line, found.end_column) == (3, 1, 3, 4)
    [note] = found.notes
    assert (note.file, note.line, note.column) == ("x.yml", 1, 1)


@pytest.mark.parametrize("depth", [63, 64])
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")], ids=["list", "mapping", "block"]
)
def test_64_levels_are_read(depth: int, opening: str, closing: str) -> None:
    value = value_of(f"{opening * depth}7{closing * depth}\n")
    for _ in range(depth):
        [value] = value.values() if isinstance(value, dict) else value
    assert value == 7


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")], ids=["list", "mapping", "block"]
)
def test_65_levels_are_refused_at_the_65th(opening: str, closing: str) -> None:
    [found] = parse_yaml(f"{opening * 65}7{closing * 65}\n", file="x").problems
    assert (found.code, found.line, found.column) == ("KZ113", 1, 64 * len(opening) + 1)
