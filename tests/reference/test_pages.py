import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import kaizen_activity_defs
import kaizen_schedule_core
import pytest
from kaizen_schedule_cli.app import GROUPS
from kaizen_schedule_core import CODES
from reference.command_line import command_line_page
from reference.definitions import FOLDER, definition_pages
from reference.diagnostics import diagnostics_page
from reference.fleet_week import DARK, LIGHT, Run, Theme, expected_week, fleet_week
from reference.markdown import table
from reference.python_api import python_api_page
from reference.shapes import shape

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


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


def test_every_public_name_is_on_the_page_of_the_python_api() -> None:
    page = python_api_page()
    for package in (kaizen_schedule_core, kaizen_activity_defs):
        rooms = {"codes", "conformance"}
        missing = [
            name
            for name in package.__all__
            if name not in rooms and f"#### {name} {{ #{package.__name__}.{name} }}" not in page
        ]
        assert missing == []
    assert "roster: str | os.PathLike[str] | Roster," in page
    assert "`conformance.check`" in page


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


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return expected_week(ROOT)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_week_shows_each_expected_run_once_and_says_so_in_words(theme: Theme, runs: list[Run]) -> None:
    picture = ET.fromstring(fleet_week(runs, theme))  # noqa: S314 - our own
    blocks = [group for group in picture.iter(f"{SVG}g") if group.find(f"{SVG}title") is not None]
    assert len(blocks) == len(runs) == 18
    described = picture.findtext(f"{SVG}desc") or ""
    assert picture.attrib["aria-labelledby"] == "title desc"
    for run, block in zip(runs, sorted(blocks, key=lambda one: described.index(one[0].text or "?")), strict=True):
        words = " ".join(element.text or "" for element in block.iter(f"{SVG}text"))
        assert f"{run.at:%H:%M}" in words
        assert run.repo in words.replace("- ", "-")
    right, bottom = map(float, picture.attrib["viewBox"].split()[2:])
    for rect in picture.iter(f"{SVG}rect"):
        assert float(rect.attrib["x"]) + float(rect.attrib["width"]) <= right + 0.1
        assert float(rect.attrib["y"]) + float(rect.attrib["height"]) <= bottom


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("theme", "ground"), [(LIGHT, "#ffffff"), (DARK, "#1e2129")], ids=["light", "dark"])
def test_the_words_of_the_week_can_be_read(theme: Theme, ground: str) -> None:
    pairs = [(ink, back) for ink in (theme.ink, theme.quiet) for back in (theme.shade, ground)]
    pairs += [pair for fill, edge, ink in theme.agents for pair in ((ink, fill), (edge, fill))]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
