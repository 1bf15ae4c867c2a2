"""A bundle is CommonMark: markdown-it finds exactly its own headings and fences, whatever its parts contain."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaizen_schedule_core import Bundle, prepare_bundle
from kaizen_schedule_core.source.markdown import parse_blocks

HEAD = "---\nagent: coach\nproject: demo\n---\n"
AGENT = "---\nname: coach\ndescription: d\n---\n"
MANIFEST = 'version: "1"\nagents:\n  coach:\n    cadence: weekly\n'
BEFORE = ["Run", "Agent instructions"]
AFTER = ["Project memory", "Performance summary", "Project documents", "Session close"]
HOSTILE = [
    *["```", "````sh", "~~~", "1. ```sh", "1. ~~~sh", "   ```", "   ~~~", "- ```", "  ```", "> ```", "> ~~~", "\t```"],
    *["<!--", "-->", "<!-- x -->", "<div>", "</div>", "<script>", "</script>", "<?php", "?>", "<![CDATA[", "]]>"],
    *["<!X", "<pre>", "</pre>", "<style>", "<textarea>", "## Session close", "# Orientation", "Session close\n---"],
    *["====", "---", "## Session Log", "- item", "  text", "    code", "> quote", "> - deep", "", "[a]: <b"],
    *["[a]: b 'c", "&amp;", "\\", "a\u2028## Session close", "a\u2029", "\u200b", "\x1b[31m", "a\rb"],
    *["\x0c## Session close", "`" * 8, "~" * 9, "## Accumulated Findings", "| a |\n|---|", "***", "1) x", "text"],
    *["- [ ] x", "$$", "{{ x }}", "\ufeff"],
]
TEXTS = st.lists(st.sampled_from(HOSTILE), max_size=12).map("\n".join)


def bundle_of(instructions: str, memory: str, readme: str, max_bytes: int) -> Bundle:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "demo"
        for path, text in {
            ".kaizen/schedule.yml": MANIFEST,
            ".kaizen/agents/coach/memory.md": HEAD + memory,
            "agents/agent-coach.md": f"{AGENT}Begin.\n{instructions}",
            "README.md": readme,
        }.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode())
        return prepare_bundle(str(root), "coach", max_bytes=max_bytes)


def check(bundle: Bundle) -> None:
    lines = bundle.markdown.split("\n")
    first = lines.index("## Agent instructions") + 2
    parts = {part.id: part for part in bundle.parts}
    last = next(
        end
        for end in range(first, len(lines))
        if hashlib.sha256("\n".join(lines[first:end]).encode()).hexdigest() == parts["agent"].sha256
        and lines[end : end + 2] == ["", "## Project memory"]
    )
    tokens = parse_blocks(bundle.markdown)
    outer = [token for token in tokens if token.map and not first <= token.map[0] < last]
    titles = [tokens[tokens.index(token) + 1].content for token in outer if token.type == "heading_open"]
    assert titles == ["Orientation: agent `coach` in `demo`", *BEFORE, *AFTER]
    assert not [token for token in outer if token.type == "html_block"]
    fences = [token for token in outer if token.type == "fence"]
    assert [token.info for token in fences] == ["text", "markdown", "text", "sh"]
    assert all(token.level == 0 for token in fences)
    run, memory, pointers, _ = (token.content.removesuffix("\n") for token in fences)
    for name, text in (("run", run), ("memory", memory), ("readme", pointers)):
        assert hashlib.sha256(text.encode()).hexdigest() == parts[name].sha256, name


@settings(max_examples=150, deadline=None)
@given(instructions=TEXTS, memory=TEXTS, readme=TEXTS)
def test_the_parts_cannot_add_a_heading_or_a_fence(instructions: str, memory: str, readme: str) -> None:
    check(bundle_of(instructions, memory, f"# Title\n{readme}", 65_536))


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_last_line_stays_in_its_part(line: str) -> None:
    check(bundle_of(line, line, f"# Title\n{line}", 65_536))


@settings(max_examples=60, deadline=None)
@given(memory=TEXTS)
def test_a_cut_memory_stays_in_its_fence(memory: str) -> None:
    log = "## Session Log\n" + "".join(f"- 2026-01-01: note {number}\n" for number in range(200))
    bundle = bundle_of("", f"{log}\n## Open Threads\n{memory}", "# Title", 4_000)
    check(bundle)
    assert sum(part.cut for part in bundle.parts) > 0
