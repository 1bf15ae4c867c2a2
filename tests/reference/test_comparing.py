from pathlib import Path

import pytest
from reference.comparing import differences
from reference.markdown import MARK, page
from reference.stale import stale_files

PAGE = "docs/reference/colours.md"
TEXT = page("Colours", "Red.", "Green.")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / PAGE).parent.mkdir(parents=True)
    (tmp_path / PAGE).write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_a_page_begins_with_the_generated_mark() -> None:
    assert TEXT.splitlines()[0] == f"<!-- {MARK} -->"
    assert "invoke generate" in MARK


def test_an_identical_file_does_not_differ(root: Path) -> None:
    assert differences(root, {PAGE: TEXT}, stale_files(root, {PAGE})) == []


def test_a_hand_edit_is_shown_as_a_diff(root: Path) -> None:
    (root / PAGE).write_text(TEXT.replace("Green", "Blue"), encoding="utf-8")
    [difference] = differences(root, {PAGE: TEXT}, [])
    assert difference.splitlines()[:2] == [f"--- {PAGE} (current)", f"+++ {PAGE} (generated)"]
    assert "\n-Blue.\n+Green." in difference


def test_a_long_difference_is_cut(root: Path) -> None:
    lines = "\n\n".join(map(str, range(500)))
    [difference] = differences(root, {PAGE: page("Numbers", lines)}, [])
    assert len(difference.splitlines()) < 70
    assert "more lines" in difference.splitlines()[-1]


def test_other_line_endings_are_a_difference(root: Path) -> None:
    (root / PAGE).write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert differences(root, {PAGE: TEXT}, []) == [f"{PAGE}: the line endings differ"]


def test_a_missing_file_is_a_difference(root: Path) -> None:
    (root / PAGE).unlink()
    assert differences(root, {PAGE: TEXT}, []) == [f"{PAGE}: missing"]


def test_a_page_that_is_no_longer_generated_is_a_difference(root: Path) -> None:
    (root / "docs/written.md").write_text("# By hand\n", encoding="utf-8")
    (root / "docs/old.svg").write_text(f"<svg>\n<!-- {MARK} -->\n</svg>\n", encoding="utf-8")
    stale = stale_files(root, {PAGE})
    assert stale == ["docs/old.svg"]
    assert differences(root, {PAGE: TEXT}, stale) == ["docs/old.svg: no longer generated; delete it"]
