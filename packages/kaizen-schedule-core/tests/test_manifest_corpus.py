"""Mistakes in manifests, with the exact diagnostics (`--regenerate` rewrites the expected texts)."""

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
    "KZ318",  # an engine
    "KZ211",  # the schema file beside the manifest
    "KZ213",  # a word in an agent's frontmatter
}

Describe = Callable[[tuple[Diagnostic, ...]], str]


def check(path: Path) -> tuple[Manifest | None, tuple[Diagnostic, ...]]:
    """Check a file of the corpus as a manifest of the corpus's repository, which has agents."""
    try:
        checked = check_manifest(
            path.read_bytes(), file=path.name, agents=RepositoryAgents(str(CORPUS / "repository")), now=NOW
        )
    except KaizenError as error:
        return None, error.diagnostics
    return checked.manifest, checked.diagnostics


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_diagnostics_of_a_mistake_are_exactly_the_expected_text(
    path: Path, describe: Describe, *, regenerate: bool
) -> None:
    manifest, diagnostics = check(path)
    expected = path.with_suffix(".txt")
    if regenerate:
        expected.write_text(describe(diagnostics), encoding="utf-8")
    assert describe(diagnostics) == expected.read_text(encoding="utf-8")
    codes = {found.code for found in diagnostics}
    if path.stem == "many-problems":
        assert len(codes) > 12
    else:
        assert path.stem.partition("-")[0].upper() in codes
    lines = path.read_bytes().decode("utf-8", errors="replace").removeprefix("\ufeff").splitlines() or [""]
    for found in diagnostics:
        assert found.line is not None
        assert found.column is not None
        assert found.end_line is not None
        assert found.end_column is not None
        assert (1, 1) <= (found.line, found.column) <= (found.end_line, found.end_column)
        assert found.line <= len(lines)
        assert found.column <= len(lines[found.line - 1]) + 1
    assert [found.message for found in diagnostics if not found.hint] == [], "each has a hint"
    errors = [found for found in diagnostics if found.severity == "error"]
    assert (manifest is None) == bool(errors)
    assert len(errors) == len({(found.line, found.column) for found in errors}), "at most one error per place"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_manifest_has_no_diagnostics(path: Path, describe: Describe) -> None:
    manifest, diagnostics = check(path)
    assert describe(diagnostics) == ""
    assert manifest is not None
    assert manifest.agents


def test_every_code_that_a_manifest_can_have_has_a_pair() -> None:
    wanted = {code for code in CODES if any(low <= code <= high for low, high in FAMILIES)} - NEED_OTHER_PARTS
    assert len(wanted) >= 35
    assert {path.stem.partition("-")[0].upper() for path in BAD if path.stem != "many-problems"} == wanted


def test_every_expected_text_has_its_file() -> None:
    assert {path.stem for path in (CORPUS / "bad").iterdir()} == {path.stem for path in BAD}
    assert len(BAD) >= 100
    assert len(GOOD) >= 10
