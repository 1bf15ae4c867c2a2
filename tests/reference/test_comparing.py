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


def test_a_page_says_first_that_it_is_generated_and_how() -> None:
    assert TEXT.splitlines()[0] == f"<!-- {MARK} -->"
    assert "invoke generate" in MARK


def test_what_is_as_generated_does_not_differ(root: Path) -> None:
    assert differences(root, {PAGE: TEXT}, stale_files(root, {PAGE})) == []


def test_a_hand_edit_is_shown_as_a_diff(root: Path) -> None:
    (root / PAGE).write_text(TEXT.replace("Green", "Blue"), encoding="utf-8")
    [told] = differences(root, {PAGE: TEXT}, [])
    assert told.splitlines()[:2] == [f"--- {PAGE} (as it is)", f"+++ {PAGE} (as generated)"]
    assert "\n-Blue.\n+Green." in told


def test_a_long_difference_is_cut(root: Path) -> None:
    lines = "\n\n".join(map(str, range(500)))
    [told] = differences(root, {PAGE: page("Numbers", lines)}, [])
    assert len(told.splitlines()) < 70
    assert "more lines" in told.splitlines()[-1]


def test_other_line_ends_are_a_difference(root: Path) -> None:
    (root / PAGE).write_bytes(TEXT.replace("\n", "\r\n").encode())
    assert differences(root, {PAGE: TEXT}, []) == [f"{PAGE}: the line ends differ"]


def test_a_missing_file_is_a_difference(root: Path) -> None:
    (root / PAGE).unlink()
    assert differences(root, {PAGE: TEXT}, []) == [f"{PAGE}: not there"]


def test_a_page_that_nobody_generates_any_more_is_a_difference(root: Path) -> None:
    (root / "docs/written.md").write_text("# By hand\n", encoding="utf-8")
    (root / "docs/old.svg").write_text(f"<svg>\n<!-- {MARK} -->\n</svg>\n", encoding="utf-8")
    stale = stale_files(root, {PAGE})
    assert stale == ["docs/old.svg"]
    assert differences(root, {PAGE: TEXT}, stale) == ["docs/old.svg: no longer generated, and still there"]
