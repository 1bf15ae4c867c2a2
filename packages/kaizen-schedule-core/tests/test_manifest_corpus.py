"""Every mistake in a manifest, with the exact text that a person is shown (`--regenerate` rewrites it)."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kaizen_schedule_core import CODES, Diagnostic, KaizenError, Manifest, RepositoryAgents, check_manifest

CORPUS = Path(__file__).parent / "corpus"
BAD = sorted((CORPUS / "bad").glob("*.yml"))
GOOD = sorted((CORPUS / "good").glob("*.yml"))
NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)
FAMILIES = (("KZ110", "KZ120"), ("KZ201", "KZ219"), ("KZ301", "KZ321"))
NEED_OTHER_PARTS = {
    "KZ211",  # the schema file beside the manifest
    "KZ213",  # a word in an agent's frontmatter
}

Describe = Callable[[tuple[Diagnostic, ...]], str]


def check(path: Path) -> tuple[Manifest | None, tuple[Diagnostic, ...]]:
    """Check a file of the corpus as if it lay in the corpus's own repository, which has agents."""
    try:
        checked = check_manifest(
            path.read_bytes(), file=path.name, agents=RepositoryAgents(str(CORPUS / "repository")), now=NOW
        )
    except KaizenError as error:
        return None, error.diagnostics
    return checked.manifest, checked.diagnostics


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_told_in_these_words(path: Path, describe: Describe, *, regenerate: bool) -> None:
    told = describe(check(path)[1])
    expected = path.with_suffix(".txt")
    if regenerate:
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_told_by_the_code_in_the_file_name(path: Path) -> None:
    codes = {found.code for found in check(path)[1]}
    if path.stem == "terrible":
        assert len(codes) > 12
    else:
        assert path.stem.partition("-")[0].upper() in codes


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_place_lies_in_the_file_and_ends_after_its_start(path: Path) -> None:
    for found in check(path)[1]:
        assert found.line is not None
        assert found.column is not None
        assert found.end_line is not None
        assert found.end_column is not None
        assert (1, 1) <= (found.line, found.column) <= (found.end_line, found.end_column)
        lines = path.read_bytes().decode("utf-8", errors="replace").removeprefix("\ufeff").splitlines() or [""]
        assert found.line <= len(lines)
        assert found.column <= len(lines[found.line - 1]) + 1


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_comes_with_what_to_write(path: Path) -> None:
    assert [found.message for found in check(path)[1] if not found.hint] == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_manifest_with_an_error_is_no_manifest(path: Path) -> None:
    manifest, diagnostics = check(path)
    assert (manifest is None) == any(found.severity == "error" for found in diagnostics)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_at_most_one_error_is_told_per_place(path: Path) -> None:
    places = [(found.line, found.column) for found in check(path)[1] if found.severity == "error"]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_manifest_has_nothing_told_of_it(path: Path, describe: Describe) -> None:
    manifest, diagnostics = check(path)
    assert describe(diagnostics) == ""
    assert manifest is not None
    assert manifest.agents


def test_every_code_that_a_manifest_can_have_has_a_pair() -> None:
    wanted = {code for code in CODES if any(low <= code <= high for low, high in FAMILIES)} - NEED_OTHER_PARTS
    assert len(wanted) >= 35
    assert {path.stem.partition("-")[0].upper() for path in BAD if path.stem != "terrible"} == wanted


def test_every_expected_text_has_its_file() -> None:
    assert {path.stem for path in (CORPUS / "bad").iterdir()} == {path.stem for path in BAD}
    assert len(BAD) >= 100
    assert len(GOOD) >= 10
