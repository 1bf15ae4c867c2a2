import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import kaizen_activity_defs
from kaizen_schedule_cli.app import GROUPS
from kaizen_schedule_core import CODES
from reference.command_line import command_line_page
from reference.definitions import FOLDER, definition_pages
from reference.diagnostics import diagnostics_page
from reference.markdown import table
from reference.shapes import shape

ROOT = Path(__file__).parents[2]


def test_every_command_and_group_has_a_section_with_its_example() -> None:
    page = command_line_page()
    sections = dict(re.findall(r"^### (\w+ [\w-]+) \{ #[\w-]+ \}\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    assert len(sections) >= 27
    for name, text in sections.items():
        assert f'```bash title="Example"\nkaizen-agentic {name} ' in text.replace(f"{name}\n", f"{name} \n"), name
        assert f"[`{name}`](#{name.replace(' ', '-')})" in page
    assert [group for group in GROUPS if f"## {group} {{ #{group} }}" not in page] == []
    assert "notes: [{message: string, file: string | null, line: integer | null" in sections["schedule validate"]
    assert "root: string | null" in sections["roster explain"]


def test_every_code_has_a_section_that_its_own_name_leads_to() -> None:
    page = diagnostics_page()
    parts = dict(re.findall(r"^### (KZ\d{3}): [^\n]*\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    assert list(parts) == list(CODES)
    for code, text in parts.items():
        assert f"{{ #{code.lower()} }}" in page
        assert f"[{code}](#{code.lower()})" in page
        if "What is printed" in text:
            assert f"[{code}]: " in text.partition("What is printed")[2].partition("```\n")[0]
    assert sum("What is printed" in text for text in parts.values()) >= 50
    assert (
        '```yaml title="Wrong" hl_lines="4"\nversion: "1"\nagents:\n  coach:\n    cadence: weekley\n' in parts["KZ203"]
    )
    assert 'did you mean "weekly"?' in parts["KZ203"]


def test_every_draft_has_its_page_with_its_fires() -> None:
    pages = definition_pages()
    drafts = kaizen_activity_defs.packaged_definitions()
    assert set(pages) == {f"{FOLDER}/{Path(draft.file).name}" for draft in drafts} | {f"{FOLDER}/index.md"}
    for draft in drafts:
        page = pages[f"{FOLDER}/{Path(draft.file).name}"]
        assert draft.text.strip() in page
        assert len(re.findall(r"^\| \w{3} 2026-1[01]-\d\d ", page, re.MULTILINE)) == 5
        keys = page.partition("## What each key means")[2]
        assert [line for line in keys.splitlines() if line.startswith("| `") and line.endswith("|  |")] == []
    weekly = pages[f"{FOLDER}/weekly-coach-orientation.md"]
    assert "| Mon 2026-10-19 09:00 +0200 | 2026-10-19T07:00:00Z |" in weekly
    assert "| Mon 2026-10-26 09:00 +0100 | 2026-10-26T08:00:00Z |" in weekly


def test_a_bar_in_a_cell_ends_no_cell() -> None:
    assert table(["a|b"], [["`c|d<`"]]).splitlines() == ["| a&#124;b |", "| --- |", "| <code>c&#124;d&lt;</code> |"]


def test_a_shape_has_the_keys_and_kinds_of_its_type() -> None:
    @dataclass
    class Row:
        a: int | None
        b: tuple[str, ...]

    @dataclass
    class Answer:
        version: Literal["1"]
        counts: dict[Literal["x-y", "z"], float]
        rows: tuple[Row, ...]
        long: dict[Literal["first-of-two-long-names-of-keys", "second-of-two-long-names-of-keys"], tuple[Row, ...]]

    assert shape(Answer).splitlines() == [
        "{",
        '  version: "1",',
        "  counts: {x-y: number, z: number},",
        "  rows: [{a: integer | null, b: [string]}],",
        "  long: {",
        "    first-of-two-long-names-of-keys: [{a: integer | null, b: [string]}],",
        "    second-of-two-long-names-of-keys: [{a: integer | null, b: [string]}]",
        "  }",
        "}",
    ]
