"""Whatever the bytes: a diagnostic with a code, within a second, and nothing else."""

import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Diagnostic, KaizenError, RepositoryAgents, check_manifest
from kaizen_schedule_core.manifest import MANIFEST_LIMIT
from kaizen_schedule_core.source.frontmatter import parse_frontmatter
from kaizen_schedule_core.source.text import decode

MANY_PROBLEMS = (Path(__file__).parent / "corpus" / "bad" / "many-problems.yml").read_bytes()
LIMIT = MANIFEST_LIMIT
HEAD = b'version: "1"\nagents:\n'

SIGNS = [*"[]{},:?-&*!|>'\"%@`#~<= \n\t\r\\", "\n  ", "\n    ", ": ", "- ", "? ", "---\n", "...\n", "<<: ", "*a", "&a "]
WORDS = ["version", "agents", "coach", "cadence", "cron", "weekly", "'1'", '"1"', "true", "x-", "0 9 * * 1", "@weekly"]
ODDITIES = ["\x85", "\u2028", "\0", "\ufeff", "🎺", "*/5 * * * *", "1.5", "9" * 30, "\\u0041", "!!str ", "!<", "%YAML "]
YAML_LIKE = st.lists(st.sampled_from([*SIGNS, *WORDS, *ODDITIES]), max_size=60).map("".join)


# Twice the second of the contract, because a busy machine is slower; coverage is several times slower.
SECONDS = 8.0 if "coverage" in sys.modules else 2.0


class TooSlow(BaseException):
    """A second is over; nothing under test catches this."""


def stop(_signal: int, _frame: object) -> None:
    raise TooSlow


def problems_of(data: bytes) -> tuple[Diagnostic, ...]:
    """What is reported of a manifest, which must not take longer than `SECONDS` of this process's own time."""
    found: tuple[Diagnostic, ...] | None = None
    gc.disable()  # the command line collects rarely too; here, it would visit all objects of the tests
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        found = check_manifest(data, file="x", agents=RepositoryAgents(None)).diagnostics
    except KaizenError as error:
        found = error.diagnostics
    except TooSlow:
        pass
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        gc.enable()
        signal.signal(signal.SIGVTALRM, before)
    if found is None:  # outside of the handlers, whose history would be shown: megabytes
        pytest.fail("no answer in time", pytrace=False)
    return found


@given(st.binary(max_size=300))
def test_random_bytes_are_answered(data: bytes) -> None:
    assert problems_of(data)


@settings(max_examples=500)
@given(YAML_LIKE)
def test_random_yaml_is_answered(text: str) -> None:
    for found in problems_of(text.encode()):
        assert found.line
        assert found.column
        assert found.end_line
        assert found.end_column
        assert (found.line, found.column) <= (found.end_line, found.end_column)


@settings(max_examples=300)
@given(YAML_LIKE)
def test_random_frontmatter_is_answered(text: str) -> None:
    parsed = parse_frontmatter(f"---\n{text}\n---\nbody\n", file="x")
    assert parsed.body.endswith("body\n")
    assert isinstance(parsed.document.problems, tuple)


@settings(max_examples=300)
@given(st.integers(0, len(MANY_PROBLEMS)), st.integers(0, 40), st.binary(max_size=4))
def test_a_broken_file_with_a_random_cut_is_answered(at: int, length: int, instead: bytes) -> None:
    assert problems_of(MANY_PROBLEMS[:at] + instead + MANY_PROBLEMS[at + length :])


@given(st.binary(max_size=60))
def test_decoding_gives_text_or_the_place_of_the_first_wrong_byte(data: bytes) -> None:
    try:
        text = decode(data, file="x")
    except KaizenError as error:
        [found] = error.diagnostics
        assert found.code in {"KZ110", "KZ111"}
        assert found.line
        assert found.column
    else:
        assert data.removeprefix(b"\xef\xbb\xbf").decode() == text
        assert not any(ord(char) < 32 and char not in "\t\r\n" for char in text)


