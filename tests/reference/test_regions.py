from pathlib import Path

import pytest
from reference.markdown import page
from reference.regions import UnknownRegion, filled, filled_pages
from reference.shapes import SHAPES
from reference.tables import TABLES

COLOURS = {"colours": lambda: "| Colour |\n| --- |\n| red |"}
MARKED = "# Page\n\n<!-- generated: colours -->\n<!-- end -->\n\nMore.\n"
FILLED = MARKED.replace("colours -->\n", f"colours -->\n\n{COLOURS['colours']()}\n\n")


def test_a_region_is_filled_and_the_rest_is_kept() -> None:
    assert filled(MARKED, "page.md", COLOURS) == FILLED


def test_filling_again_changes_nothing_and_undoes_a_hand_edit() -> None:
    assert filled(FILLED, "page.md", COLOURS) == FILLED
    assert filled(FILLED.replace("red", "blue"), "page.md", COLOURS) == FILLED


def test_marks_in_a_code_block_are_ignored() -> None:
    shown = f"```markdown\n{MARKED}```\n"
    assert filled(shown, "page.md", COLOURS) == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MARKED.replace("colours", "smells"), "page.md:3: unknown region 'smells'; known: colours"),
        (MARKED.replace("<!-- end -->", ""), "page.md: no line <!-- end --> after the region 'colours'"),
        (
            MARKED.replace("<!-- end -->", "<!-- generated: colours -->\n<!-- end -->"),
            "page.md: no line <!-- end --> after the region 'colours'",
        ),
    ],
)
def test_an_invalid_region_is_an_error(text: str, message: str) -> None:
    with pytest.raises(UnknownRegion) as caught:
        filled(text, "page.md", COLOURS)
    assert str(caught.value) == message


def test_regions_are_filled_in_docs_and_readmes(tmp_path: Path) -> None:
    names = ["CONTRIBUTING.md", "docs/guides/a.md", "packages/x/README.md"]
    marked = "<!-- generated: outcomes -->\n<!-- end -->\n"
    for name in (*names, "elsewhere/a.md", "docs/reference/made.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(page("Made", marked) if "made" in name else marked, encoding="utf-8")
    (tmp_path / "docs/none.md").write_text("No region.\n", encoding="utf-8")
    pages = filled_pages(tmp_path)
    assert sorted(pages) == names
    assert len(set(pages.values())) == 1
    assert "| `scheduled` |" in pages["docs/guides/a.md"]


def test_the_known_regions() -> None:
    assert set(TABLES) >= {"manifest-keys", "cadence-defaults", "packaged-agents", "limits", "outcomes", "run-states"}
    assert set(SHAPES) >= {"shape-schedule-validate", "shape-conformance-run"}
    for name, make in TABLES.items():
        lines = make().splitlines()
        assert len(lines) > 4, name
        assert len({line.count("|") for line in lines}) == 1, name


def test_the_manifest_table_matches_the_models() -> None:
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
