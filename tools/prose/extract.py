"""The prose of a file: everything else is masked, so that each word keeps its line and column."""

import io
import re
import tokenize
from collections.abc import Iterator
from itertools import accumulate

from markdown_it import MarkdownIt

GENERATED = "<!-- Generated from the code"
_CODE = ";"  # masks code, so that no phrase crosses it
_VALUE = "x"  # masks a value inside a phrase: a placeholder, a code span, a path
_MARKDOWN_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)|\]\([^)\s]+|<!--.*?-->|https?://\S+", re.DOTALL)
_PATH = re.compile(r"[\w./-]+\.(?:html|md|py|toml|yml)\b")
_PLACEHOLDER = re.compile(r"\{[^{}\n]*\}")
_ESCAPE = re.compile(r"\\[nrt]")
_QUOTES = re.compile(r"""^[A-Za-z]{0,2}(?:\"{3}|'{3}|["'])|(?:\"{3}|'{3}|["'])$""")
_FSTRING_START, _FSTRING_END = (getattr(tokenize, f"FSTRING_{end}", None) for end in ("START", "END"))


def prose_of(name: str, text: str) -> str:
    """Return the prose of a file, by the suffix of its name; a generated page has none."""
    if text.startswith(GENERATED):
        return ""
    text = _PATH.sub(lambda match: _VALUE * len(match[0]), text)
    if name.endswith(".md"):
        return _markdown(text)
    return _python(text) if name.endswith((".py", ".pyi")) else text


def _markdown(text: str) -> str:
    lines = text.splitlines(keepends=True)
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type in {"fence", "code_block"} and token.map:
            for number in range(*token.map):
                lines[number] = _masked(lines[number], _CODE)
    return _MARKDOWN_CODE.sub(lambda match: _masked(match[0], _VALUE), "".join(lines))


def _python(text: str) -> str:
    """Return strings, comments and the names of tests. Quotes become spaces, so that joined strings form one phrase."""
    offsets = [0, *accumulate(map(len, text.splitlines(keepends=True)))]
    result, done = "", 0
    for kind, start, end in _tokens(text):
        first, last = (offsets[line - 1] + column for line, column in (start, end))
        result += _masked(text[done:first], _CODE) + _prose_of_token(kind, text[first:last])
        done = last
    return result + _masked(text[done:], _CODE)


def _tokens(text: str) -> Iterator[tuple[int, tuple[int, int], tuple[int, int]]]:
    """Yield the tokens that contain prose: kind, start and end. From Python 3.12 on, an f-string is many tokens."""
    depth, begun = 0, (0, 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == _FSTRING_START:
            begun = begun if depth else token.start
            depth += 1
        elif token.type == _FSTRING_END:
            depth -= 1
            if not depth:
                yield tokenize.STRING, begun, token.end
        elif not depth and token.type in {tokenize.STRING, tokenize.COMMENT, tokenize.NAME}:
            yield token.type, token.start, token.end


def _prose_of_token(kind: int, token: str) -> str:
    if kind == tokenize.COMMENT:
        return token.replace("#", " ", 1)
    if kind == tokenize.NAME:
        return token.replace("_", " ") if token.startswith("test_") else _masked(token, _CODE)
    token = _QUOTES.sub(lambda match: " " * len(match[0]), token)
    token = _ESCAPE.sub("  ", token)
    for _ in range(2):  # a format specification may contain a placeholder
        token = _PLACEHOLDER.sub(lambda match: _VALUE * len(match[0]), token)
    return token


def _masked(text: str, mask: str) -> str:
    return re.sub(r"\S", mask, text)
