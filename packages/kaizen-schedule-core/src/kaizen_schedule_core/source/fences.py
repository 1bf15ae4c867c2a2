"""Code fences in Markdown text: the lines inside them, and a fence that is not closed."""

import re
from collections.abc import Iterable, Iterator

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)", re.DOTALL)


def mark_code(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it is in or part of a fenced code block (CommonMark)."""
    fence = ""
    for line in lines:
        after = _after(line, fence)
        yield line, bool(fence or after)
        fence = after


def open_fence(text: str) -> str:
    """Return the fence that is not closed at the end of the text, or an empty string."""
    fence = ""
    for line in text.split("\n"):
        fence = _after(line, fence)
    return fence


def _after(line: str, fence: str) -> str:
    match = _FENCE.match(line)
    if match is None:
        return fence
    run, rest = match[1], match[2].strip()
    if not fence:
        return "" if run[0] == "`" and "`" in rest else run
    closes = run[0] == fence[0] and len(run) >= len(fence) and not rest
    return "" if closes else fence