def repeated(pattern: bytes, size: int = LIMIT) -> bytes:
    return (pattern * (size // len(pattern) + 1))[:size]


def numbered(line: Callable[[int], bytes], head: bytes = HEAD) -> bytes:
    """Different lines, as many as a manifest may hold."""
    lines, size = [head], len(head)
    for number in range(LIMIT):
        lines.append(line(number))
        size += len(lines[-1])
        if size > LIMIT:
            return b"".join(lines[:-1])
    raise AssertionError("empty lines")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(repeated(b"[", 100_000), "KZ113", id="brackets"),
        pytest.param(repeated(b"{", 100_000), "KZ115", id="braces"),
        pytest.param(repeated(b"{a: ", 100_000), "KZ113", id="mappings"),
        pytest.param(repeated(b"- ", 100_000), "KZ113", id="dashes"),
        pytest.param(repeated(b"? ", 100_000), "KZ115", id="questions"),
        pytest.param(repeated(b"[? ", 100_000), "KZ115", id="bracket-questions"),
        pytest.param(b"a: " + repeated(b"&a ", 100_000), "KZ115", id="anchors"),
        pytest.param(b"".join(b" " * n + b"a:\n" for n in range(700)), "KZ113", id="ever-further-in"),
        pytest.param(b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "KZ116", id="small-alias-bomb"),
        pytest.param(b"timezone: " + b"x" * 250_000, "KZ301", id="long-value"),
        pytest.param(b"x" * 250_000 + b": 1\n", "KZ115", id="long-key"),
        pytest.param(b"? " + b"x" * 250_000 + b"\n: 1\n", "KZ202", id="long-complex-key"),
        pytest.param(b"x" * 250_000, "KZ204", id="long-text"),
        pytest.param(b'"' + b"x" * 250_000, "KZ115", id="open-quote"),
        pytest.param(b"version: " + b"9" * 250_000, "KZ207", id="long-number"),
        pytest.param(b'version: "' + b"9" * 250_000 + b'"', "KZ207", id="long-version"),
        pytest.param(
            HEAD + b"  coach: {cadence: daily}\na: " + b"9" * 5_000 + b"\n", "KZ202", id="number-beyond-pythons-limit"
        ),
        pytest.param(
            HEAD + b'  coach: {cadence: daily, cron: "' + b"1," * 120_000 + b'1 * * * *"}', "KZ312", id="long-cron"
        ),
        pytest.param(HEAD + b'  coach: {cadence: daily, cron: "' + b"1 " * 120_000 + b'"}', "KZ312", id="many-fields"),
        pytest.param(b"\n" * 1_000_000, "KZ112", id="a-million-lines"),
        pytest.param(b"\n" * 250_000, "KZ114", id="empty-lines"),
        pytest.param(b"#\n" * 125_000 + HEAD, "KZ212", id="comments"),
        pytest.param(b"\r" * 250_000 + b"\0", "KZ111", id="nul-at-the-end"),
        pytest.param(b"\n" * 250_000 + b"\xff", "KZ110", id="latin-1-at-the-end"),
        pytest.param(b'version: "1"\na: |\n' + repeated(b" x\n", 200_000), "KZ202", id="block-scalar"),
        pytest.param(repeated(b"\t", 100_000), "KZ114", id="tabs-alone"),
        pytest.param(repeated(b"\t", 100_000) + b"a: 1\n", "KZ119", id="tabs"),
    ],
)
def test_one_large_mistake_is_answered_within_a_second(data: bytes, code: str) -> None:
    assert code in {one.code for one in problems_of(data)}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(numbered(lambda n: b"k%d: &k%d [*a, *a]\n" % (n, n), b"a: &a [x, x]\n"), "KZ116", id="alias-bomb"),
        pytest.param(b"a: [" + repeated(b"*a,", 250_000) + b"]\n", "KZ116", id="aliases"),
        pytest.param(repeated(b"- !x y\n", 250_000), "KZ116", id="tags"),
        pytest.param(b"{" + repeated(b"<<: 1, ", 240_000) + b"}", "KZ116", id="merge-keys"),
        pytest.param(repeated(b"a: 1\n", 250_000), "KZ118", id="repeated-keys"),
        pytest.param(b"{" + repeated(b"a: 1, ", 240_000) + b"}", "KZ118", id="repeated-keys-in-braces"),
        pytest.param(repeated(b"?\n", 100_000), "KZ118", id="repeated-empty-keys"),
        pytest.param(repeated(b"? [a]\n: b\n", 200_000), "KZ115", id="lists-as-keys"),
        pytest.param(numbered(lambda n: b"k%d: 1\n" % n, b""), "KZ202", id="unknown-keys"),
        pytest.param(numbered(lambda n: b"  a%d:\n" % n), "KZ212", id="empty-agents"),
        pytest.param(numbered(lambda n: b"  a%d: {cadence: daily}\n" % n), "KZ320", id="unknown-agents"),
        pytest.param(numbered(lambda n: b"  .%d: {cadence: daily}\n" % n), "KZ210", id="agent-names"),
        pytest.param(numbered(lambda n: b"  a%d: {cadence: %d}\n" % (n, n)), "KZ204", id="cadences"),
        pytest.param(numbered(lambda n: b"  a%d: {cadence: daily, enabled: yes}\n" % n), "KZ208", id="booleans"),
        pytest.param(numbered(lambda n: b'  a%d: {cron: "%d x"}\n' % (n, n)), "KZ302", id="crons"),
        pytest.param(numbered(lambda n: b'  a%d: {cron: "%d 1 1 1 1"}\n' % (n, n % 60)), "KZ311", id="both-days"),
        pytest.param(numbered(lambda n: b"  a%d: {cron: 1,2}\n" % n), "KZ120", id="split-crons"),
        pytest.param(numbered(lambda n: b"  a%d: {cron: */5 1}\n" % n), "KZ120", id="crons-without-quotes"),
        pytest.param(HEAD + b"".join(b"  a%d: {version: 1}\n" % n for n in range(6_000)), "KZ202", id="slipped-keys"),
        pytest.param(repeated(b"#\n", 250_000) + b"a: b: c\n", "KZ115", id="comments-above"),
        pytest.param(repeated(b"#\r", 250_000) + b"a: b: c\n", "KZ115", id="comments-above-with-cr"),
        pytest.param(b"x: 1\n" + b"\n" * 250_000 + b" y: 2\n", "KZ115", id="blank-lines-above"),
        pytest.param(b"x: 1\n" + b"\r" * 250_000 + b" y: 2\n", "KZ115", id="blank-lines-above-with-cr"),
        pytest.param(b"a: [ " + repeated(b" #x\n", 250_000), "KZ115", id="comments-in-an-open-bracket"),
        pytest.param(b"a:\n  b: 1\n" + b"    - y\n" * 31_000 + b" z: 1\n", "KZ115", id="deeper-lines-above"),
        pytest.param(b"a: x\n " + b"- " * 125_000 + b": c\n", "KZ115", id="dashes-before-a-colon"),
    ],
)
def test_many_small_troubles_are_answered_within_a_second(data: bytes, code: str) -> None:
    assert len(data) <= LIMIT
    assert code in {one.code for one in problems_of(data)}


def test_a_large_good_manifest_is_read_within_a_second() -> None:
    large = b'version: "1"\nagents:\n  coach: {cadence: daily}\nx-much:\n' + b"  - {a: 1, b: [x, y]}\n" * 11_000
    assert 200_000 < len(large) <= LIMIT
    assert problems_of(large) == ()
