"""The registry of codes: complete, unique, and true in its own examples."""

import re
from datetime import UTC, datetime

import pytest
from kaizen_schedule_core import (
    CODES,
    Code,
    Cron,
    CronProblem,
    Diagnostic,
    KaizenError,
    RepositoryAgents,
    check_manifest,
    codes,
    parse_cron,
)

FAMILIES = {"reading": "1", "structure": "2", "values": "3", "roster": "4", "definitions": "5"}
CRON_CODES = [
    code for code in CODES.values() if code.severity == "error" and re.fullmatch(r'cron: "[^"]+"', code.wrong)
]


def declared() -> list[tuple[str, Code]]:
    """Every code with the family that declares it."""
    return [
        (family, code)
        for family in FAMILIES
        for code in vars(getattr(codes, family)).values()
        if isinstance(code, Code)
    ]


def test_the_registry_holds_every_declared_code_once() -> None:
    ids = [code.id for _, code in declared()]
    assert len(ids) > 60
    assert len(ids) == len(set(ids))
    assert list(CODES) == ids
    assert [code.id for code in CODES.values()] == ids


def test_a_code_is_in_the_range_of_its_family() -> None:
    assert [
        code.id for family, code in declared() if not re.fullmatch(rf"KZ{FAMILIES[family]}[0-9]{{2}}", code.id)
    ] == []


def test_the_codes_of_a_family_ascend() -> None:
    ids = list(CODES)
    assert ids == sorted(ids)


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.id)
def test_a_code_explains_itself(code: Code) -> None:
    assert code.title.strip()
    assert not code.title.endswith(".")
    assert code.explanation.endswith(".")
    assert len(code.explanation) > len(code.title)
    assert code.wrong.strip()
    assert code.right.strip()
    assert code.wrong != code.right


def test_titles_are_unique() -> None:
    titles = [code.title for code in CODES.values()]
    assert len(titles) == len(set(titles))


def test_what_is_not_available_is_reported_from_what_is_at_fault() -> None:
    unavailable = {code.id for code in CODES.values() if code.unavailable}
    assert {f"KZ10{digit}" for digit in range(1, 7)} <= unavailable
    others = {code for code in unavailable if code.startswith(("KZ11", "KZ12", "KZ2", "KZ3", "KZ5"))}
    assert others == {"KZ331", "KZ332", "KZ333"}, "a server without an answer, a missing command, and another run"


@pytest.mark.parametrize("code", CRON_CODES, ids=lambda code: code.id)
def test_a_wrong_cron_is_refused_with_its_code_and_the_right_one_accepted(code: Code) -> None:
    def read(example: str) -> Cron | CronProblem:
        [text] = re.findall(r'cron: "(.+)"', example)
        return parse_cron(text)

    wrong = read(code.wrong)
    assert isinstance(wrong, CronProblem)
    assert wrong.code is code
    assert isinstance(read(code.right), Cron)


def test_there_are_cron_examples() -> None:
    assert len(CRON_CODES) >= 10


def told_of(example: str) -> list[Diagnostic]:
    """What is reported of an example put into a manifest that is otherwise right."""
    if re.match(r"(version|agents):|#|---", example):
        text = example
    elif example.startswith("timezone"):
        text = f'version: "1"\n{example}\nagents:\n  coach:\n    cadence: weekly\n'
    elif example.startswith("coach"):
        text = 'version: "1"\nagents:\n  ' + example.replace("\n", "\n  ")
    else:
        cadence = "" if example.startswith("cadence") else "    cadence: daily\n"
        lines = example.replace("\n", "\n    ")
        text = f'version: "1"\nagents:\n  coach:\n{cadence}    {lines}\n'
    if not re.search("^version:|^#", text, re.MULTILINE):
        text = f'version: "1"\n{text}'
    try:
        return list(
            check_manifest(
                text.encode(), file="x", agents=RepositoryAgents(None), now=datetime(2026, 6, 17, tzinfo=UTC)
            ).diagnostics
        )
    except KaizenError as error:
        return list(error.diagnostics)


MANIFEST_EXAMPLES = (
    *("KZ114", "KZ115", "KZ116", "KZ117", "KZ118", "KZ119", "KZ120"),
    *("KZ201", "KZ202", "KZ203", "KZ204", "KZ205", "KZ206", "KZ207", "KZ208", "KZ209", "KZ210", "KZ212"),
    *("KZ301", "KZ313", "KZ314", "KZ315", "KZ316", "KZ320"),
)


@pytest.mark.parametrize("code", MANIFEST_EXAMPLES)
def test_the_wrong_example_of_a_manifest_code_shows_it(code: str) -> None:
    assert code in {found.code for found in told_of(CODES[code].wrong)}


@pytest.mark.parametrize("code", [code for code in MANIFEST_EXAMPLES if code != "KZ206"])
def test_the_right_example_of_a_manifest_code_fixes_it(code: str) -> None:
    assert code not in {found.code for found in told_of(CODES[code].right)}
    not_whole = {"KZ201", "KZ212"} - {code}  # an example may stop before the file does
    errors = {found.code for found in told_of(CODES[code].right) if found.severity == "error"}
    assert errors - not_whole == set()
