from pathlib import Path

import pytest
from reference.markdown import page
from reference.regions import UnknownRegion, filled, filled_pages
from reference.shapes import SHAPES
from reference.tables import TABLES

COLOURS = {"colours": lambda: "| Colour |\n| --- |\n| red |"}
ASKED = "# Page\n\n<!-- generated: colours -->\n<!-- end -->\n\nMore.\n"
FILLED = ASKED.replace("colours -->\n", f"colours -->\n\n{COLOURS['colours']()}\n\n")


def test_a_page_gets_what_it_asks_for_and_keeps_the_rest() -> None:
    assert filled(ASKED, "page.md", COLOURS) == FILLED


def test_filling_again_changes_nothing_and_fixes_a_hand_edit() -> None:
    assert filled(FILLED, "page.md", COLOURS) == FILLED
    assert filled(FILLED.replace("red", "blue"), "page.md", COLOURS) == FILLED


def test_a_page_that_shows_the_marks_in_a_block_is_left_alone() -> None:
    shown = f"```markdown\n{ASKED}```\n"
    assert filled(shown, "page.md", COLOURS) == shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ASKED.replace("colours", "smells"), "page.md:3: no table 'smells'; there are colours"),
        (ASKED.replace("<!-- end -->", ""), "page.md: the region 'colours' has no line <!-- end --> behind it"),
        (
            ASKED.replace("<!-- end -->", "<!-- generated: colours -->\n<!-- end -->"),
            "page.md: the region 'colours' has no line <!-- end --> behind it",
        ),
    ],
)
def test_a_page_that_asks_wrongly_is_reported_so(text: str, told: str) -> None:
    with pytest.raises(UnknownRegion) as caught:
        filled(text, "page.md", COLOURS)
    assert str(caught.value) == told


def test_pages_are_found_wherever_people_read(tmp_path: Path) -> None:
    names = ["CONTRIBUTING.md", "docs/guides/a.md", "packages/x/README.md"]
    asked = "<!-- generated: outcomes -->\n<!-- end -->\n"
    for name in (*names, "elsewhere/a.md", "docs/reference/made.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(page("Made", asked) if "made" in name else asked, encoding="utf-8")
    (tmp_path / "docs/none.md").write_text("Nothing asked.\n", encoding="utf-8")
    pages = filled_pages(tmp_path)
    assert sorted(pages) == names
    assert len(set(pages.values())) == 1
    assert "| `scheduled` |" in pages["docs/guides/a.md"]


def test_the_tables_that_pages_may_ask_for() -> None:
    assert set(TABLES) >= {"manifest-keys", "cadence-defaults", "packaged-agents", "limits", "outcomes", "run-states"}
    assert set(SHAPES) >= {"shape-schedule-validate", "shape-conformance-run"}
    for name, make in TABLES.items():
        lines = make().splitlines()
        assert len(lines) > 4, name
        assert len({line.count("|") for line in lines}) == 1, name


def test_the_manifest_table_has_what_the_models_say() -> None:
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in TABLES["manifest-keys"]().splitlines()]
    found = {row[0].partition("`")[2].partition("`")[0]: row for row in rows[2:]}
    assert list(found) == [
        *("version", "timezone", "agents", "agents.<name>"),
        *("agents.<name>.cadence", "agents.<name>.cron", "agents.<name>.enabled"),
    ]
    assert found["timezone"][1:4] == ["no", "string", "`Europe/Berlin`"]
    assert found["agents.<name>.enabled"][1:4] == ["no", "boolean", "`true`"]
    assert "`daily`, `weekly`, `monthly`" in found["agents.<name>.cadence"][4]
    assert found["agents.<name>.cadence"][1] == "yes"
    assert found["agents.<name>.cadence"][0] == "[`agents.<name>.cadence`](#cadence)"
