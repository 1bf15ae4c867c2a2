import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import kaizen_activity_defs
from kaizen_schedule_cli.app import GROUPS
from kaizen_schedule_core import CODES
from kaizen_schedule_core.fleet.resolution import OUTCOMES
from reference.command_line import command_line_page
from reference.definitions import FOLDER, definition_pages
from reference.diagnostics import diagnostics_pages
from reference.markdown import table
from reference.outcomes import outcomes
from reference.shapes import ANSWERS, shape

ROOT = Path(__file__).parents[2]


def test_every_command_and_group_has_a_section_with_its_example() -> None:
    page = command_line_page()
    sections = dict(re.findall(r"^### (\w+ [\w-]+) \{ #[\w-]+ \}\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    assert len(sections) >= 27
    for name, text in sections.items():
        assert re.search(rf'^```console title="Example"\n\$ kaizen-agentic {name}\b', text, re.MULTILINE), name
        assert f"[`{name}`](#{name.replace(' ', '-')})" in page
    assert [group for group in GROUPS if f"## {group} {{ #{group} }}" not in page] == []
    assert "[`schedule validate`](json-forms.md#schedule-validate)" in sections["schedule validate"]
    assert [name for name in ANSWERS if f"(json-forms.md#{name.replace(' ', '-')})" not in sections[name]] == []
    assert "| `KAIZEN_STATE_HUB_URL` |" in page.partition("{ #environment }")[2]


def test_every_json_form_is_on_its_page() -> None:
    page = (ROOT / "docs/reference/json-forms.md").read_text(encoding="utf-8")
    for name in ANSWERS:
        assert re.search(rf"^## `{name}`", page, re.MULTILINE), name


def test_every_code_has_an_entry_and_an_anchor_in_the_overview() -> None:
    pages = diagnostics_pages()
    overview = pages.pop("docs/reference/diagnostics.md")
    parts: dict[str, str] = {}
    for path, text in pages.items():
        for code, body in re.findall(r"^## (KZ\d{3}): [^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
            assert f"{{ #{code.lower()} }}" in text
            address = f"{path.removeprefix('docs/reference/')}#{code.lower()}"
            assert f"| [{code}]({address}){{ #{code.lower()} }} |" in overview
            parts[code] = body
    assert list(parts) == list(CODES)
    for code, body in parts.items():
        if 'title="Output"' in body:
            assert f"[{code}]: " in body.partition('title="Output"')[2].partition("```\n")[0]
    assert sum('title="Output"' in body for body in parts.values()) >= 50
    assert (
        '```yaml title="Wrong" hl_lines="4"\nversion: "1"\nagents:\n  coach:\n    cadence: weekley\n' in parts["KZ203"]
    )
    assert 'did you mean "weekly"?' in parts["KZ203"]


def test_one_draft_is_explained_and_the_others_have_a_row() -> None:
    index, example = f"{FOLDER}/index.md", f"{FOLDER}/weekly-coach-orientation.md"
    pages = definition_pages()
    assert set(pages) == {index, example}
    drafts = {draft.id: draft for draft in kaizen_activity_defs.packaged_definitions()}
    assert [name for name in drafts if f"| `{name}` |" not in pages[index]] == []
    page = pages[example]
    assert drafts["kaizen-weekly-coach-orientation"].text.strip() in page
    keys = page.partition("{ #keys }")[2]
    assert [line for line in keys.splitlines() if line.startswith("| `") and line.endswith("|  |")] == []
    assert "| Mon 2026-10-19 09:00 +0200 | 2026-10-19T07:00:00Z |" in page
    assert "| Mon 2026-10-26 09:00 +0100 | 2026-10-26T08:00:00Z |" in page


def test_the_outcomes_are_in_the_order_of_the_checks() -> None:
    rows = [line.split(" | ")[1].strip("`") for line in outcomes().splitlines()[2:]]
    assert rows[2] == rows[-2] == "filtered"
    assert rows[-3:] == ["all-disabled", "filtered", "scheduled"]
    assert rows[:-2] == list(OUTCOMES[:-1])


def test_a_bar_does_not_end_a_cell() -> None:
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
